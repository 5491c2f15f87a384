package dev.skein.node.delivery;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/** Something that publishers at QoS 1 and 2 wait for. Thread-safe. */
public abstract class Obstacle {
    /** Nobody waits. */
    static final int OPEN = 0;
    /** Those wait whose message has no other receiver. */
    static final int ALONE = 1;
    /** All wait. */
    static final int ALL = 2;

    // Every connection has one of these: no objects where fields do.
    private static final AtomicReferenceFieldUpdater<Obstacle, @Nullable Waiter> WAITING =
            AtomicReferenceFieldUpdater.newUpdater(Obstacle.class, Waiter.class, "waiting");
    private static final AtomicIntegerFieldUpdater<Obstacle> LEVEL =
            AtomicIntegerFieldUpdater.newUpdater(Obstacle.class, "level");

    private record Waiter(Runnable resume, @Nullable Waiter before) {}

    private final HeldPublishers held;
    /** Publishers that wait, the last one first. */
    private volatile @Nullable Waiter waiting;

    private volatile int level;

    /** An open one; {@code held} counts those that are not. */
    Obstacle(HeldPublishers held) {
        this.held = held;
    }

    /**
     * Whether a publisher has to wait. Any thread.
     *
     * @param alone whether its message goes to this receiver alone
     */
    public final boolean blocks(boolean alone) {
        int now = level;
        return now == ALL || (now == ALONE && alone);
    }

    /** Now {@link #OPEN}, {@link #ALONE} or {@link #ALL}. */
    final void set(int next) {
        if (level == next) {
            return;
        }
        int before = LEVEL.getAndSet(this, next);
        if (before == next) {
            return;
        }
        if (before == OPEN) {
            held.obstacle(1);
        } else if (next == OPEN) {
            held.obstacle(-1);
        }
        if (next < before) {
            release();
        }
    }

    /** Runs {@code resume} when it is worth another look; at once when nothing is in the way any more. Any thread. */
    public final void await(boolean alone, Runnable resume) {
        Waiter before;
        do {
            before = waiting;
        } while (!WAITING.compareAndSet(this, before, new Waiter(resume, before)));
        if (!blocks(alone)) {
            release(); // it ended between the question and the answer
        }
    }

    /** All who wait look again, in the order in which they came; those that are gone are forgotten. */
    final void release() {
        ArrayDeque<Runnable> inOrder = null;
        for (Waiter each = WAITING.getAndSet(this, null); each != null; each = each.before()) {
            inOrder = inOrder == null ? new ArrayDeque<>() : inOrder;
            inOrder.addFirst(each.resume());
        }
        if (inOrder != null) {
            inOrder.forEach(Runnable::run);
        }
    }
}
