package dev.skein.node.edge.mqtt;

import dev.skein.node.delivery.LoopContext;
import io.netty.channel.Channel;
import java.util.Collection;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What comes from one client: whether its socket is read, and the packets that wait while an earlier one does. Packets
 * keep their order, but for what {@link HeldBack#passes}. Confined to the connection's event loop.
 */
final class Intake {
    private final Handler handler;
    private final Holdings holdings;
    private final WaitingPackets waiting;
    private final LongSupplier readOnBytes;
    private @Nullable Channel channel;
    private boolean parked;
    private boolean heldBack;
    private boolean held;
    private boolean heard;
    private long lastHeard = System.nanoTime();

    /** Takes packets in their order. */
    interface Handler {
        void handle(Object packet);
    }

    /** @param readOnBytes of waiting packets up to which a publisher that is held back is read on */
    Intake(LoopContext context, Holdings holdings, LongSupplier readOnBytes, Handler handler) {
        this.handler = handler;
        this.holdings = holdings;
        this.waiting = new WaitingPackets(context, holdings);
        this.readOnBytes = readOnBytes;
    }

    /** The socket is there. */
    void begin(Channel socket) {
        channel = socket;
        updateReading(); // TLS may have written already
    }

    private Channel channel() {
        return Objects.requireNonNull(channel);
    }

    /** One packet was read: it is handled, or waits. */
    void packet(Object packet) {
        heard = true;
        if (!parked || (heldBack && HeldBack.passes(packet))) {
            handler.handle(packet);
        } else {
            add(packet);
        }
    }

    private void add(Object packet) {
        waiting.add(packet);
        updateReading();
    }

    /**
     * A read is over.
     *
     * @param anyByteCounts whether part of a packet is a sign of life [MQTT-3.1.2-24]
     */
    void readComplete(boolean anyByteCounts) {
        if (heard || anyByteCounts) {
            heard = false;
            lastHeard = System.nanoTime();
        }
        holdings.waits();
    }

    /** Packets wait from now on. */
    void park() {
        parked = true;
        updateReading();
    }

    /** Handles what waited, until something parks again. */
    void unpark() {
        parked = false;
        heldBack = false;
        while (!parked && !waiting.isEmpty()) {
            handler.handle(waiting.remove());
        }
        updateReading();
    }

    /** Parks, and takes {@code packet} first when it goes on. */
    void parkBefore(Object packet) {
        waiting.addFirst(packet);
        park();
    }

    /** As {@link #parkBefore}, but what {@link HeldBack#passes} is handled meanwhile. */
    void holdBefore(Object packet) {
        heldBack = true;
        parkBefore(packet);
    }

    /** Whether the publisher is held back for the store. */
    void hold(boolean hold) {
        held = hold;
        updateReading();
    }

    boolean isHeld() {
        return held;
    }

    /** The connection ends: behind what waits, or now. */
    void end(Ended ended) {
        if (parked && !waiting.isEmpty()) {
            add(ended);
            if (heldBack) {
                unpark(); // what has come of it is handled at once, since it cannot be made to wait any more
            }
        } else {
            handler.handle(ended);
        }
    }

    /** A client that does not take its answers is not read, or they would pile up. */
    void updateReading() {
        if (channel != null) {
            boolean mayRead = !parked || (heldBack && waiting.readsOn(readOnBytes.getAsLong()));
            boolean read = mayRead && !held && channel.isWritable();
            if (channel.config().isAutoRead() != read) {
                channel.config().setAutoRead(read);
                lastHeard = System.nanoTime(); // silence while it was not read is not the client's
            }
        }
    }

    /** Whether what its client sends is read at the moment. */
    boolean isRead() {
        return channel().config().isAutoRead();
    }

    /** When the client was heard of, as {@link System#nanoTime}. */
    long lastHeard() {
        return lastHeard;
    }

    /** What the client has sent and was not handled yet, or null. */
    @Nullable
    Collection<Object> waitingPackets() {
        return waiting.all();
    }

    /** What waits is not handled any more. */
    void clear() {
        waiting.clear();
    }
}
