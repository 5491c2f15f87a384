package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.reliability.Sent;
import java.time.Duration;

/**
 * Has a will, another one for each connection, and says on the same topic when it is connected; ends some connections
 * without a word, and some with DISCONNECT.
 */
final class WillRobot extends ClusterRobot {
    private static final int SIZE = 40;
    /** Above the numbers of connections, by which wills are named. */
    private static final long FIRST_HELLO = 1_000_000_000L;

    private final String topic;
    private final boolean steady;

    /**
     * A robot that is not started yet.
     *
     * @param steady it stays connected, and only faults end its connections
     */
    WillRobot(Stage stage, Manner manner, String topic, boolean steady) {
        super(stage, manner);
        this.topic = topic;
        this.steady = steady;
    }

    @Override
    Sent willFor(int connection) {
        return new Sent(id(), connection, topic, 2, false, SIZE);
    }

    private void hello() {
        int connection = client().connection();
        Sent hello = new Sent(id(), FIRST_HELLO + connection, topic, 2, false, SIZE);
        stage().chronicle().add(Kind.SENT, connection, hello);
        client().publish(hello.topic(), hello.body(), hello.qos(), hello.retain(), hello);
    }

    @Override
    void live() throws InterruptedException {
        while (!stage().isOver()) {
            if (!client().isConnected()) {
                if (!connect()) {
                    return;
                }
                hello();
            }
            if (steady || stage().isCurtainDown()) {
                pause(100);
            } else {
                pause(between(500, 5000));
                if (random().nextInt(3) == 0) {
                    disconnect();
                } else {
                    cut();
                }
                boolean early = random().nextBoolean();
                long delay = Duration.ofNanos(Terms.willDelayNanos(topic)).toMillis();
                pause(early ? 0 : delay / 2 + random().nextLong(delay + 1) + between(100, 1500));
            }
        }
    }
}
