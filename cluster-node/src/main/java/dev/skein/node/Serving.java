package dev.skein.node;

/** How far a node is on its way from starting to stopped. Thread-safe. */
final class Serving {
    private volatile int listeners;
    private volatile boolean draining;

    /** So many listeners have opened. */
    void opened(int count) {
        listeners = count;
    }

    /** The node begins to stop. */
    void drain() {
        draining = true;
        listeners = 0;
    }

    /** Listeners that accept. */
    int listeners() {
        return listeners;
    }

    boolean isDraining() {
        return draining;
    }
}
