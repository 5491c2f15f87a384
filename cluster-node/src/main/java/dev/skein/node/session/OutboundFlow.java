package dev.skein.node.session;

import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.QueuePage;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.List;
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
    private @Nullable LiveQueue queue;
    private @Nullable StoredFlow stored;
    private long taken;

    /**
     * A flow with nothing under way.
     *
     * @param windowMax messages of QoS 1 and 2 that the client may have without acknowledging them, 1..65535
     * @param persistent whether {@link #resume} follows; until the session's old packet identifiers are known, none is
     *     given to a new message
     */
    public OutboundFlow(FlowSettings settings, int windowMax, FlowOutput out, boolean persistent) {
        this.settings = settings;
        this.out = out;
        this.persistent = persistent;
        this.window = new InflightWindow(windowMax);
    }

    /** As the other constructor, of a client that takes as much as {@code settings} allow. */
    public OutboundFlow(FlowSettings settings, FlowOutput out, boolean persistent) {
        this(settings, settings.inflightMax(), out, persistent);
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
     * Sends a live message, or queues it behind what it must not overtake.
     *
     * @param qos QoS of this delivery, 0..2
     * @param retain RETAIN flag to show [MQTT-3.3.1-8, 3.3.1-9]
     */
    public void deliver(Message message, int qos, boolean retain) {
        deliver(message, qos, retain, false);
    }

    /** As {@link #deliver}, a retained message of a new subscription: left out when a newer live one overtakes it. */
    public void replay(Message message, int qos) {
        deliver(message, qos, true, true);
    }

    private void deliver(Message message, int qos, boolean retain, boolean replayed) {
        if (!out.admits(message, qos)) {
            return;
        }
        if ((queue == null || queue.hasNothingBefore(message, qos)) && canSend(qos)) {
            send(message, qos, retain);
        } else {
            enqueue(message, qos, retain, replayed);
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

    /** Stored messages that {@link FlowOutput#holds} has held may go out. */
    public void release() {
        if (stored != null) {
            stored.release();
        }
    }

    /** Whether a stored message that is held says what the retained message of its topic says. */
    public boolean holdsCopy(String topic, byte[] payload) {
        return stored != null && stored.holdsCopy(topic, payload);
    }

    /**
     * Whether the stored message {@code id}, which is committed, is on its way to the client or was sent. Also true
     * when the flow cannot go on to it before {@link #release}.
     */
    public boolean hasReached(MessageId id) {
        return stored == null || stored.hasReached(id);
    }

    /** Whether everything that the session has in the store was sent, as far as is known. */
    public boolean isCaughtUp() {
        return stored == null ? !persistent : stored.isCaughtUp();
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

    /**
     * PUBACK came. A packet identifier that is not known is passed over: clients say so of an earlier connection.
     *
     * @return false when the message is one that PUBACK does not answer [MQTT-4.8.0-1]
     */
    public boolean onPubAck(int packetId) {
        return switch (window.state(packetId)) {
            case InflightWindow.AWAIT_ACK -> {
                MessageId id = window.id(packetId);
                window.free(packetId);
                taken++;
                if (id != null) {
                    out.acknowledge(id);
                }
                drain();
                yield true;
            }
            case InflightWindow.FREE, InflightWindow.AWAIT_SENT_COMMIT -> true; // not sent by this connection
            default -> false;
        };
    }

    /** As {@link #onPubRec(int, boolean)}, with a PUBREC that refuses nothing. */
    public boolean onPubRec(int packetId) {
        return onPubRec(packetId, false);
    }

    /**
     * PUBREC came; PUBREL answers it, also for a packet identifier that is not known any more [MQTT-4.3.3-1].
     *
     * @param refused whether its reason code says that the client does not take the message: then it is done with
     * @return false when the message is one that PUBREC does not answer [MQTT-4.8.0-1]
     */
    public boolean onPubRec(int packetId, boolean refused) {
        if (refused && window.state(packetId) == InflightWindow.AWAIT_REC) {
            MessageId id = window.id(packetId);
            window.free(packetId);
            taken++;
            if (id != null) {
                out.acknowledge(id);
            }
            drain();
            return true;
        }
        switch (window.state(packetId)) {
            case InflightWindow.AWAIT_REC -> {
                taken++;
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
                    out.pubRelUnknown(packetId);
                }
            }
            case InflightWindow.AWAIT_ACK -> {
                return false;
            }
            default -> {
                // A record of it is on the way to the store.
            }
        }
        return true;
    }

    /**
     * PUBCOMP came; unknown packet identifiers are passed over.
     *
     * @return false when the message is one that PUBCOMP does not answer, or not yet [MQTT-4.8.0-1]
     */
    public boolean onPubComp(int packetId) {
        return switch (window.state(packetId)) {
            case InflightWindow.AWAIT_COMP -> {
                boolean durable = window.id(packetId) != null;
                window.free(packetId);
                taken++;
                if (durable) {
                    out.completed(packetId);
                }
                drain();
                yield true;
            }
            case InflightWindow.FREE, InflightWindow.AWAIT_SENT_COMMIT -> true; // not sent by this connection
            default -> false;
        };
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
        LiveQueue waiting = queue;
        if (waiting == null) {
            return;
        }
        while (out.isWritable()) {
            LiveQueue.Waiting next = waiting.next(canSend(1));
            if (next == null) {
                break;
            }
            waiting.remove(next);
            out.waitsNoMore(next.message());
            taken += next.qos() > 0 ? 1 : 0;
            if (next.replayed() && out.isOvertaken(next.message())) {
                continue; // a newer live one of another lane has gone out
            }
            if (!out.admits(next.message(), next.qos())) {
                continue; // it has expired meanwhile
            }
            send(next.message(), next.qos(), next.retain());
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

    /** Live messages that wait and that their publishers take for accepted: published at QoS 1 or 2. */
    public int accepted() {
        return queue == null ? 0 : queue.acknowledged();
    }

    /** Bytes of {@link #accepted}. */
    public long acceptedBytes() {
        return queue == null ? 0 : queue.acknowledgedBytes();
    }

    /** Grows with each acknowledgement and each message that goes from the queue into the window. */
    public long taken() {
        return taken;
    }

    /** Whether live messages wait that only acknowledgements let go on. */
    public boolean awaitsAcknowledgement() {
        return queue != null && queue.hasWindow() && !window.hasRoom();
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

    /** The connection has ended: live messages that wait are given up. Returns them, in their order by lane. */
    public List<Message> end() {
        LiveQueue waiting = queue;
        if (waiting == null) {
            return List.of();
        }
        queue = null;
        List<Message> given = new ArrayList<>(waiting.size());
        waiting.forEach(given::add);
        given.forEach(out::waitsNoMore);
        return given;
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

    private void enqueue(Message message, int qos, boolean retain, boolean replayed) {
        LiveQueue waiting = queue;
        if (waiting == null) {
            waiting = new LiveQueue(settings);
            queue = waiting;
        }
        waiting.add(message, qos, retain, replayed);
        out.waits(message);
        for (LiveQueue.Waiting excess = waiting.excess(out.publishersWait());
                excess != null;
                excess = waiting.excess(out.publishersWait())) {
            if (!settings.dropOldest()) {
                out.queueFull();
                return;
            }
            waiting.remove(excess);
            out.waitsNoMore(excess.message());
            out.dropped(excess.message());
        }
    }
}
