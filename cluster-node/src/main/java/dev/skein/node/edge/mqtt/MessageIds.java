package dev.skein.node.edge.mqtt;

import dev.skein.node.route.Message;
import java.time.InstantSource;

/** Gives messages their identities on one event loop: time-ordered within the loop, unique over loops and restarts. */
final class MessageIds {
    private static final int COUNTER_BITS = 16;

    private final InstantSource clock;
    private final long writer;
    private long last;

    /** {@code lane} is 1 or more; lane 0 is the store's. */
    MessageIds(InstantSource clock, int lane) {
        this.clock = clock;
        // The second of the start tells the incarnations of one lane apart.
        this.writer = ((long) lane << Integer.SIZE) | (clock.millis() / 1000 & 0xFFFF_FFFFL);
    }

    void identify(Message message) {
        last = Math.max(last + 1, clock.millis() << COUNTER_BITS);
        message.identify(last, writer);
    }
}
