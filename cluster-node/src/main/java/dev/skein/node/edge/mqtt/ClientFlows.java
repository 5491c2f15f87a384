package dev.skein.node.edge.mqtt;

import dev.skein.node.delivery.Instance;
import dev.skein.node.delivery.SharedDelivery;
import dev.skein.node.delivery.Tenure;
import dev.skein.node.observe.DropReason;
import dev.skein.node.observe.MessageObserver;
import dev.skein.node.session.FlowOutput;
import dev.skein.node.session.InboundFlow;
import dev.skein.node.session.OutboundFlow;
import dev.skein.node.session.StoredFlow;
import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.message.TopicName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The flows of one connected client, and what they do to its connection and, for a persistent session, to the store.
 * Confined to the connection's event loop.
 */
final class ClientFlows implements FlowOutput, OutboundFlow.Remainder, MessageObserver.Receiver {
    private static final int PAGE_MESSAGES = 200;
    private static final int PAGE_BYTES = 512 * 1024;
    private static final long RETRY_MILLIS = 1000;
    /** A PUBLISH beside its payload: about the topic of one. */
    private static final int PACKET_BYTES = 64;

    private final EdgeShared shared;
    private final MqttConnection connection;
    private final Instance instance;
    private final long sessionId;
    private final OutboundFlow flow;
    private final InboundFlow inbound = new InboundFlow();
    private final Tenure tenure = new Tenure(System::nanoTime);
    private @Nullable Turn restore;
    /** By packet identifier; of a clean session, whose messages nobody else on this node keeps. */
    private @Nullable Map<Integer, Sent> sharedUnacknowledged;

    private long delivered;
    private long dropped;
    private final TopicObservers observers;

    /** A message of a shared subscription, as it was sent. */
    private record Sent(Message message, int qos) {}

    /**
     * @param sessionId of the persistent session, 0 when it is clean
     * @param window messages of QoS 1 and 2 that the client may have without acknowledging them
     */
    ClientFlows(EdgeShared shared, MqttConnection connection, Instance instance, long sessionId, int window) {
        this.shared = shared;
        this.connection = connection;
        this.instance = instance;
        this.sessionId = sessionId;
        this.flow = new OutboundFlow(shared.settings().flow(), window, this, sessionId != 0);
        this.observers = new TopicObservers(shared.delivery().observers(), instance.id());
    }

    /** To the client. */
    OutboundFlow outbound() {
        return flow;
    }

    /** From the client, at QoS 2. */
    InboundFlow inbound() {
        return inbound;
    }

    /** Messages written to the client, repeats included. */
    long delivered() {
        return delivered;
    }

    /** Messages that its full queue has lost. */
    long dropped() {
        return dropped;
    }

    /**
     * The connection is gone: what it got of shared subscriptions at QoS 1 and did not acknowledge goes to others, and
     * so does what waits. A QoS 2 message whose delivery has begun goes to nobody else [MQTT-4.8.2-5].
     */
    void end() {
        tenure.end();
        restored();
        Map<Integer, Sent> unacknowledged = sharedUnacknowledged;
        sharedUnacknowledged = null;
        List<Message> waiting = flow.end();
        SharedDelivery shared = connection.context().ingress().shared();
        if (unacknowledged != null) {
            for (Sent each : unacknowledged.values()) {
                if (each.qos() == 1) {
                    shared.handOn(instance, each.message());
                } else {
                    taken(each.message());
                }
            }
        }
        for (Message each : waiting) {
            if (each.isShared() && each.qos() > 0) {
                shared.handOn(instance, each);
            } else {
                observer(each).givenUp(each, this);
            }
        }
    }

    /** No other member of a shared subscription is to have {@code message}. */
    private void taken(Message message) {
        if (message.handover() != null) {
            connection.context().links().taken(message);
        }
    }

    /** A persistent session keeps what a later connection has to know; after {@link #end}. */
    void leave() {
        flow.leave(this);
    }

    /** Takes up the session's queue; called when its routes lead here already. */
    void resume() {
        Turn turn = new Turn(
                shared.admission().restores(),
                connection.info().addressGroup(),
                connection.context(),
                _ -> later(this::resume));
        restore = turn;
        turn.take(() -> {
            turn.mayLapse();
            readFlow();
        });
    }

    /** The session's first page is in memory, or is not wanted any more. */
    private void restored() {
        Turn turn = restore;
        if (turn != null) {
            restore = null;
            turn.over();
        }
    }

    private void readFlow() {
        shared.delivery()
                .store()
                .flowState(sessionId)
                .whenComplete((state, failure) -> connection.context().execute(() -> {
                    if (connection.isClosed()) {
                        return;
                    }
                    if (failure != null) {
                        restored();
                        later(this::resume);
                    } else {
                        resume(state);
                    }
                }));
    }

    private void resume(FlowState state) {
        flow.resume(state, this::message);
        connection.intake().unpark();
    }

    private void later(Runnable task) {
        var _ = connection
                .context()
                .eventLoop()
                .schedule(
                        () -> {
                            if (!connection.isClosed()) {
                                task.run();
                            }
                        },
                        RETRY_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    /** A message of the session's queue; null when its client may not read it any more. */
    private @Nullable Message message(QueuedMessage stored) {
        TopicName topic = TopicName.of(stored.topic());
        Message message =
                new Message(instance.id(), topic, stored.content(), stored.qos(), false, stored.origin(), stored.id());
        if (connection.client().rights().mayRead(topic)) {
            return message;
        }
        drop(message, DropReason.REVOKED);
        return null;
    }

    @Override
    public boolean holds(Message message) {
        RetainedReplay replay = connection.replayOrNull();
        return replay != null && replay.holds(message);
    }

    @Override
    public boolean isOvertaken(Message retained) {
        RetainedReplay replay = connection.replayOrNull();
        return replay != null && replay.isOvertaken(retained.topic().value());
    }

    @Override
    public void publish(Message message, int qos, int packetId, boolean dup, boolean retain) {
        connection.writer().publish(connection.output(), message, qos, dup, retain, packetId);
        RetainedReplay replay = connection.replayOrNull();
        if (replay != null && !retain) {
            replay.showing(message);
        }
        if (message.isShared() && sessionId == 0) {
            if (qos == 0) {
                taken(message);
            } else if (qos == 1 || message.handover() != null) {
                sharedUnacknowledged().put(packetId, new Sent(message, qos));
            }
        }
        connection.context().collected(PACKET_BYTES + message.content().bytes());
        if (observer(message).delivered(message, qos, dup, this)) {
            observers.awaits(packetId, message, qos);
        }
        delivered++;
        if (message.sampledNanos() != 0 && !dup) {
            instance.delivered(message.sampledNanos());
        }
    }

    @Override
    public String clientId() {
        return connection.client().identity().clientId();
    }

    @Override
    public long connectionId() {
        return connection.client().accepted().connectionId();
    }

    @Override
    public boolean isPersistent() {
        return sessionId != 0;
    }

    @Override
    public long connectedAt() {
        return connection.client().connectedAt();
    }

    private Map<Integer, Sent> sharedUnacknowledged() {
        Map<Integer, Sent> made = sharedUnacknowledged;
        if (made == null) {
            made = new LinkedHashMap<>();
            sharedUnacknowledged = made;
        }
        return made;
    }

    /** PUBACK came. */
    boolean onPubAck(int packetId) {
        acknowledged(packetId);
        return flow.onPubAck(packetId);
    }

    /** PUBREC came, {@code refused} when its reason code says so. */
    boolean onPubRec(int packetId, boolean refused) {
        acknowledged(packetId);
        return flow.onPubRec(packetId, refused);
    }

    private void acknowledged(int packetId) {
        observers.acknowledged(packetId, this);
        Sent sent = sharedUnacknowledged == null ? null : sharedUnacknowledged.remove(packetId);
        if (sent != null) {
            taken(sent.message());
        }
    }

    private MessageObserver observer(Message message) {
        return observers.of(message.topic().parent());
    }

    @Override
    public void pubRel(int packetId) {
        connection.writer().pubrel(connection.output(), packetId, ReasonCodes.SUCCESS);
    }

    @Override
    public void pubRelUnknown(int packetId) {
        connection.writer().pubrel(connection.output(), packetId, ReasonCodes.PACKET_ID_NOT_FOUND);
    }

    @Override
    public boolean fits(Message message, int qos) {
        if (connection.writer().fits(message, qos)) {
            return true;
        }
        drop(message, DropReason.RECEIVER_TOO_SMALL); // [MQTT-3.1.2-25]
        return false;
    }

    @Override
    public boolean admits(Message message, int qos) {
        if (message.content().properties() != null && isExpired(message)) {
            drop(message, DropReason.EXPIRED);
            return false;
        }
        if (!fits(message, qos)) {
            return false;
        }
        SubscriptionOptions options = connection.optionsOrNull();
        if (options == null || options.isWanted(message)) {
            return true;
        }
        taken(message);
        return false;
    }

    private boolean isExpired(Message message) {
        long expiresAt = message.content().expiresAt();
        return expiresAt != Long.MAX_VALUE
                && expiresAt <= shared.delivery().clock().millis();
    }

    private void drop(Message message, DropReason reason) {
        taken(message);
        observer(message).dropped(message, reason, this);
        dropped++;
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable();
    }

    @Override
    public boolean publishersWait() {
        return connection.congestion().isWaitedFor();
    }

    @Override
    public void waits(Message message) {
        connection.holdings().queue(message);
    }

    @Override
    public void waitsNoMore(Message message) {
        connection.holdings().unqueue(message);
    }

    @Override
    public void dropped(Message message) {
        drop(message, DropReason.QUEUE_FULL);
    }

    @Override
    public void queueFull() {
        connection.close(Reason.QUEUE_FULL, "more messages wait than skein.mqtt.queue allows, and overflow is close");
    }

    @Override
    public void acknowledge(MessageId id) {
        shared.delivery().store().submit(new StoreCommand.Acknowledge(sessionId, id));
    }

    @Override
    public void sent(MessageId id, int packetId) {
        shared.delivery()
                .store()
                .submit(new StoreCommand.Sent(
                        sessionId, id, packetId, afterCommit(() -> flow.sentCommitted(packetId))));
    }

    @Override
    public void received(MessageId id, int packetId) {
        shared.delivery()
                .store()
                .submit(new StoreCommand.Received(
                        sessionId, id, packetId, afterCommit(() -> flow.receivedCommitted(packetId))));
    }

    @Override
    public void completed(int packetId) {
        shared.delivery().store().submit(new StoreCommand.Completed(sessionId, packetId, tenure));
    }

    /** The publisher has released a QoS 2 message; PUBCOMP follows when the store forgot it. */
    boolean releaseInbound(int packetId) {
        boolean known = inbound.release(packetId);
        if (sessionId == 0) {
            int code = known ? ReasonCodes.SUCCESS : ReasonCodes.PACKET_ID_NOT_FOUND;
            connection.writer().pubcomp(connection.output(), packetId, code);
        } else {
            shared.delivery()
                    .store()
                    .submit(new StoreCommand.InboundReleased(
                            sessionId,
                            packetId,
                            afterCommit(() ->
                                    connection.writer().pubcomp(connection.output(), packetId, ReasonCodes.SUCCESS))));
        }
        return true;
    }

    private StoreCommand.CommitListener afterCommit(Runnable task) {
        return shared.delivery().bridge().committed(connection.context(), tenure, () -> {
            if (!connection.isClosed()) {
                task.run();
            }
        });
    }

    @Override
    public void page(QueueCursor after) {
        shared.delivery()
                .store()
                .page(sessionId, after, PAGE_MESSAGES, PAGE_BYTES)
                .whenComplete((page, failure) -> connection.context().execute(() -> onPage(page, failure)));
    }

    private void onPage(QueuePage page, @Nullable Throwable failure) {
        restored();
        if (connection.isClosed()) {
            return;
        }
        if (failure != null) {
            later(flow::onPageFailed);
        } else {
            connection
                    .holdings()
                    .page(page.messages().stream()
                            .mapToLong(QueuedMessage::bytes)
                            .sum());
            flow.onPage(page);
            checkPage();
            connection.client().roomAgain();
        }
    }

    /** What was read from the store is in memory until all of it is sent. */
    void checkPage() {
        if (flow.queued() == 0) {
            connection.holdings().page(0);
        }
    }

    @Override
    public void unacknowledged(MessageId id, int packetId) {
        shared.delivery().store().submit(new StoreCommand.Sent(sessionId, id, packetId, tenure));
    }

    @Override
    public void unreleased(int packetId) {
        shared.delivery().store().submit(new StoreCommand.Received(sessionId, StoredFlow.RELEASED, packetId, () -> {}));
    }
}
