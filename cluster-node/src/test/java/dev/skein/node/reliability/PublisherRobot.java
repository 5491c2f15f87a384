package dev.skein.node.reliability;

import java.util.List;

/** Publishes at QoS 1 and 2, a bounded number of messages at a time, and loses its connection now and then. */
final class PublisherRobot extends Robot {
    private static final int WINDOW = 30;
    private static final int BURST = 8;
    private static final int CUT_ONE_IN = 60;
    private static final int CLEAR_ONE_IN = 4;
    private static final long ROOM_MILLIS = 5;
    /** Small ones, and one that is worth to be kept once for many. */
    private static final List<Integer> SIZES = List.of(24, 64, 64, 200, 3000);

    private final List<Stream> streams;
    private long number;

    /** A topic that is published to at one QoS. */
    record Stream(String topic, int qos, boolean retain, boolean cleared) {
        static Stream of(String topic, int qos) {
            return new Stream(topic, qos, false, false);
        }

        /** Every message is retained. */
        static Stream retained(String topic, int qos) {
            return new Stream(topic, qos, true, false);
        }

        /** Retained, and now and then taken away. */
        static Stream cleared(String topic, int qos) {
            return new Stream(topic, qos, true, true);
        }
    }

    PublisherRobot(Stage stage, String id, boolean cleanSession, long seed, List<Stream> streams) {
        super(stage, id, cleanSession, seed);
        this.streams = streams;
    }

    @Override
    void live() throws InterruptedException {
        while (!isCurtainDown() && !isOver()) {
            if (!client().isConnected() && !connect()) {
                return;
            }
            for (int i = random().nextInt(BURST); i >= 0 && awaitRoom(WINDOW - 1); i--) {
                publish(streams.get(random().nextInt(streams.size())));
            }
            if (random().nextInt(CUT_ONE_IN) == 0) {
                cut();
            }
            pause(between(10, 60));
        }
        while (client().unacknowledged() > 0 && !isOver()) {
            if (client().isConnected()) {
                pause(ROOM_MILLIS);
            } else {
                connect();
            }
        }
        client().disconnect();
    }

    private boolean awaitRoom(int most) throws InterruptedException {
        while (client().isConnected() && client().unacknowledged() > most && !isOver()) {
            pause(ROOM_MILLIS);
        }
        return client().isConnected();
    }

    private void publish(Stream stream) {
        int size =
                stream.cleared() && random().nextInt(CLEAR_ONE_IN) == 0 ? 0 : SIZES.get(random().nextInt(SIZES.size()));
        Sent message = new Sent(id(), ++number, stream.topic(), stream.qos(), stream.retain(), size);
        history().sent(message);
        client().publish(message.topic(), message.body(), message.qos(), message.retain(), message);
    }
}
