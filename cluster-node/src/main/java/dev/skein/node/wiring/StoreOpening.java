package dev.skein.node.wiring;

import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.Stores;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the stores of a node that starts. A database that is not there is tried again for a while: it may be failing
 * over, or start beside the node. Thread-safe.
 */
final class StoreOpening {
    private static final Logger LOG = LoggerFactory.getLogger(StoreOpening.class);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final CountDownLatch givenUp = new CountDownLatch(1);
    private final CompletableFuture<Stores> stores;
    private @Nullable CompletableFuture<Void> closed;

    /**
     * Begins to open them on a thread of its own.
     *
     * @param wait how long a database that is not there is tried again; zero: not at all
     */
    StoreOpening(Supplier<Stores> opening, Duration wait) {
        stores = new CompletableFuture<>();
        Thread.ofVirtual().name("skein-store-opening").start(() -> open(opening, System.nanoTime() + wait.toNanos()));
    }

    private void open(Supplier<Stores> opening, long deadline) {
        boolean logged = false;
        while (true) {
            try {
                stores.complete(opening.get());
                return;
            } catch (StoreUnavailableException e) {
                if (!e.isPassing() || deadline - System.nanoTime() < 0 || pauseIsCutShort()) {
                    stores.completeExceptionally(e);
                    return;
                }
                if (!logged) {
                    LOG.warn("{}; trying again for {} s", e.getMessage(), secondsTo(deadline));
                    logged = true;
                }
            } catch (RuntimeException | Error e) {
                stores.completeExceptionally(e);
                return;
            }
        }
    }

    private static long secondsTo(long deadline) {
        return TimeUnit.NANOSECONDS.toSeconds(deadline - System.nanoTime());
    }

    /** Pauses between two attempts, unless the start is given up. */
    private boolean pauseIsCutShort() {
        try {
            return givenUp.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Completes when they are open; fails when they do not open. */
    CompletableFuture<Stores> stores() {
        return stores;
    }

    /** Nobody wants them any more: they are closed as soon as they are open. Completes when nothing is open. */
    synchronized CompletionStage<Void> abandon() {
        giveUp();
        if (closed == null) {
            closed = stores.handle((open, _) -> {
                if (open != null) {
                    open.close();
                }
                return null;
            });
        }
        return closed;
    }

    /** An attempt that is underway is the last. */
    void giveUp() {
        givenUp.countDown();
    }
}
