package dev.skein.connectors.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a condition. */
public final class Await {
    private static final Duration LONG = Duration.ofSeconds(60);

    private Await() {}

    /** Waits for at most a minute. */
    public static void until(Callable<Boolean> condition, Supplier<String> otherwise) {
        until(LONG, condition, otherwise);
    }

    /** @param otherwise what is the case when the time is over */
    public static void until(Duration patience, Callable<Boolean> condition, Supplier<String> otherwise) {
        long end = System.nanoTime() + patience.toNanos();
        Exception last = null;
        do {
            try {
                last = null;
                if (condition.call()) {
                    return;
                }
            } catch (Exception e) {
                last = e;
            }
            LockSupport.parkNanos(10_000_000);
        } while (System.nanoTime() < end);
        throw new AssertionError("not within " + patience + ": " + otherwise.get(), last);
    }
}
