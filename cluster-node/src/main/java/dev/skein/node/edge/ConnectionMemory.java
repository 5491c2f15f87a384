package dev.skein.node.edge;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/**
 * What the connections of a node hold in memory beside their own objects, with one bound for all of them: packets that
 * have not come as a whole, output that a socket does not take, and the like. Event loops account for it when a buffer
 * grows or shrinks, not for each message; steps below {@link #GRANULE} may be left out, so the figure may be off by so
 * much for each loop. Above the bound the loop that holds the most closes its largest connections, so that those who
 * hold little are served and new ones taken in; new ones are refused only when that does not keep up. What no event
 * loop answers for counts for that, too: see {@link #hold}.
 *
 * <p>Thread-safe but for {@link Share}.
 */
public final class ConnectionMemory {
    /** Smaller changes of a loop are collected before they count, in bytes. */
    static final int GRANULE = 16 * 1024;

    /** What is freed beyond the excess, as a fraction of the bound: looking for the largest is not for each packet. */
    private static final int FREED_BEYOND = 10;

    /** What may be held beyond the bound before connections are refused, as a fraction of it. */
    private static final int FULL_BEYOND = 4;

    private final long max;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong beside = new AtomicLong();
    private final List<Share> shares = new CopyOnWriteArrayList<>();
    private final LongAdder closed = new LongAdder();

    /** @param max bytes that all connections together may hold */
    public ConnectionMemory(long max) {
        this.max = max;
    }

    /** The bound, in bytes. */
    public long max() {
        return max;
    }

    /** Bytes held now. */
    public long used() {
        return Math.max(0, used.get()) + beside.get();
    }

    /**
     * So many bytes are held before a connection has its share or after it is gone: a request that becomes a WebSocket,
     * a will on its way. Closing connections does not free them, so none is closed for them, but while they fill the
     * memory no further one is taken in. {@link #free} follows.
     */
    public void hold(long bytes) {
        beside.addAndGet(bytes);
    }

    /**
     * As {@link #hold} for what need not be held: false when all such would take more than a quarter of the bound. Who
     * asks is closed then, and counted.
     */
    public boolean tryHold(long bytes) {
        if (beside.addAndGet(bytes) <= max / FULL_BEYOND) {
            return true;
        }
        free(bytes);
        countClosed();
        return false;
    }

    /** The end of {@link #hold} and of a {@link #tryHold} that had room. */
    public void free(long bytes) {
        beside.addAndGet(-bytes);
    }

    /** Whether there is no room for a further connection: closing others does not keep up, or would not help. */
    public boolean isFull() {
        return used() > max + max / FULL_BEYOND;
    }

    /** Connections that were closed or refused for lack of room. */
    public long closed() {
        return closed.sum();
    }

    /** One more connection was closed or refused for lack of room. */
    public void countClosed() {
        closed.increment();
    }

    /** Says how full it is, for a log line. */
    @Override
    public String toString() {
        return "connections hold " + used() + " bytes (limit skein.edge.memory-max: " + max + ")";
    }

    /**
     * The share of one event loop.
     *
     * @param loop runs on the loop what it is given, later
     * @param closeLargest closes the loop's largest connections until so many bytes are free; called on the loop
     */
    public Share share(Executor loop, LongConsumer closeLargest) {
        Share share = new Share(loop, closeLargest);
        shares.add(share);
        return share;
    }

    /** What the connections of one event loop hold. Confined to the loop. */
    public final class Share {
        private final Executor loop;
        private final LongConsumer closeLargest;
        private final AtomicBoolean asked = new AtomicBoolean();
        private volatile long held; // written by the loop alone
        private long uncounted;
        private boolean over;

        private Share(Executor loop, LongConsumer closeLargest) {
            this.loop = loop;
            this.closeLargest = closeLargest;
        }

        /** A connection holds so many bytes more, or, below 0, less. {@link #makeRoom} follows soon. */
        public void add(long bytes) {
            uncounted += bytes;
            if (uncounted >= GRANULE || uncounted <= -GRANULE) {
                count();
            }
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
        private void count() {
            long change = uncounted;
            uncounted = 0;
            held += change;
            if (used.addAndGet(change) > max && change > 0) {
                Share largest = largest(this);
                if (held >= largest.held / 2) {
                    over = true;
                } else {
                    largest.makeRoomSoon();
                }
            }
        }

        /**
         * Closes connections when the bound was passed. Called when a read or a round of the loop is over: where a
         * connection that closes surprises nobody.
         */
        public void makeRoom() {
            if (over) {
                over = false;
                long excess = used.get() - max;
                if (excess > 0) {
                    closeLargest.accept(excess + max / FREED_BEYOND);
                }
            }
        }

        /** As {@link #makeRoom}, also when nothing has grown; called now and then. */
        public void check() {
            if (used.get() > max && largest(this) == this) {
                over = true;
            }
            makeRoom();
        }

        private void makeRoomSoon() {
            if (asked.compareAndSet(false, true)) {
                loop.execute(() -> {
                    asked.set(false);
                    over = true;
                    makeRoom();
                });
            }
        }
    }

    private Share largest(Share atLeast) {
        Share largest = atLeast;
        for (Share each : shares) {
            if (each.held > largest.held) {
                largest = each;
            }
        }
        return largest;
    }
}
