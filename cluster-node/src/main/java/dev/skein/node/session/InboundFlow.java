package dev.skein.node.session;

import java.util.BitSet;

/**
 * QoS 2 packet identifiers received by one connection and not yet released by its client [MQTT-4.3.3-2]. Those that an
 * earlier connection of the session received are in the store alone, which says whose repetition a PUBLISH is.
 */
public final class InboundFlow {
    private final BitSet received = new BitSet(0);

    /** Nothing received. */
    public InboundFlow() {}

    /** Whether this is the first PUBLISH with {@code packetId} since its last release; it is remembered. */
    public boolean first(int packetId) {
        if (received.get(packetId)) {
            return false;
        }
        received.set(packetId);
        return true;
    }

    /** PUBREL came: the packet identifier may be used for another message. Returns whether it was held. */
    public boolean release(int packetId) {
        boolean held = received.get(packetId);
        received.clear(packetId);
        return held;
    }

    /** Number of packet identifiers held. */
    public int size() {
        return received.cardinality();
    }
}
