package dev.skein.node.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/** Something that publishers wait for. Thread-safe. */
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

    private record Waiter(
            long since, Runnable resume, @Nullable Waiter before) {}

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

    /**
     * Runs {@code resume} when it is worth another look; at once when nothing is in the way any more. Any thread.
     *
     * @param since when the publisher began to wait, as {@link System#nanoTime}: who has waited longest goes first, so
     *     that one who publishes all the time does not take the place of the others each time
     */
    public final void await(boolean alone, long since, Runnable resume) {
        Waiter before;
        do {
            before = waiting;
        } while (!WAITING.compareAndSet(this, before, new Waiter(since, resume, before)));
        if (!blocks(alone)) {
            release(); // it ended between the question and the answer
        }
    }

    /** All who wait look again; those that are gone are forgotten. */
    final void release() {
        if (waiting == null) {
            return;
        }
        List<Waiter> inOrder = new ArrayList<>();
        for (Waiter each = WAITING.getAndSet(this, null); each != null; each = each.before()) {
            inOrder.add(each);
        }
        inOrder.sort((a, b) -> Long.signum(a.since() - b.since()));
        inOrder.forEach(each -> each.resume().run());
    }
}
