package dev.skein.node.cluster;

import dev.skein.node.reliability.Sent;

/** Has a will, another one for each connection; ends some connections without a word, and some with DISCONNECT. */
final class WillRobot extends ClusterRobot {
    private static final int SIZE = 40;

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

    @Override
    void live() throws InterruptedException {
        while (!stage().isOver()) {
            if (!client().isConnected() && !connect()) {
                return;
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
                pause(between(100, 1500));
            }
        }
    }
}
