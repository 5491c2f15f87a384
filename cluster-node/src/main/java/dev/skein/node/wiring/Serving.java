package dev.skein.node.wiring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** How far a node is on its way from starting to stopped. Thread-safe. */
final class Serving {
    private volatile int listeners;
    private volatile boolean draining;
    private final CompletableFuture<Boolean> drainAsked = new CompletableFuture<>();

    /** So many listeners have opened. */
    void opened(int count) {
        listeners = count;
    }

    /** An operator wants the node to stop. */
    void askToDrain() {
        drainAsked.complete(true);
    }

    /** Whether {@link #askToDrain} was called. */
    boolean isDrainAsked() {
        return drainAsked.isDone();
    }

    /** Completes with {@link #askToDrain}. */
    CompletionStage<Boolean> drainAsked() {
        return drainAsked;
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
