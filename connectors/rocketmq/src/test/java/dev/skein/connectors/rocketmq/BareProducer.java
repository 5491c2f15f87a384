package dev.skein.connectors.rocketmq;

import dev.skein.connectors.testing.TestRocketMq;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Run by hand, beside a node with an outbound rule: a RocketMQ 4 with topic {@code t_out}, and its own client that
 * sends as the connector does, batches of 256 with one under way for each of 8 queues. Reads lines: a number of seconds
 * to send for, or nothing to end.
 */
final class BareProducer {
    private static final int QUEUES = 8;
    private static final int BATCH = 256;
    private static final byte[] BODY = new byte[64];

    private final DefaultMQProducer producer;
    private final List<Message> batch = new ArrayList<>();
    private final AtomicLong taken = new AtomicLong();
    private final Phaser underWay = new Phaser(1);
    private volatile long end;

    private BareProducer(DefaultMQProducer producer) {
        this.producer = producer;
        for (int i = 0; i < BATCH; i++) {
            Message message = new Message("t_out", "MQTT_COMMON", "0123456789ABCDEF0123456789ABCDEF", BODY);
            message.putUserProperty("qoslevel", "1");
            message.putUserProperty("cleansessionflag", "true");
            message.putUserProperty("mqttSecondTopic", "/load/0");
            message.putUserProperty("clientId", "p0");
            batch.add(message);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("rocketmq");
        try (TestRocketMq server = new TestRocketMq(TestRocketMq.Version.FOUR, directory).start();
                BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            server.createTopic("t_out", QUEUES);
            DefaultMQProducer producer = new DefaultMQProducer("bare");
            producer.setNamesrvAddr(server.nameServer());
            producer.setVipChannelEnabled(false);
            producer.start();
            System.out.println("name server " + server.nameServer()); // house: RegexpSinglelineJava: read by people
            for (String line = lines.readLine(); line != null && !line.isBlank(); line = lines.readLine()) {
                long rate = new BareProducer(producer).run(Integer.parseInt(line.strip()));
                System.out.println("bare " + rate + " messages/s"); // house: RegexpSinglelineJava: read by people
            }
            producer.shutdown();
        }
    }

    private long run(int seconds) throws Exception {
        List<MessageQueue> queues = producer.fetchPublishMessageQueues("t_out");
        end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (MessageQueue queue : queues) {
            underWay.register();
            send(queue);
        }
        underWay.arriveAndAwaitAdvance();
        return taken.get() / seconds;
    }

    private void send(MessageQueue queue) {
        if (System.nanoTime() - end > 0) {
            underWay.arriveAndDeregister();
            return;
        }
        try {
            producer.send(batch, queue, new SendCallback() {
                @Override
                public void onSuccess(SendResult result) {
                    taken.addAndGet(BATCH);
                    send(queue);
                }

                @Override
                public void onException(Throwable failure) {
                    send(queue);
                }
            });
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
