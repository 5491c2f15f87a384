package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.reliability.Sent;
import java.util.List;

/** Publishes a bounded number of messages at a time, and loses its connection now and then. */
final class ClusterPublisher extends ClusterRobot {
    private static final int WINDOW = 30;
    private static final int BURST = 5;
    private static final int CUT_ONE_IN = 150;
    private static final int CLEAR_ONE_IN = 4;
    private static final long ROOM_MILLIS = 10;
    private static final List<Integer> SIZES = List.of(32, 64, 64, 200, 2000);
    /** Milliseconds between two bursts at the most. */
    private static final int PACE = Integer.getInteger("skein.faults.pace", 240);

    private final List<Stream> streams;
    private long number;

    /**
     * A topic that is published to at one QoS.
     *
     * @param retain every message is retained
     * @param cleared now and then one takes the retained one away
     */
    record Stream(String topic, int qos, boolean retain, boolean cleared) {
        Stream(String topic, int qos) {
            this(topic, qos, false, false);
        }

        static Stream retained(String topic, int qos) {
            return new Stream(topic, qos, true, false);
        }

        static Stream cleared(String topic, int qos) {
            return new Stream(topic, qos, true, true);
        }
    }

    ClusterPublisher(Stage stage, Manner manner, List<Stream> streams) {
        super(stage, manner);
        this.streams = List.copyOf(streams);
    }

    @Override
    void live() throws InterruptedException {
        while (!stage().isCurtainDown() && !stage().isOver()) {
            if (!client().isConnected() && !connect()) {
                return;
            }
            for (int i = random().nextInt(BURST); i >= 0 && awaitRoom(); i--) {
                publish(streams.get(random().nextInt(streams.size())));
            }
            if (random().nextInt(CUT_ONE_IN) == 0) {
                cut();
            }
            pause(between(PACE / 4, PACE));
        }
        while (client().unacknowledged() > 0 && !stage().isOver()) {
            if (client().isConnected()) {
                pause(ROOM_MILLIS);
            } else {
                connect();
            }
        }
    }

    private boolean awaitRoom() throws InterruptedException {
        while (client().isConnected() && client().unacknowledged() >= WINDOW && !stage().isOver()) {
            pause(ROOM_MILLIS);
        }
        return client().isConnected() && !stage().isOver();
    }

    private void publish(Stream stream) {
        boolean clears = stream.cleared() && random().nextInt(CLEAR_ONE_IN) == 0;
        int size = clears ? 0 : SIZES.get(random().nextInt(SIZES.size()));
        Sent message = new Sent(id(), ++number, stream.topic(), stream.qos(), stream.retain(), size);
        stage().chronicle().add(Kind.SENT, client().connection(), message);
        client().publish(message.topic(), message.body(), message.qos(), message.retain(), message);
    }
}
