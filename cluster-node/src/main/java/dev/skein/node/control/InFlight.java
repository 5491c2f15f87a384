package dev.skein.node.control;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/** Counts the requests under way, so that a stop can wait for them. Thread-safe. */
final class InFlight {
    private int requests;
    private @Nullable CompletableFuture<Done> idle;

    synchronized void begin() {
        requests++;
    }

    synchronized void end() {
        requests--;
        if (requests == 0 && idle != null) {
            idle.complete(Done.getInstance());
        }
    }

    /** Whether {@link #idle()} was asked for. */
    synchronized boolean stopping() {
        return idle != null;
    }

    /** Completes when no request is under way. */
    synchronized CompletionStage<Done> idle() {
        if (idle == null) {
            idle = new CompletableFuture<>();
        }
        if (requests == 0) {
            idle.complete(Done.getInstance());
        }
        return idle.copy();
    }
}
