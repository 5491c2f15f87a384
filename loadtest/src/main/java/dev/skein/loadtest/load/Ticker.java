package dev.skein.loadtest.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The main thread's clock: waits for a time or a condition and calls back every second meanwhile. */
final class Ticker {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long FINEST = 200_000;
    private static final long COARSEST = 10_000_000;

    private final AtomicBoolean stop;
    private Runnable everySecond = () -> {};
    private long next = System.nanoTime() + SECOND;

    /** {@code stop} ends every wait but {@link #awaitAnyway}. */
    Ticker(AtomicBoolean stop) {
        this.stop = stop;
    }

    void everySecond(Runnable action) {
        everySecond = action;
        next = System.nanoTime() + SECOND;
    }

    boolean stopped() {
        return stop.get();
    }

    /** Waits until {@code deadline}, until {@code condition} holds, or until stopped; false when stopped. */
    boolean await(long deadline, BooleanSupplier condition) {
        return wait(deadline, () -> stop.get() || condition.getAsBoolean()) && !stop.get();
    }

    /** The same for what has to be done even when the run was stopped. */
    void awaitAnyway(long deadline, BooleanSupplier condition) {
        wait(deadline, condition);
    }

    private boolean wait(long deadline, BooleanSupplier condition) {
        long pause = FINEST;
        while (!condition.getAsBoolean()) {
            long now = System.nanoTime();
            if (deadline != Long.MAX_VALUE && deadline - now <= 0) {
                return true;
            }
            if (next - now <= 0) {
                next += SECOND;
                everySecond.run();
            }
            long rest = deadline == Long.MAX_VALUE ? pause : Math.min(pause, deadline - now);
            LockSupport.parkNanos(this, Math.max(1, Math.min(rest, next - now)));
            pause = Math.min(COARSEST, pause * 2);
        }
        return true;
    }
}
