package dev.skein.connectors.rocketmq;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.testing.Await;
import dev.skein.connectors.testing.Target;
import dev.skein.connectors.testing.TestRocketMq;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** RocketMQ's servers for the contracts. What they store is read with a consumer that belongs to no group's offsets. */
@SuppressWarnings("deprecation") // the consumer that reads queues without a group
final class RocketMqTarget implements Target, AutoCloseable {
    static final int QUEUES = 4;

    private final TestRocketMq server;

    RocketMqTarget(TestRocketMq server) {
        this.server = server;
    }

    TestRocketMq server() {
        return server;
    }

    @Override
    public void start() {
        server.start();
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void createTopic(String topic) {
        server.createTopic(topic, QUEUES);
    }

    @Override
    public Connector connector() {
        return connector(Map.of());
    }

    Connector connector(Map<String, Object> more) {
        Map<String, Object> values = new HashMap<>(Map.of(
                "name-servers", List.of(server.nameServer()), "poll-interval", "500ms", "request-timeout", "3s"));
        values.putAll(more);
        return new RocketMqType().open(new Settings("skein.connectors.rmq", values));
    }

    @Override
    public List<List<Stored>> stored(String topic) throws Exception {
        DefaultMQPullConsumer consumer = new DefaultMQPullConsumer("reader");
        consumer.setNamesrvAddr(server.nameServer());
        consumer.setInstanceName("reader-" + topic);
        consumer.setVipChannelEnabled(false);
        consumer.start();
        try {
            List<MessageQueue> queues = new ArrayList<>();
            Await.until(() -> queues.addAll(consumer.fetchSubscribeMessageQueues(topic)), () -> "no route of " + topic);
            List<List<Stored>> all = new ArrayList<>();
            for (MessageQueue queue : queues) {
                all.add(read(consumer, queue));
            }
            return all;
        } finally {
            consumer.shutdown();
        }
    }

    private static List<Stored> read(DefaultMQPullConsumer consumer, MessageQueue queue) throws Exception {
        List<Stored> stored = new ArrayList<>();
        long offset = 0;
        while (offset < consumer.maxOffset(queue)) {
            PullResult result = consumer.pull(queue, "*", offset, 32);
            if (result.getPullStatus() == PullStatus.FOUND) {
                result.getMsgFoundList().forEach(message -> stored.add(stored(message)));
            }
            offset = result.getNextBeginOffset();
        }
        return stored;
    }

    private static Stored stored(MessageExt message) {
        byte[] body = Objects.requireNonNullElse(message.getBody(), new byte[0]);
        return new Stored(
                message.getKeys(),
                Objects.requireNonNullElse(message.getTags(), ""),
                new String(body, StandardCharsets.UTF_8),
                message.getProperty("p"));
    }

    @Override
    public String address() {
        return server.nameServer();
    }

    @Override
    public void close() {
        server.close();
    }
}
