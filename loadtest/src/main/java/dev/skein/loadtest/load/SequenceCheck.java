package dev.skein.loadtest.load;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Loss, duplicates and order of what one subscriber receives, for each of its sources on its own. Costs one comparison
 * for a message in order. Not thread-safe.
 */
public final class SequenceCheck {
    /** What an arrival is. */
    public enum Verdict {
        /** The next one. */
        IN_ORDER,
        /** Later ones are missing before it. */
        AFTER_GAP,
        /** Was missing; overtaken by a later one. */
        LATE,
        /** Had arrived before. */
        DUPLICATE
    }

    private final long[] next;
    private final @Nullable Gaps[] gaps;
    private long duplicates;
    private long orderBreaks;

    /** Expects sequence number 0 first from each of {@code sources} sources. */
    public SequenceCheck(int sources) {
        this.next = new long[sources];
        this.gaps = new @Nullable Gaps[sources];
    }

    /** Takes in one arrival; {@code sequence} is 0 upward. */
    public Verdict accept(int source, long sequence) {
        long expected = next[source];
        if (sequence == expected) {
            next[source] = expected + 1;
            return Verdict.IN_ORDER;
        }
        Gaps open = gaps[source];
        if (sequence > expected) {
            if (open == null) {
                open = new Gaps();
                gaps[source] = open;
            }
            open.add(expected, sequence);
            next[source] = sequence + 1;
            return Verdict.AFTER_GAP;
        }
        if (open != null && open.take(sequence)) {
            orderBreaks++;
            return Verdict.LATE;
        }
        duplicates++;
        return Verdict.DUPLICATE;
    }

    /** One more than the highest sequence number that came from a source. */
    public long next(int source) {
        return next[source];
    }

    /** How many of the first {@code sent} messages of a source have not arrived. */
    public long lost(int source, long sent) {
        Gaps open = gaps[source];
        return Math.max(0, sent - next[source]) + (open == null ? 0 : open.missing);
    }

    /** Arrivals of what had arrived before. */
    public long duplicates() {
        return duplicates;
    }

    /** Arrivals that a later message of the same source had overtaken. */
    public long orderBreaks() {
        return orderBreaks;
    }

    /** Missing runs of sequence numbers, from inclusive to exclusive. */
    private static final class Gaps {
        /** Beyond this many runs the oldest is given up: it stays lost, and who still arrives in it is a duplicate. */
        private static final int MOST = 10_000;

        private final TreeMap<Long, Long> runs = new TreeMap<>();
        private long missing;

        void add(long from, long to) {
            missing += to - from;
            runs.put(from, to);
            if (runs.size() > MOST) {
                runs.pollFirstEntry();
            }
        }

        boolean take(long sequence) {
            var run = runs.floorEntry(sequence);
            if (run == null || sequence >= run.getValue()) {
                return false;
            }
            missing--;
            runs.remove(run.getKey());
            if (run.getKey() < sequence) {
                runs.put(run.getKey(), sequence);
            }
            if (sequence + 1 < run.getValue()) {
                runs.put(sequence + 1, run.getValue());
            }
            return true;
        }
    }
}
