package dev.skein.node.wiring;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** How far a node is on its way from starting to stopped. Thread-safe. */
final class Serving {
    private volatile int listeners;
    private volatile boolean draining;
    private volatile @Nullable String revocationsExpired;
    private final CompletableFuture<Boolean> drainAsked = new CompletableFuture<>();

    /** So many listeners have opened. */
    void opened(int count) {
        listeners = count;
    }

    /** Which lists of revoked certificates should have been replaced by now; null for none. */
    void revocationsExpired(@Nullable String which) {
        revocationsExpired = which;
    }

    /** What {@link #revocationsExpired(String)} was told last. */
    Optional<String> revocationsExpired() {
        return Optional.ofNullable(revocationsExpired);
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
