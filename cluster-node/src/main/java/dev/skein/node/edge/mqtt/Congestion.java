package dev.skein.node.edge.mqtt;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Holds back those who publish, at QoS 1 or 2, to this one client alone while its queue is more than half full, so that
 * a client that merely is slower than its publishers loses nothing. A client that cannot bring its queue down within
 * {@link #PATIENCE_NANOS} is slow: publishers go on, and the queue's policy decides, until it has caught up.
 *
 * <p>Confined to the client's event loop but for {@link #isCongested}, {@link #await} and {@link #underway}.
 */
final class Congestion {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    // Every connection has one of these: no objects where fields do.
    private static final AtomicIntegerFieldUpdater<Congestion> UNDERWAY =
            AtomicIntegerFieldUpdater.newUpdater(Congestion.class, "underway");
    private static final AtomicReferenceFieldUpdater<Congestion, @Nullable Waiter> WAITING =
            AtomicReferenceFieldUpdater.newUpdater(Congestion.class, Waiter.class, "waiting");

    private record Waiter(Runnable resume, @Nullable Waiter before) {}

    private final int high;
    private final int low;
    /** Publishers that wait, the last one first. */
    private volatile @Nullable Waiter waiting;
    /** Messages on their way from other event loops. */
    private volatile int underway;

    private volatile boolean congested;
    private volatile long since;
    private boolean slow;

    /** For a queue of at most {@code max} messages. */
    Congestion(int max) {
        this.high = Math.max(1, max / 2);
        this.low = max / 4;
    }

    /** Whether publishers wait. Any thread. */
    boolean isCongested() {
        return congested;
    }

    /** Runs {@code resume} once publishers may go on; at once when they may already. Any thread. */
    void await(Runnable resume) {
        Waiter before;
        do {
            before = waiting;
        } while (!WAITING.compareAndSet(this, before, new Waiter(resume, before)));
        if (!congested) {
            release(); // it ended between the question and the answer
        }
    }

    /** Another event loop has a message for this client; {@link #arrived} follows. Any thread. */
    void underway() {
        if (UNDERWAY.incrementAndGet(this) > high && !congested) {
            since = System.nanoTime();
            congested = true; // should they have arrived by now, the next arrival or patience ends it
        }
    }

    /** What {@link #underway} told of is here. */
    void arrived() {
        UNDERWAY.decrementAndGet(this);
    }

    /** The queue has {@code queued} messages now. */
    void queued(int queued) {
        if (queued > high) {
            if (!congested && !slow) {
                since = System.nanoTime();
                congested = true;
            }
        } else if ((congested || slow) && queued <= low && underway <= low) {
            slow = false;
            end();
        }
    }

    /** Looks, now and then, whether patience has run out. */
    void check(long now) {
        if (congested && now - since > PATIENCE_NANOS) {
            slow = true;
            end();
        }
    }

    /** Nobody waits any more; called also when the client leaves. */
    void end() {
        congested = false;
        release();
    }

    private void release() {
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
