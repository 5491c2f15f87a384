package dev.skein.node.session;

import dev.skein.node.route.Message;
import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.QueuePage;
import dev.skein.protocol.mqtt.MessageId;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Everything on its way to one client: a window of unacknowledged messages, a bounded queue of live messages behind it,
 * and, for a persistent session, the queue in the store (MQTT 3.1.1 sections 4.3, 4.4 and 4.6).
 *
 * <p>Confined to the event loop of the connection. Packets leave through {@link FlowOutput}.
 */
public final class OutboundFlow {
    private final FlowSettings settings;
    private final FlowOutput out;
    private final InflightWindow window;
    private final boolean persistent;
    private @Nullable ArrayDeque<Waiting> queue;
    private @Nullable StoredFlow stored;
    private long queuedBytes;

    private record Waiting(Message message, int qos, boolean retain) {}

    /**
     * A flow with nothing under way.
     *
     * @param persistent whether {@link #resume} follows; until the session's old packet identifiers are known, none is
     *     given to a new message
     */
    public OutboundFlow(FlowSettings settings, FlowOutput out, boolean persistent) {
        this.settings = settings;
        this.out = out;
        this.persistent = persistent;
        this.window = new InflightWindow(settings.inflightMax());
    }

    /**
     * Takes up the session's queue in the store where an earlier connection left it: PUBREL is sent again for what was
     * received and not completed, then the queue is read from its beginning [MQTT-4.4.0-1]. What was sent may stand
     * behind what was not, by another writer's clock: no packet identifier that the client may hold goes to another.
     *
     * @param resolver makes a message of what the store holds
     */
    public void resume(FlowState state, StoredFlow.Resolver resolver) {
        for (int packetId : state.outboundReleased()) {
            window.restore(packetId, InflightWindow.AWAIT_COMP, StoredFlow.RELEASED);
            out.pubRel(packetId);
        }
        state.outboundSent().forEach(window::reserve);
        stored = new StoredFlow(window, out, resolver);
        stored.start();
    }

    /**
     * Sends a live message, or queues it behind what waits already.
     *
     * @param qos QoS of this delivery, 0..2
     * @param retain RETAIN flag to show [MQTT-3.3.1-8, 3.3.1-9]
     */
    public void deliver(Message message, int qos, boolean retain) {
        if ((queue == null || queue.isEmpty()) && canSend(qos)) {
            send(message, qos, retain);
        } else {
            enqueue(message, qos, retain);
        }
    }

    /** Takes a message of the session's queue right after its commit; it may also be left to be read from the store. */
    public void push(MessageId id, Message message, int qos, boolean retain) {
        if (stored != null) {
            stored.push(id, message, qos, retain);
        }
    }

    /** As {@link #lookAgain}, but the queue is not read before that or the next push. */
    public void missed() {
        if (stored != null) {
            stored.missed();
        }
    }

    /** Another node may have committed messages for this session that were not pushed. */
    public void lookAgain() {
        if (stored != null) {
            stored.lookAgain();
        }
    }

    /** The answer to {@link FlowOutput#page}. */
    public void onPage(QueuePage page) {
        if (stored != null) {
            stored.onPage(page);
            drain();
        }
    }

    /** The page could not be read; it is asked for again. */
    public void onPageFailed() {
        if (stored != null) {
            stored.onPageFailed();
        }
    }

    /** PUBACK came; unknown packet identifiers are passed over. */
    public void onPubAck(int packetId) {
        if (window.state(packetId) == InflightWindow.AWAIT_ACK) {
            MessageId id = window.id(packetId);
            window.free(packetId);
            if (id != null) {
                out.acknowledge(id);
            }
            drain();
        }
    }

    /** PUBREC came; PUBREL answers it, also for a packet identifier that is not known any more [MQTT-4.3.3-1]. */
    public void onPubRec(int packetId) {
        switch (window.state(packetId)) {
            case InflightWindow.AWAIT_REC -> {
                MessageId id = window.id(packetId);
                if (id == null) {
                    window.state(packetId, InflightWindow.AWAIT_COMP);
                    out.pubRel(packetId);
                } else {
                    window.state(packetId, InflightWindow.AWAIT_RECEIVED_COMMIT);
                    out.received(id, packetId);
                }
            }
            case InflightWindow.AWAIT_COMP -> out.pubRel(packetId);
            case InflightWindow.FREE -> {
                // Else its PUBLISH is still to be sent again, and is answered again.
                if (!isReplaying() && !window.isReserved(packetId)) {
                    out.pubRel(packetId);
                }
            }
            default -> {
                // Its record is on the way to the store, or it is a QoS 1 message that PUBREC does not answer.
            }
        }
    }

    /** PUBCOMP came; unknown packet identifiers are passed over. */
    public void onPubComp(int packetId) {
        if (window.state(packetId) == InflightWindow.AWAIT_COMP) {
            boolean durable = window.id(packetId) != null;
            window.free(packetId);
            if (durable) {
                out.completed(packetId);
            }
            drain();
        }
    }

    /** The record of {@link FlowOutput#sent} is committed: the PUBLISH may go out. */
    public void sentCommitted(int packetId) {
        if (stored != null && window.state(packetId) == InflightWindow.AWAIT_SENT_COMMIT) {
            window.state(packetId, InflightWindow.AWAIT_REC);
            stored.sentCommitted(packetId);
        }
    }

    /** The record of {@link FlowOutput#received} is committed: the PUBREL may go out. */
    public void receivedCommitted(int packetId) {
        if (window.state(packetId) == InflightWindow.AWAIT_RECEIVED_COMMIT) {
            window.state(packetId, InflightWindow.AWAIT_COMP);
            out.pubRel(packetId);
        }
    }

    /** Sends what the window and the socket allow; called when either has room again. */
    public void drain() {
        boolean replaying = isReplaying();
        drainQueue();
        if (stored != null) {
            stored.drain();
        }
        if (replaying && !isReplaying()) {
            drainQueue();
        }
    }

    private void drainQueue() {
        while (queue != null && !queue.isEmpty()) {
            Waiting head = queue.peek();
            if (!canSend(head.qos())) {
                break;
            }
            queue.remove();
            queuedBytes -= head.message().payload().length;
            out.waitsNoMore(head.message());
            send(head.message(), head.qos(), head.retain());
        }
    }

    /** Whether messages are still to be sent again under the packet identifiers of an earlier connection. */
    private boolean isReplaying() {
        return persistent && (stored == null || stored.isReplaying());
    }

    /** Messages sent and not yet acknowledged. */
    public int inflight() {
        return window.used();
    }

    /** Messages that wait in memory behind the window. */
    public int queued() {
        return (queue == null ? 0 : queue.size()) + (stored == null ? 0 : stored.buffered());
    }

    /** Tells what of this flow a later connection of the session has to know. */
    public void leave(Remainder remainder) {
        window.forEach((packetId, state, id) -> {
            if (state == InflightWindow.AWAIT_ACK && id != null) {
                remainder.unacknowledged(id, packetId);
            } else if (state != InflightWindow.AWAIT_ACK && id == null) {
                remainder.unreleased(packetId);
            }
        });
    }

    /** The connection has ended: live messages that wait are given up. */
    public void end() {
        if (queue != null) {
            queue.forEach(each -> out.waitsNoMore(each.message()));
            queue = null;
            queuedBytes = 0;
        }
    }

    /** See {@link #leave}. */
    public interface Remainder {
        /** A stored QoS 1 message that was sent and not acknowledged. */
        void unacknowledged(MessageId id, int packetId);

        /** A QoS 2 message that is not stored: the client may hold its packet identifier until PUBREL comes. */
        void unreleased(int packetId);
    }

    private boolean canSend(int qos) {
        return out.isWritable() && (qos == 0 || (window.hasRoom() && !isReplaying()));
    }

    private void send(Message message, int qos, boolean retain) {
        int packetId = switch (qos) {
            case 0 -> 0;
            case 1 -> window.take(InflightWindow.AWAIT_ACK, null);
            default -> window.take(InflightWindow.AWAIT_REC, null);
        };
        out.publish(message, qos, packetId, false, retain);
    }

    private void enqueue(Message message, int qos, boolean retain) {
        ArrayDeque<Waiting> waiting = queue;
        if (waiting == null) {
            waiting = new ArrayDeque<>();
            queue = waiting;
        }
        waiting.add(new Waiting(message, qos, retain));
        queuedBytes += message.payload().length;
        out.waits(message);
        while (waiting.size() > settings.queueMessages() || queuedBytes > settings.queueBytes()) {
            if (!settings.dropOldest()) {
                out.queueFull();
                return;
            }
            Waiting oldest = waiting.remove();
            queuedBytes -= oldest.message().payload().length;
            out.waitsNoMore(oldest.message());
            out.dropped(oldest.message());
        }
    }
}
