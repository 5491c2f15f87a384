package dev.skein.connectors.rocketmq;

import dev.skein.connectors.api.SourceListener;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.rocketmq.client.impl.consumer.ConsumeMessageService;
import org.apache.rocketmq.client.impl.consumer.DefaultMQPushConsumerImpl;
import org.apache.rocketmq.client.impl.consumer.ProcessQueue;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.protocol.body.CMResult;
import org.apache.rocketmq.common.protocol.body.ConsumeMessageDirectlyResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives what was pulled to the listener, in the order of each queue. The offset of a queue stays at its oldest message
 * that is not done. A message that is to come later comes again from memory, some times; then the broker keeps it for
 * the group's retry topic, with a delay that grows, so that what follows goes on.
 */
final class Handover implements ConsumeMessageService {
    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);
    private static final int TIMES_FROM_MEMORY = 5;
    private static final long FIRST_DELAY_MS = 1000;
    /** Of the broker's delays: 10 s, and one more step each time, up to 10 min. */
    private static final int FIRST_LEVEL = 3;

    private static final int LAST_LEVEL = 14;

    private final DefaultMQPushConsumerImpl consumer;
    private final SourceSettings settings;
    private final SourceListener listener;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    private volatile boolean paused;
    private volatile boolean ended;

    Handover(
            DefaultMQPushConsumerImpl consumer,
            SourceSettings settings,
            SourceListener listener,
            ScheduledExecutorService timer,
            Executor executor) {
        this.consumer = consumer;
        this.settings = settings;
        this.listener = listener;
        this.timer = timer;
        this.executor = executor;
    }

    void pause(boolean pause) {
        paused = pause;
    }

    @Override
    public void submitConsumeRequest(
            List<MessageExt> messages, ProcessQueue pulled, MessageQueue queue, boolean dispatch) {
        consumer.resetRetryAndNamespace(messages, settings.group());
        messages.forEach(message -> new Pulled(message, pulled, queue).give());
    }

    @Override
    public void shutdown(long awaitMillis) {
        ended = true;
    }

    /** A message that was pulled and is not done. */
    private final class Pulled {
        private final MessageExt message;
        private final ProcessQueue pulled;
        private final MessageQueue queue;
        private int times;

        Pulled(MessageExt message, ProcessQueue pulled, MessageQueue queue) {
            this.message = message;
            this.pulled = pulled;
            this.queue = queue;
        }

        /** Not after the queue went to another consumer of the group: that one has the message. */
        private boolean isOurs() {
            return !ended && !pulled.isDropped();
        }

        void give() {
            if (!isOurs()) {
                return;
            }
            AtomicBoolean told = new AtomicBoolean();
            SourceListener.Acknowledgement acknowledgement = new SourceListener.Acknowledgement() {
                @Override
                public void done() {
                    if (told.compareAndSet(false, true)) {
                        Pulled.this.done();
                    }
                }

                @Override
                public void later() {
                    if (told.compareAndSet(false, true)) {
                        Pulled.this.later();
                    }
                }
            };
            try {
                listener.received(Messages.record(message), acknowledgement);
            } catch (RuntimeException e) {
                LOG.warn("Message {} of RocketMQ topic {} fails in the rule, comes again", id(), queue.getTopic(), e);
                acknowledgement.later();
            }
        }

        private void done() {
            long offset = pulled.removeMessage(List.of(message));
            if (offset >= 0 && isOurs()) {
                consumer.getOffsetStore().updateOffset(queue, offset, true);
            }
        }

        private void later() {
            if (times < TIMES_FROM_MEMORY) {
                after(FIRST_DELAY_MS << times++, this::give);
            } else {
                run(this::giveBack);
            }
        }

        private void giveBack() {
            if (!isOurs()) {
                return;
            }
            int level = Math.min(FIRST_LEVEL + message.getReconsumeTimes(), LAST_LEVEL);
            try {
                consumer.sendMessageBack(message, level, queue.getBrokerName());
                done();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.debug("Message {} of topic {} does not go to the retry topic", id(), queue.getTopic(), e);
                after(FIRST_DELAY_MS << TIMES_FROM_MEMORY, this::give);
            }
        }

        private String id() {
            return message.getMsgId();
        }

        private void after(long delay, Runnable task) {
            try {
                var unused = timer.schedule(
                        () -> {
                            if (paused && isOurs()) {
                                after(FIRST_DELAY_MS, task);
                            } else {
                                run(task);
                            }
                        },
                        delay,
                        TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                ended = true; // the connector is closed: the broker gives the message again
            }
        }

        private void run(Runnable task) {
            try {
                executor.execute(task);
            } catch (RejectedExecutionException e) {
                ended = true;
            }
        }
    }

    @Override
    public void start() {
        // has no threads
    }

    @Override
    public void updateCorePoolSize(int corePoolSize) {
        // has no threads
    }

    @Override
    public void incCorePoolSize() {
        // has no threads
    }

    @Override
    public void decCorePoolSize() {
        // has no threads
    }

    @Override
    public int getCorePoolSize() {
        return 0;
    }

    @Override
    public ConsumeMessageDirectlyResult consumeMessageDirectly(MessageExt message, String brokerName) {
        ConsumeMessageDirectlyResult result = new ConsumeMessageDirectlyResult();
        result.setConsumeResult(CMResult.CR_LATER);
        result.setRemark("not supported");
        return result;
    }
}
