package dev.skein.node.route.actor;

import java.util.concurrent.atomic.LongAdder;

/** What a {@link RouteSync} shows of itself. Written by the actor, read by any thread. */
public final class SyncFigures {
    private final LongAdder repaired = new LongAdder();
    private volatile long remoteRoutes;
    private volatile long pending;

    /** Nothing yet. */
    public SyncFigures() {}

    /** Filters that the other nodes have told. */
    public long remoteRoutes() {
        return remoteRoutes;
    }

    /** Changes that other nodes have still to hear of, or to acknowledge. */
    public long pending() {
        return pending;
    }

    /** Differences that the audit has found and put right. */
    public long repaired() {
        return repaired.sum();
    }

    void show(long routes, long changes) {
        remoteRoutes = routes;
        pending = changes;
    }

    void repaired(long differences) {
        repaired.add(differences);
    }
}
