package dev.skein.node.edge.mqtt;

import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Packets of one client that wait while its connection is parked. Confined to the event loop. */
final class WaitingPackets {
    private final LoopContext context;
    private @Nullable ArrayDeque<Object> packets;
    private long bytes;

    WaitingPackets(LoopContext context) {
        this.context = context;
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
        count(HeldBack.size(packet));
    }

    /** It is handled before all others. */
    void addFirst(Object packet) {
        packets().addFirst(packet);
        count(HeldBack.size(packet));
    }

    boolean isEmpty() {
        return packets == null || packets.isEmpty();
    }

    /** The next one; there is one. */
    Object remove() {
        Object next = packets().remove();
        count(-HeldBack.size(next));
        return next;
    }

    /** All of them, or null. */
    @Nullable
    Collection<Object> all() {
        return packets;
    }

    void clear() {
        packets = null;
        count(-bytes);
    }

    /** Whether so few wait that a connection that is held back is read on. */
    boolean readsOn(long max) {
        return bytes <= max && context.waitingBytes() <= HeldBack.LOOP_MAX;
    }

    private void count(long change) {
        bytes += change;
        context.addWaiting(change);
    }
}
