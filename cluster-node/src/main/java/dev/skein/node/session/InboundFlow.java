package dev.skein.node.session;

import java.util.BitSet;

/** QoS 2 packet identifiers received from one client and not yet released by it [MQTT-4.3.3-2]. */
public final class InboundFlow {
    private final BitSet received = new BitSet(0);

    /** Nothing received. */
    public InboundFlow() {}

    /** Takes over what an earlier connection of the session left. */
    public void restore(Iterable<Integer> packetIds) {
        packetIds.forEach(received::set);
    }

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
