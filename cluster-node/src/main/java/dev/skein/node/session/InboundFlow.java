package dev.skein.node.session;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * QoS 2 packet identifiers received by one connection and not yet released by its client [MQTT-4.3.3-2]. Those that an
 * earlier connection of the session received are in the store alone, which says whose repetition a PUBLISH is.
 */
public final class InboundFlow {
    /** Made with the first message at QoS 2: most clients never send one. */
    private @Nullable BitSet received;

    private int size;

    /** Nothing received. */
    public InboundFlow() {}

    /** Whether this is the first PUBLISH with {@code packetId} since its last release; it is remembered. */
    public boolean first(int packetId) {
        BitSet held = received;
        if (held == null) {
            held = new BitSet(0);
            received = held;
        }
        boolean first = !held.get(packetId);
        held.set(packetId);
        size += first ? 1 : 0;
        return first;
    }

    /** Whether {@code packetId} was received and is not released. */
    public boolean holds(int packetId) {
        return received != null && received.get(packetId);
    }

    /** PUBREL came: the packet identifier may be used for another message. Returns whether it was held. */
    public boolean release(int packetId) {
        BitSet ids = received;
        if (ids == null || !ids.get(packetId)) {
            return false;
        }
        ids.clear(packetId);
        size--;
        return true;
    }

    /** Number of packet identifiers held. */
    public int size() {
        return size;
    }
}
