package dev.skein.node.edge.mqtt;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Holds back those who publish, at QoS 1 or 2, to this one client alone while its queue is more than half full, so that
 * a client that merely is slower than its publishers loses nothing. A client that cannot bring its queue down within
 * {@link #PATIENCE_NANOS} is slow: publishers go on, and the queue's policy decides, until it has caught up.
 *
 * <p>Confined to the client's event loop but for {@link #isCongested}, {@link #await} and {@link #underway}.
 */
final class Congestion {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final int high;
    private final int low;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    /** Messages on their way from other event loops. */
    private final AtomicInteger underway = new AtomicInteger();

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
        waiting.add(resume);
        if (!congested) {
            release(); // it ended between the question and the answer
        }
    }

    /** Another event loop has a message for this client; {@link #arrived} follows. Any thread. */
    void underway() {
        if (underway.incrementAndGet() > high && !congested) {
            since = System.nanoTime();
            congested = true; // should they have arrived by now, the next arrival or patience ends it
        }
    }

    /** What {@link #underway} told of is here. */
    void arrived() {
        underway.decrementAndGet();
    }

    /** The queue has {@code queued} messages now. */
    void queued(int queued) {
        if (queued > high) {
            if (!congested && !slow) {
                since = System.nanoTime();
                congested = true;
            }
        } else if ((congested || slow) && queued <= low && underway.get() <= low) {
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
        for (Runnable resume = waiting.poll(); resume != null; resume = waiting.poll()) {
            resume.run();
        }
    }
}
