package dev.skein.connectors.rocketmq;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.MQClientAPIImpl;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.client.impl.producer.DefaultMQProducerImpl;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.protocol.ResponseCode;
import org.apache.rocketmq.common.protocol.body.ClusterInfo;
import org.apache.rocketmq.common.protocol.route.BrokerData;
import org.apache.rocketmq.common.protocol.route.TopicRouteData;
import org.apache.rocketmq.common.topic.TopicValidator;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.jspecify.annotations.Nullable;

/** The client of one connector: its producer starts with the first use. Sources share its connections. Thread-safe. */
final class Client implements AutoCloseable {
    private final ClientSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final DefaultMQProducer producer;
    private final String instance = "skein-" + UUID.randomUUID();
    private boolean started;
    private boolean closed;

    Client(ClientSettings settings, ExecutorService executor) {
        this.settings = settings;
        producer = new DefaultMQProducer(settings.producerGroup(), hook());
        configure(producer);
        producer.setSendMsgTimeout((int) settings.timeout().toMillis());
        producer.setRetryTimesWhenSendAsyncFailed(0); // the caller knows what else it wants to send again
        producer.setMaxMessageSize(
                Math.max(settings.messageBytes(), settings.batch().bytes()) + (64 << 10));
        Internals.of(producer).setAsyncSenderExecutor(executor);
    }

    ClientSettings settings() {
        return settings;
    }

    @Nullable
    RPCHook hook() {
        return settings.accessKey().isEmpty() ? null : new Signature(settings.accessKey(), settings.secretKey());
    }

    /** What producer and consumers of this client share. */
    void configure(ClientConfig config) {
        config.setNamesrvAddr(String.join(";", settings.nameServers()));
        config.setInstanceName(instance);
        config.setVipChannelEnabled(false);
        config.setPollNameServerInterval((int) settings.poll().toMillis());
        // After a restart a broker knows no consumer until it hears from it.
        config.setHeartbeatBrokerInterval((int) settings.poll().toMillis());
        config.setPersistConsumerOffsetInterval((int) settings.poll().toMillis());
        config.setMqClientApiTimeout((int) settings.timeout().toMillis());
    }

    /** The producer, started. Blocks while it starts. */
    DefaultMQProducer producer() throws MQClientException {
        lock.lock();
        try {
            if (closed) {
                throw new MQClientException("the connector is closed", null);
            }
            if (!started) {
                producer.start();
                started = true;
            }
            return producer;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The queues that messages of a topic go to, as far as is known; in the same order at every node. Does not block.
     */
    List<MessageQueue> queues(String topic) {
        var info = Internals.of(producer).getTopicPublishInfoTable().get(topic);
        return info == null ? List.of() : info.getMessageQueueList();
    }

    /**
     * Asks the name servers where a topic is. Blocks.
     *
     * @return why that is not known; empty when it is, and then {@link #queues} has them
     */
    Optional<String> look(String topic) throws InterruptedException {
        try {
            DefaultMQProducerImpl implementation = Internals.of(producer());
            MQClientInstance factory = implementation.getMqClientFactory();
            Optional<String> missing = missing(topic, api());
            if (missing.isEmpty()) {
                factory.updateTopicRouteInfoFromNameServer(topic);
            } else {
                // A broker that makes topics by itself does so with the first message.
                factory.updateTopicRouteInfoFromNameServer(topic, true, producer);
            }
            return queues(topic).isEmpty() ? missing.or(() -> Optional.of(noQueue(topic))) : Optional.empty();
        } catch (MQClientException | RemotingException e) {
            return Optional.of(reason(e));
        }
    }

    private String noQueue(String topic) {
        return "topic " + topic + " has no queue that may be written to (name server " + settings.addresses() + ")";
    }

    /** Why a topic has no route; empty when it has one. Blocks. */
    Optional<String> missing(String topic, MQClientAPIImpl api)
            throws MQClientException, RemotingException, InterruptedException {
        try {
            TopicRouteData route = api.getTopicRouteInfoFromNameServer(
                    topic, settings.timeout().toMillis());
            return route.getBrokerDatas().isEmpty() ? Optional.of(noRoute(topic)) : Optional.empty();
        } catch (MQClientException e) {
            if (e.getResponseCode() == ResponseCode.TOPIC_NOT_EXIST) {
                return Optional.of(noRoute(topic));
            }
            throw e;
        }
    }

    private String noRoute(String topic) {
        return "topic " + topic + " is unknown at name server " + settings.addresses()
                + " (expected: a topic that a broker there has; create it with mqadmin updateTopic)";
    }

    /** What is wrong with the name servers or the brokers that they know. Blocks. */
    Optional<String> check() throws InterruptedException {
        try {
            producer();
            ClusterInfo cluster = api().getBrokerClusterInfo(settings.timeout().toMillis());
            if (cluster.getBrokerAddrTable().isEmpty()) {
                return Optional.of("name server " + settings.addresses()
                        + " knows no broker (expected: a broker that is configured with this name server)");
            }
            for (BrokerData broker : cluster.getBrokerAddrTable().values()) {
                String address = broker.selectBrokerAddr();
                if (address != null) {
                    ask(address, new MessageQueue(TopicValidator.RMQ_SYS_SELF_TEST_TOPIC, broker.getBrokerName(), 0));
                }
            }
            return Optional.empty();
        } catch (MQBrokerException | MQClientException | RemotingException e) {
            return Optional.of(reason(e));
        }
    }

    /** A request that costs a broker little and needs a right credential. */
    void ask(String address, MessageQueue queue) throws MQBrokerException, RemotingException, InterruptedException {
        api().getMaxOffset(address, queue, settings.timeout().toMillis());
    }

    private MQClientAPIImpl api() {
        return Internals.of(producer).getMqClientFactory().getMQClientAPIImpl();
    }

    /** Ends requests whose connection is gone. */
    void failDead() {
        lock.lock();
        try {
            if (!started) {
                return;
            }
        } finally {
            lock.unlock();
        }
        DeadRequests.fail(api().getRemotingClient());
    }

    /** Why a call failed, with the address. */
    String reason(Throwable failure) {
        return Failures.reason(failure, settings.addresses());
    }

    @Override
    public void close() {
        boolean running;
        lock.lock();
        try {
            closed = true;
            running = started;
            started = false;
        } finally {
            lock.unlock();
        }
        if (running) {
            producer.shutdown();
        }
    }
}
