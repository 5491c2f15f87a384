package dev.skein.node.delivery;

import dev.skein.protocol.message.MessageId;
import java.time.InstantSource;

/**
 * Gives messages their identities on one event loop: time-ordered within the loop, unique over loops, nodes and
 * restarts.
 */
public final class MessageIds {
    private static final int COUNTER_BITS = 16;
    private static final int LANE_BITS = 12;

    private final InstantSource clock;
    private final long writer;
    private long last;

    /**
     * @param node uid of this incarnation of the node, random over all 64 bits
     * @param lane 0..4095, of its own for each loop of the node
     */
    MessageIds(InstantSource clock, long node, int lane) {
        this.clock = clock;
        // The sign tells it from a writer of the store, whose nodes are counted from 1.
        this.writer = Long.MIN_VALUE | node << LANE_BITS | lane;
    }

    /** What all of its identities have in common. */
    long writer() {
        return writer;
    }

    /** The last sequence given. */
    long last() {
        return last;
    }

    /** When {@code id} was given, by the clock of its node; so with those of the store. */
    public static long millis(MessageId id) {
        return id.sequence() >> COUNTER_BITS;
    }

    /** The next one. */
    MessageId next() {
        last = Math.max(last + 1, clock.millis() << COUNTER_BITS);
        return new MessageId(last, writer);
    }
}
