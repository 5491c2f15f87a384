package dev.skein.connectors.rocketmq;

import dev.skein.connectors.api.Source;
import dev.skein.connectors.api.SourceListener;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.consumer.ConsumeMessageService;
import org.apache.rocketmq.client.impl.consumer.DefaultMQPushConsumerImpl;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of a topic. The client finds the queues, shares them among the group, pulls, and keeps offsets; in place
 * of its threads that wait for each message, {@link Handover} gives messages on and takes acknowledgements at any time.
 */
final class RocketMqSource implements Source {
    private final Client client;
    private final SourceSettings settings;
    private final SourceListener listener;
    private final ExecutorService executor;
    private final ScheduledExecutorService timer;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable DefaultMQPushConsumer consumer;
    private @Nullable Handover handover;
    private Optional<String> problem = Optional.empty();
    private boolean paused;
    private volatile boolean closed;

    RocketMqSource(
            Client client,
            SourceSettings settings,
            SourceListener listener,
            ExecutorService executor,
            ScheduledExecutorService timer) {
        this.client = client;
        this.settings = settings;
        this.listener = listener;
        this.executor = executor;
        this.timer = timer;
    }

    void start() {
        executor.execute(this::look);
    }

    /** Starts the consumer unless it runs, sees whether it works, and comes again. */
    private void look() {
        Optional<String> found;
        try {
            found = new SourceCheck(client, settings).problem(running());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (MQClientException | RuntimeException e) {
            found = Optional.of(client.reason(e));
        }
        if (closed) {
            return;
        }
        tell(found);
        try {
            var unused = timer.schedule(
                    () -> executor.execute(this::look), client.settings().poll().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            tell(Optional.of("the connector is closed"));
        }
    }

    private void tell(Optional<String> found) {
        lock.lock();
        try {
            if (found.equals(problem)) {
                return;
            }
            problem = found;
        } finally {
            lock.unlock();
        }
        listener.problem(found);
    }

    private DefaultMQPushConsumer running() throws MQClientException {
        lock.lock();
        try {
            if (consumer != null) {
                return consumer;
            }
        } finally {
            lock.unlock();
        }
        client.producer(); // its connections are those of the consumer
        DefaultMQPushConsumer started = consumer();
        try {
            started.start();
        } catch (MQClientException | RuntimeException e) {
            started.shutdown(); // else the client has the group, and no other consumer may
            throw e;
        }
        // One message that is not done does not stop the queue. At the start the client takes no number as large.
        started.setConsumeConcurrentlyMaxSpan(Integer.MAX_VALUE);
        DefaultMQPushConsumerImpl implementation = Internals.of(started);
        ConsumeMessageService unused = implementation.getConsumeMessageService();
        Handover service = new Handover(implementation, settings, listener, timer, executor);
        implementation.setConsumeMessageService(service);
        unused.shutdown(0);
        lock.lock();
        try {
            consumer = started;
            handover = service;
            if (!closed) {
                pause(paused);
            }
        } finally {
            lock.unlock();
        }
        if (closed) {
            shutDown();
        }
        return started;
    }

    /** It begins suspended, so that nothing comes before {@link Handover} is in its place. */
    private DefaultMQPushConsumer consumer() throws MQClientException {
        DefaultMQPushConsumer made =
                new DefaultMQPushConsumer(null, settings.group(), client.hook(), new AllocateMessageQueueAveragely());
        client.configure(made);
        made.subscribe(settings.topic(), settings.tag());
        made.setConsumeFromWhere(
                settings.fromFirst()
                        ? ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET
                        : ConsumeFromWhere.CONSUME_FROM_TIMESTAMP);
        made.setConsumeTimestamp(settings.since());
        made.setMaxReconsumeTimes(Integer.MAX_VALUE); // never to the dead letters of RocketMQ
        made.setPullThresholdForQueue(settings.inFlight());
        made.setConsumeThreadMin(1);
        made.setConsumeThreadMax(1);
        made.setPullBatchSize(Math.min(settings.inFlight(), 32));
        made.registerMessageListener(
                (MessageListenerConcurrently) (messages, context) -> ConsumeConcurrentlyStatus.RECONSUME_LATER);
        Internals.of(made).registerFilterMessageHook(new EmptyBodies());
        made.suspend();
        return made;
    }

    @Override
    public void pause() {
        pause(true);
    }

    @Override
    public void resume() {
        pause(false);
    }

    private void pause(boolean pause) {
        lock.lock();
        try {
            paused = pause;
            if (consumer == null || handover == null) {
                return;
            }
            handover.pause(pause);
            if (pause) {
                consumer.suspend();
            } else {
                executor.execute(consumer::resume); // asks brokers who else is in the group
            }
        } catch (RejectedExecutionException e) {
            tell(Optional.of("the connector is closed"));
        } finally {
            lock.unlock();
        }
    }

    /** Blocks while the brokers are told, for at most the time of a request. */
    @Override
    public void close() {
        closed = true;
        Bounded.run(
                "close of the source of " + settings.topic(),
                this::shutDown,
                client.settings().timeout());
    }

    private void shutDown() {
        DefaultMQPushConsumer ending;
        lock.lock();
        try {
            ending = consumer;
            consumer = null;
        } finally {
            lock.unlock();
        }
        if (ending != null) {
            ending.shutdown();
        }
    }
}
