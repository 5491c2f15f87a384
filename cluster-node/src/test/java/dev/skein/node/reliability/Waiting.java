package dev.skein.node.reliability;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Waits for conditions. No test asserts how long something takes: the deadlines are for what never comes. */
public final class Waiting {
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private Waiting() {}

    /** Waits until {@code condition} holds. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, DEADLINE, condition);
    }

    /** Waits until {@code condition} holds, at the longest for {@code deadline}. */
    public static void until(String what, Duration deadline, BooleanSupplier condition) {
        long since = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - since > deadline.toNanos()) {
                throw new AssertionError(what + ": not within " + deadline);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Waits until {@code value} has not changed for {@code quiet}. */
    public static void untilQuiet(Duration quiet, LongSupplier value) {
        long since = System.nanoTime();
        long before = value.getAsLong();
        while (System.nanoTime() - since < quiet.toNanos()) {
            LockSupport.parkNanos(POLL_NANOS);
            long now = value.getAsLong();
            if (now != before) {
                before = now;
                since = System.nanoTime();
            }
        }
    }

    /** Lets time pass in which something must not happen. */
    public static void pause(Duration time) {
        long since = System.nanoTime();
        while (System.nanoTime() - since < time.toNanos()) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
