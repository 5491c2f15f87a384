package dev.skein.loadtest.load;

import dev.skein.loadtest.mqtt.Connection;
import dev.skein.loadtest.mqtt.Role;

/** One client of a {@link Fleet}: comes up, may subscribe, is counted. After construction it belongs to its loop. */
abstract class Client implements Role {
    private final Loop loop;
    private final Fleet fleet;
    private final String clientId;
    private volatile long asked;
    private boolean ready;
    private boolean over;

    Client(Loop loop, Fleet fleet, String clientId) {
        this.loop = loop;
        this.fleet = fleet;
        this.clientId = clientId;
    }

    final Loop loop() {
        return loop;
    }

    final LoopStats stats() {
        return loop.stats();
    }

    final String clientId() {
        return clientId;
    }

    /** Whether the connection has ended. */
    final boolean over() {
        return over;
    }

    /** The moment from which the connect time counts. */
    final void asked(long nanos) {
        asked = nanos;
    }

    /** CONNACK came; a client that has more to do before it counts as ready overrides this. */
    void up(Connection connection) {
        ready();
    }

    final void ready() {
        if (!ready) {
            ready = true;
            fleet.ready();
        }
    }

    @Override
    public final void connected(Connection connection) {
        stats().connect(System.nanoTime() - asked);
        loop.add(connection);
        up(connection);
    }

    @Override
    public final void closed(Connection connection, String reason) {
        over = true;
        fleet.closed(ready, reason);
    }

    /** A client that does nothing. */
    static final class Idle extends Client {
        Idle(Loop loop, Fleet fleet, String clientId) {
            super(loop, fleet, clientId);
        }
    }
}
