package dev.skein.node.edge.mqtt;

import dev.skein.node.delivery.LoopContext;
import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Packets of one client that wait while its connection is parked: what one read held at the most, since a parked
 * connection is not read; more when it is held back for a receiver, see {@link #readsOn}. Confined to the event loop.
 */
final class WaitingPackets {
    private final LoopContext context;
    private final Holdings holdings;
    private @Nullable ArrayDeque<Object> packets;
    private long bytes;

    WaitingPackets(LoopContext context, Holdings holdings) {
        this.context = context;
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
        count(HeldBack.size(packet));
        holdings.willWait(packet);
    }

    /** It is handled before all others. */
    void addFirst(Object packet) {
        packets().addFirst(packet);
        count(HeldBack.size(packet));
        holdings.willWait(packet);
        holdings.waits();
    }

    boolean isEmpty() {
        return packets == null || packets.isEmpty();
    }

    /** The next one; there is one. */
    Object remove() {
        Object next = packets().remove();
        count(-HeldBack.size(next));
        holdings.waitsNoMore(next);
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
        count(-bytes);
        holdings.waitsNoMore();
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
