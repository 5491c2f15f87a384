package dev.skein.node.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * A token bucket, kept as one number: the time until which its rate is used up. That time is never further back than
 * the burst, nor further ahead than a bound. What is taken counts from then on, so that those who wait for the same
 * bucket are served in the order in which they came. Times are nanoseconds. Thread-safe, without a lock.
 */
final class Bucket {
    /** However much was taken, perhaps by one who is gone, the others wait no longer. */
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(10);

    private static final AtomicLongFieldUpdater<Bucket> USED_UNTIL =
            AtomicLongFieldUpdater.newUpdater(Bucket.class, "usedUntil");

    private volatile long usedUntil;

    /** One that is full. */
    Bucket(long now, long burst) {
        usedUntil = now - burst;
    }

    /** As {@link #take(long, long, long, long)}, with ten seconds as the longest wait. */
    long take(long cost, long burst, long now) {
        return take(cost, burst, LONGEST_WAIT, now);
    }

    /**
     * Takes, whether or not there is enough.
     *
     * @param cost the time in which as much comes in again
     * @param burst how long nothing must have been taken for all of it to be there
     * @param longest no wait is longer
     * @return how long to wait until it is due, 0 when it is now
     */
    long take(long cost, long burst, long longest, long now) {
        while (true) {
            long before = usedUntil;
            long ahead = Math.clamp(before - now, -burst, longest);
            if (USED_UNTIL.compareAndSet(this, before, now + Math.min(ahead + cost, longest))) {
                return Math.max(0, ahead);
            }
        }
    }

    /** Takes when it is due now; else takes nothing. */
    boolean tryTake(long cost, long burst, long now) {
        while (true) {
            long before = usedUntil;
            long ahead = Math.max(before - now, -burst);
            if (ahead > 0) {
                return false;
            }
            if (USED_UNTIL.compareAndSet(this, before, now + ahead + cost)) {
                return true;
            }
        }
    }

    /** How long somebody would have to wait who takes now. */
    long ahead(long now) {
        return Math.max(0, usedUntil - now);
    }
}
