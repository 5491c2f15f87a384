package dev.skein.persistence.jdbc;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition that no listener tells of. */
public final class Eventually {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();

    private Eventually() {}

    public static void holds(BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + DEADLINE);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
