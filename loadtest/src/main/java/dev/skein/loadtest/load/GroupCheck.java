package dev.skein.loadtest.load;

import java.util.BitSet;

/**
 * Which messages have reached a group of subscribers that share them: each is to come to one of them, once. What
 * different members get may overtake each other. Costs one bit for each message, and allocates nothing but the room for
 * them. Not thread-safe.
 */
final class GroupCheck {
    private final BitSet[] arrived;
    private long duplicates;

    /** Expects messages from each of {@code sources} sources. */
    GroupCheck(int sources) {
        arrived = new BitSet[sources];
        for (int i = 0; i < sources; i++) {
            arrived[i] = new BitSet();
        }
    }

    /** Takes in one arrival, 0..2147483646; returns whether it is the first of its message. */
    boolean accept(int source, long sequence) {
        int bit = Math.toIntExact(sequence);
        if (arrived[source].get(bit)) {
            duplicates++;
            return false;
        }
        arrived[source].set(bit);
        return true;
    }

    /** How many of the first {@code sent} messages of a source have reached no member. */
    long lost(int source, long sent) {
        return sent - arrived[source].cardinality();
    }

    /** Arrivals of what had reached a member before. */
    long duplicates() {
        return duplicates;
    }
}
