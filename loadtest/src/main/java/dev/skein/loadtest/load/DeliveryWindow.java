package dev.skein.loadtest.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far one publisher's messages have reached all of its subscribers: what stands in for an acknowledgement at QoS 0.
 * Every event loop with subscribers keeps its own {@link Share}; only the finished sequence crosses threads.
 */
final class DeliveryWindow {
    /** Who waits for the window to open. */
    interface Waiting {
        /** Something was delivered; called on {@code from}. */
        void wake(Loop from);
    }

    private final List<Share> shares = new ArrayList<>();

    /** Adds the share of a loop that has {@code receivers} of the subscribers. */
    Share share(Loop loop, Waiting publisher, int receivers, int window) {
        Share share = new Share(loop, publisher, receivers, window);
        shares.add(share);
        return share;
    }

    List<Share> shares() {
        return shares;
    }

    /** Messages below this sequence number have reached everyone. */
    long delivered() {
        long least = Long.MAX_VALUE;
        for (Share share : shares) {
            least = Math.min(least, share.delivered.get());
        }
        return least;
    }

    /** The part of one event loop; all but {@link #delivered} belongs to it. */
    static final class Share {
        private final Loop loop;
        private final Waiting publisher;
        private final int receivers;
        /** For each sequence number of the window, the receivers that still wait for it. */
        private final int[] waiting;

        private final int mask;
        private final AtomicLong delivered = new AtomicLong();
        private long base;
        private boolean dirty;

        private Share(Loop loop, Waiting publisher, int receivers, int window) {
            this.loop = loop;
            this.publisher = publisher;
            this.receivers = receivers;
            this.waiting = new int[Integer.highestOneBit(Math.max(1, window * 2 - 1))];
            this.mask = waiting.length - 1;
            Arrays.fill(waiting, receivers);
        }

        Loop loop() {
            return loop;
        }

        Waiting publisher() {
            return publisher;
        }

        /** One receiver now has, or has missed for good, the sequence numbers {@code from} to below {@code to}. */
        void advance(long from, long to) {
            if (to - base > waiting.length) {
                return; // never sent: the checks report it
            }
            for (long sequence = Math.max(from, base); sequence < to; sequence++) {
                waiting[(int) sequence & mask]--;
            }
            long before = base;
            while (waiting[(int) base & mask] == 0) {
                waiting[(int) base & mask] = receivers;
                base++;
            }
            if (base != before && !dirty) {
                dirty = true;
                loop.finished(this);
            }
        }

        /** Makes the progress of this batch visible to the publisher. */
        void publish() {
            dirty = false;
            delivered.lazySet(base);
        }

        /** Gives up on everything below {@code sequence}, so that the publisher may go on after a loss. */
        void forget(long sequence) {
            base = Math.max(base, sequence);
            Arrays.fill(waiting, receivers);
            publish();
        }
    }
}
