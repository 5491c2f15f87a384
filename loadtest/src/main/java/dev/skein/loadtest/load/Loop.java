package dev.skein.loadtest.load;

import dev.skein.loadtest.mqtt.Connection;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/** What the clients on one event loop share: figures, keep-alive, and who may send again. */
final class Loop extends LoopTasks {
    private static final long ANSWER_SECONDS = 30;

    private final LoopStats stats = new LoopStats();
    private final List<Connection> connections = new ArrayList<>();
    private final List<DeliveryWindow.Share> finished = new ArrayList<>();

    Loop(EventLoop executor) {
        super(executor, ANSWER_SECONDS);
    }

    LoopStats stats() {
        return stats;
    }

    @Override
    protected int size() {
        return connections.size();
    }

    @Override
    protected void ping(int index) {
        connections.get(index).ping();
    }

    void add(Connection connection) {
        connections.add(connection);
    }

    /** Ends every connection that came up. */
    void disconnect() {
        connections.forEach(Connection::disconnect);
    }

    /** A share has news for its publisher; {@link #settle} tells it after the batch. */
    void finished(DeliveryWindow.Share share) {
        finished.add(share);
    }

    /** Lets the publishers send whose messages were delivered in this batch. */
    void settle() {
        for (int i = 0; i < finished.size(); i++) {
            DeliveryWindow.Share share = finished.get(i);
            share.publish();
            share.publisher().wake(this);
        }
        finished.clear();
    }
}
