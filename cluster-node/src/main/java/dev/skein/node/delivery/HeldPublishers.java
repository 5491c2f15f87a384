package dev.skein.node.delivery;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Publishers of this node that wait for receivers, and whether there is anything to wait for. Thread-safe. */
public final class HeldPublishers {
    private final AtomicInteger obstacles = new AtomicInteger();
    private final AtomicInteger now = new AtomicInteger();
    private final LongAdder times = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    /** Whether any {@link Obstacle} of this node blocks: without, a publisher need not look for one. */
    public boolean any() {
        return obstacles.get() != 0;
    }

    void obstacle(int change) {
        obstacles.addAndGet(change);
    }

    /** A publisher begins to wait. */
    public void begins() {
        now.incrementAndGet();
    }

    /** A publisher goes on after it has waited for so long. */
    public void ends(long waitedNanos) {
        now.decrementAndGet();
        times.increment();
        nanos.add(waitedNanos);
    }

    long waiting() {
        return now.get();
    }

    long times() {
        return times.sum();
    }

    long nanos() {
        return nanos.sum();
    }
}
