package dev.skein.node.session.lock;

import java.util.function.Consumer;

/** Whether wills of a client's former connections are being published; whoever is to connect waits for that. */
final class FormerWills {
    private boolean awaited;
    private long overdue;
    private long disconnected;

    boolean isAwaited() {
        return awaited;
    }

    /** The client of the connection has said DISCONNECT: its will is not to be published. */
    void disconnected(long connection) {
        disconnected = connection;
    }

    /**
     * They are asked for unless they are already, that of {@code connection} among them unless it is 0.
     *
     * @param takenUp whether those that wait are forgotten, as the session goes on
     */
    void await(long connection, boolean takenUp, Consumer<Effect> effects) {
        if (!awaited) {
            awaited = true;
            overdue = connection;
            boolean silent = connection != 0 && connection == disconnected;
            effects.accept(new Effect.SettleWills(connection, silent, takenUp));
        }
    }

    /** They are published, or are not; returns the connection whose will is one of them, or 0. */
    long settled() {
        awaited = false;
        return overdue;
    }
}
