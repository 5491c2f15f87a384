package dev.skein.loadtest.play;

import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one receiver has of one flow, for each of its streams: loss, duplicates and order. One comparison for a message
 * in order. Belongs to an event loop.
 */
final class Arrivals {
    static final int IN_ORDER = 0;
    static final int AFTER_GAP = 1;
    static final int LATE = 2;
    static final int DUPLICATE = 3;

    /** Beyond this many runs of missing messages of a stream, the oldest stays lost. */
    private static final int MOST_RUNS = 10_000;

    private final Sources sources;
    private final int qos;
    private final int[] next;
    /** Missing runs of sequence numbers of each stream, from inclusive to exclusive. */
    private @Nullable NavigableMap<Integer, Integer> @Nullable [] gaps;

    Arrivals(Sources sources, int qos) {
        this.sources = sources;
        this.qos = qos;
        this.next = new int[sources.size()];
    }

    Sources sources() {
        return sources;
    }

    /** The QoS that messages of this flow must have. */
    int qos() {
        return qos;
    }

    int accept(int source, int sequence) {
        int expected = next[source];
        if (sequence == expected) {
            next[source] = expected + 1;
            return IN_ORDER;
        }
        if (sources.shared()) {
            // what is missing went to another member; a member's own messages still come in order
            next[source] = Math.max(expected, sequence + 1);
            return sequence > expected ? IN_ORDER : LATE;
        }
        if (sequence > expected) {
            runs(source).put(expected, sequence);
            if (runs(source).size() > MOST_RUNS) {
                runs(source).pollFirstEntry();
            }
            next[source] = sequence + 1;
            return AFTER_GAP;
        }
        NavigableMap<Integer, Integer> open = gaps == null ? null : gaps[source];
        return open != null && take(open, sequence) ? LATE : DUPLICATE;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private NavigableMap<Integer, Integer> runs(int source) {
        @Nullable NavigableMap<Integer, Integer>[] all = gaps;
        if (all == null) {
            all = (@Nullable NavigableMap<Integer, Integer>[]) new @Nullable NavigableMap[next.length];
            gaps = all;
        }
        NavigableMap<Integer, Integer> own = all[source];
        if (own == null) {
            own = new TreeMap<>();
            all[source] = own;
        }
        return own;
    }

    private static boolean take(NavigableMap<Integer, Integer> runs, int sequence) {
        var run = runs.floorEntry(sequence);
        if (run == null || sequence >= run.getValue()) {
            return false;
        }
        runs.remove(run.getKey());
        if (run.getKey() < sequence) {
            runs.put(run.getKey(), sequence);
        }
        if (sequence + 1 < run.getValue()) {
            runs.put(sequence + 1, run.getValue());
        }
        return true;
    }

    /** Runs of sequence numbers that a receiver need not have. */
    static final class Excused {
        static final Excused NOTHING = new Excused(new int[0]);

        private final int[] bounds;

        /** {@code bounds}: from inclusive, to exclusive, and so on; in any order, and they may overlap. */
        Excused(int[] bounds) {
            this.bounds = bounds;
        }

        /** How many of a run are not excused. */
        int outside(int from, int to) {
            int outside = to - from;
            if (bounds.length == 2) {
                return outside - Math.max(0, Math.min(to, bounds[1]) - Math.max(from, bounds[0]));
            }
            for (int i = from; i < to && bounds.length > 0; i++) {
                outside -= covers(i) ? 1 : 0;
            }
            return outside;
        }

        private boolean covers(int sequence) {
            for (int i = 0; i < bounds.length; i += 2) {
                if (sequence >= bounds[i] && sequence < bounds[i + 1]) {
                    return true;
                }
            }
            return false;
        }

        /** With more bounds. */
        Excused and(int from, int to) {
            int[] more = Arrays.copyOf(bounds, bounds.length + 2);
            more[bounds.length] = from;
            more[bounds.length + 1] = to;
            return new Excused(more);
        }
    }

    /** Whether a stream is complete, which is quick to say. */
    boolean complete(int source, int sent) {
        @Nullable NavigableMap<Integer, Integer>[] all = gaps;
        NavigableMap<Integer, Integer> open = all == null ? null : all[source];
        return next[source] >= sent && (open == null || open.isEmpty());
    }

    /** How many of the first {@code sent} messages of a stream have not arrived and are not excused. */
    long missing(int source, int sent, Excused excused) {
        long missing = next[source] < sent ? excused.outside(next[source], sent) : 0;
        @Nullable NavigableMap<Integer, Integer>[] all = gaps;
        NavigableMap<Integer, Integer> open = all == null ? null : all[source];
        if (open != null) {
            for (var run : open.entrySet()) {
                missing += run.getKey() >= sent ? 0 : excused.outside(run.getKey(), Math.min(sent, run.getValue()));
            }
        }
        return missing;
    }
}
