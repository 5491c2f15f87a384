package dev.skein.node.edge.mqtt;

import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Packets of one client that wait while its connection is parked: what one read held at the most, since a parked
 * connection is not read. Confined to the event loop.
 */
final class WaitingPackets {
    private final Holdings holdings;
    private @Nullable ArrayDeque<Object> packets;

    WaitingPackets(Holdings holdings) {
        this.holdings = holdings;
    }

    private ArrayDeque<Object> packets() {
        ArrayDeque<Object> all = packets;
        if (all == null) {
            all = new ArrayDeque<>();
            packets = all;
        }
        return all;
    }

    void add(Object packet) {
        packets().add(packet);
        holdings.willWait(packet);
    }

    /** It is handled before all others. */
    void addFirst(Object packet) {
        packets().addFirst(packet);
        holdings.willWait(packet);
        holdings.waits();
    }

    boolean isEmpty() {
        return packets == null || packets.isEmpty();
    }

    /** The next one; there is one. */
    Object remove() {
        Object next = packets().remove();
        if (isEmpty()) {
            holdings.waitsNoMore();
        }
        return next;
    }

    /** All of them, or null. */
    @Nullable
    Collection<Object> all() {
        return packets;
    }

    void clear() {
        packets = null;
        holdings.waitsNoMore();
    }
}
