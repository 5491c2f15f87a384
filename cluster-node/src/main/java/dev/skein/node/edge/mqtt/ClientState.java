// house-off: FileLength: the message plane moves out of it next
package dev.skein.node.edge.mqtt;

import dev.skein.node.auth.ClientPermissions;
import dev.skein.node.auth.Identity;
import dev.skein.node.delivery.Attachments;
import dev.skein.node.delivery.Congestion;
import dev.skein.node.delivery.Instance;
import dev.skein.node.delivery.Tenure;
import dev.skein.node.delivery.Will;
import dev.skein.node.observe.DropReason;
import dev.skein.node.observe.TopicMetrics;
import dev.skein.node.route.Message;
import dev.skein.node.route.actor.RouteSync;
import dev.skein.node.session.FlowOutput;
import dev.skein.node.session.InboundFlow;
import dev.skein.node.session.OutboundFlow;
import dev.skein.node.session.StoredFlow;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.mqtt.MessageId;
import dev.skein.protocol.mqtt.codec.InboundAck;
import dev.skein.protocol.mqtt.codec.PacketEncoder;
import dev.skein.protocol.mqtt.codec.PublishEncoder;
import dev.skein.protocol.mqtt.codec.TopicName;
import io.netty.channel.Channel;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connected client: who it is, its flows, and what they do to its connection and to the store. Confined to the
 * connection's event loop but for the final fields.
 */
final class ClientState implements FlowOutput, OutboundFlow.Remainder {
    private static final int PAGE_MESSAGES = 200;
    private static final int PAGE_BYTES = 512 * 1024;
    private static final long RETRY_MILLIS = 1000;
    private static final CompletionStage<Void> NO_WILL = CompletableFuture.completedStage(null);
    /** A PUBLISH beside its payload: about the topic of one. */
    private static final int PACKET_BYTES = 64;

    private final EdgeShared shared;
    private final MqttConnection connection;
    private final Instance instance;
    private final Identity identity;
    private final Accepted accepted;
    private final OutboundFlow flow;
    private @Nullable Turn restore;
    private final InboundFlow inbound = new InboundFlow();
    private final Tenure tenure = new Tenure(System::nanoTime);
    private final long connectedAt;
    private @Nullable Progress progress; // while something waits for the client
    private long received;
    private long delivered;
    private long dropped;
    private String lastParent = "";
    private TopicMetrics lastMetrics;
    private Instance.Rules permittedUnder;
    private ClientPermissions permissions;

    /**
     * What CONNECT settled.
     *
     * @param connectionId fence towards the session actor
     * @param sessionId of the persistent session, 0 when it is clean
     * @param protocolLevel 3 or 4
     * @param cleanSession the flag
     * @param keepAliveNanos after how long without a packet the client is silent, 0 for never
     * @param will published when the connection ends without DISCONNECT, or null
     */
    record Accepted(
            long connectionId,
            long sessionId,
            int protocolLevel,
            boolean cleanSession,
            long keepAliveNanos,
            @Nullable Will will) {}

    ClientState(EdgeShared shared, MqttConnection connection, Instance instance, Identity identity, Accepted accepted) {
        this.shared = shared;
        this.connection = connection;
        this.instance = instance;
        this.identity = identity;
        this.accepted = accepted;
        this.flow = new OutboundFlow(shared.settings().flow(), this, accepted.sessionId() != 0);
        this.connectedAt = shared.delivery().clock().millis();
        this.lastMetrics = shared.delivery().metrics().topic(instance.id(), "");
        this.permittedUnder = instance.rules();
        this.permissions = permittedUnder.permissions().forClient(identity);
    }

    /** What this client may do by {@code rules}, made once for each version of them. */
    @SuppressWarnings("ReferenceEquality") // rules of one version are one object
    ClientPermissions permissions(Instance.Rules rules) {
        if (permittedUnder != rules) {
            permissions = rules.permissions().forClient(identity);
            permittedUnder = rules;
        }
        return permissions;
    }

    Identity identity() {
        return identity;
    }

    SessionKey key() {
        return new SessionKey(identity.instance(), identity.clientId());
    }

    Instance instance() {
        return instance;
    }

    Accepted accepted() {
        return accepted;
    }

    long sessionId() {
        return accepted.sessionId();
    }

    long connectedAt() {
        return connectedAt;
    }

    OutboundFlow flow() {
        return flow;
    }

    /** One more PUBLISH came from the client. */
    void countReceived() {
        received++;
    }

    ClientInfo.Counts counts() {
        return new ClientInfo.Counts(received, delivered, dropped);
    }

    InboundFlow inbound() {
        return inbound;
    }

    /** Whether the client was not heard of for its keep-alive. */
    boolean isSilent(long silentNanos) {
        return accepted.keepAliveNanos() > 0 && silentNanos > accepted.keepAliveNanos();
    }

    /** Whether the client was not heard of for one and a half times its keep-alive [MQTT-3.1.2-24]. */
    boolean isSilentTooLong(long silentNanos) {
        return accepted.keepAliveNanos() > 0 && silentNanos > accepted.keepAliveNanos() + accepted.keepAliveNanos() / 2;
    }

    /** A packet other than CONNECT, PUBLISH and acknowledgements. */
    void on(MqttMessage message) {
        switch (message.fixedHeader().messageType()) {
            case SUBSCRIBE -> connection.subscriptions().on((MqttSubscribeMessage) message);
            case UNSUBSCRIBE -> connection.subscriptions().on((MqttUnsubscribeMessage) message);
            case PINGREQ -> PacketEncoder.pingresp(connection.output());
            case DISCONNECT -> connection.close(Reason.CLIENT_DISCONNECT, "DISCONNECT");
            case CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, PINGRESP, AUTH ->
                connection.close(
                        Reason.PROTOCOL_VIOLATION,
                        "packet: " + message.fixedHeader().messageType() + " (expected: one that a client sends)");
        }
    }

    void on(InboundAck ack) {
        boolean expected = switch (ack.kind()) {
            case PUBACK -> flow.onPubAck(ack.packetId());
            case PUBREC -> flow.onPubRec(ack.packetId());
            case PUBREL -> releaseInbound(ack.packetId());
            case PUBCOMP -> flow.onPubComp(ack.packetId());
        };
        if (expected) {
            roomAgain();
        } else {
            connection.close(
                    Reason.PROTOCOL_VIOLATION,
                    ack.kind() + " for packet identifier " + ack.packetId()
                            + " (expected: the acknowledgement that is due for its QoS) [MQTT-4.8.0-1]");
        }
    }

    /** Whether the client takes what waits for it; {@code written} are all bytes given to {@code channel}. */
    void checkProgress(Channel channel, long written) {
        Congestion congestion = connection.congestion();
        boolean waitedFor = congestion.blocks(false);
        progress = Progress.look(progress, flow, channel, written);
        congestion.check(connection.context().sweptNanos(), progress == null || progress.hasTaken());
        if (waitedFor && !congestion.isWaitedFor()) {
            shared.log()
                    .line(
                            connection.describe() + " is behind",
                            congestion.describe() + " (limits skein.mqtt.queue); what it cannot take is dropped");
        }
    }

    /** The client has taken something: who waits for that goes on. */
    private void roomAgain() {
        connection.congestion().queued(flow.accepted(), flow.acceptedBytes());
        RetainedReplay replay = replay();
        if (replay != null) {
            replay.goOn();
        }
    }

    void drain() {
        flow.drain();
        roomAgain();
    }

    private @Nullable RetainedReplay replay() {
        SubscriptionPhase subscriptions = connection.subscriptionsOrNull();
        return subscriptions == null ? null : subscriptions.retained();
    }

    @Override
    public boolean holds(Message message) {
        RetainedReplay replay = replay();
        return replay != null && replay.holds(message);
    }

    @Override
    public boolean isOvertaken(Message retained) {
        RetainedReplay replay = replay();
        return replay != null && replay.isOvertaken(retained.topic().value());
    }

    /** Lets every node know where the session's connection is, and only then takes up the queue. */
    void announceAndResume() {
        if (shared.delivery().links().alone()) {
            resume();
            return;
        }
        Runnable inForce = () -> connection.context().execute(() -> {
            if (!connection.isClosed()) {
                resume();
            }
        });
        shared.delivery().links().sync().actor().tell(new RouteSync.Attached(sessionId(), inForce));
    }

    /** Takes up the session's queue; called when its routes lead here already. */
    private void resume() {
        Turn turn = new Turn(shared.admission().restores(), connection.context(), _ -> later(this::resume));
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
                .flowState(sessionId())
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
        connection.unpark();
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

    private Message message(QueuedMessage stored) {
        Message message =
                new Message(instance.id(), TopicName.of(stored.topic()), stored.payload(), stored.qos(), false);
        message.identify(stored.id().sequence(), stored.id().writer());
        return message;
    }

    @Override
    public void publish(Message message, int qos, int packetId, boolean dup, boolean retain) {
        PublishEncoder.encode(connection.output(), message.topic(), message.payload(), qos, dup, retain, packetId);
        RetainedReplay replay = replay();
        if (replay != null && !retain) {
            replay.showing(message);
        }
        connection.context().collected(PACKET_BYTES + message.payload().length);
        metrics(message).delivered(qos);
        delivered++;
        if (message.sampledNanos() != 0 && !dup) {
            instance.delivered(message.sampledNanos());
        }
    }

    private TopicMetrics metrics(Message message) {
        String parent = message.topic().parent();
        if (!parent.equals(lastParent)) {
            lastMetrics = shared.delivery().metrics().topic(instance.id(), parent);
            lastParent = parent;
        }
        return lastMetrics;
    }

    @Override
    public void pubRel(int packetId) {
        PacketEncoder.pubrel(connection.output(), packetId);
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
        metrics(message).dropped(DropReason.QUEUE_FULL);
        dropped++;
    }

    @Override
    public void queueFull() {
        connection.close(Reason.QUEUE_FULL, "messages wait faster than the client takes them");
    }

    @Override
    public void acknowledge(MessageId id) {
        shared.delivery().store().submit(new StoreCommand.Acknowledge(sessionId(), id));
    }

    @Override
    public void sent(MessageId id, int packetId) {
        shared.delivery()
                .store()
                .submit(new StoreCommand.Sent(
                        sessionId(), id, packetId, afterCommit(() -> flow.sentCommitted(packetId))));
    }

    @Override
    public void received(MessageId id, int packetId) {
        shared.delivery()
                .store()
                .submit(new StoreCommand.Received(
                        sessionId(), id, packetId, afterCommit(() -> flow.receivedCommitted(packetId))));
    }

    @Override
    public void completed(int packetId) {
        shared.delivery().store().submit(new StoreCommand.Completed(sessionId(), packetId, tenure));
    }

    /** The publisher has released a QoS 2 message; PUBCOMP follows when the store forgot it. */
    private boolean releaseInbound(int packetId) {
        inbound.release(packetId);
        if (sessionId() == 0) {
            PacketEncoder.pubcomp(connection.output(), packetId);
        } else {
            shared.delivery()
                    .store()
                    .submit(new StoreCommand.InboundReleased(
                            sessionId(),
                            packetId,
                            afterCommit(() -> PacketEncoder.pubcomp(connection.output(), packetId))));
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
                .page(sessionId(), after, PAGE_MESSAGES, PAGE_BYTES)
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
                            .mapToLong(each -> each.payload().length)
                            .sum());
            flow.onPage(page);
            checkPage();
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
        shared.delivery().store().submit(new StoreCommand.Sent(sessionId(), id, packetId, tenure));
    }

    @Override
    public void unreleased(int packetId) {
        shared.delivery()
                .store()
                .submit(new StoreCommand.Received(sessionId(), StoredFlow.RELEASED, packetId, () -> {}));
    }

    private CompletionStage<Void> endWill(SessionKey key, boolean graceful) {
        Will will = accepted.will();
        if (will == null) {
            return NO_WILL;
        }
        return graceful
                ? shared.wills().drop(accepted.connectionId())
                : shared.wills().publish(key, accepted.connectionId(), will);
    }

    /**
     * Leaves the client ID. A persistent session keeps the packet identifiers of what was not acknowledged
     * [MQTT-4.4.0-1]. The session's actor hears of the end only after all that is in the store and the will has reached
     * everybody: whoever connects next comes after them. When another node has a later connection of the session
     * already, that one looks into the store for what was committed here until now.
     */
    void detach(boolean graceful) {
        tenure.end();
        restored();
        flow.end();
        SessionKey key = key();
        Attachments attachments = shared.delivery().attachments();
        Attachments.Leaving leaving = attachments.leaves(key, connection, graceful);
        CompletionStage<Void> will = endWill(key, graceful);
        Runnable detached = () -> {
            attachments.removeConnection(accepted.connectionId());
            attachments.left(key, leaving);
            connection.claim().tell(new SessionCommand.Detach(accepted.connectionId()));
            leaving.left().complete(null);
        };
        if (sessionId() == 0) {
            will.thenRun(detached);
            return;
        }
        boolean elsewhere = shared.delivery().links().sessions().find(sessionId()) != null;
        if (!elsewhere) {
            notAttached();
        }
        flow.leave(this);
        shared.delivery().store().submit(new StoreCommand.Barrier(sessionId(), () -> {
            if (elsewhere) { // until now what this node commits comes here, and from now on there
                notAttached();
                shared.delivery().bridge().lookAgain(sessionId());
            }
            will.thenRun(detached);
        }));
    }

    private void notAttached() {
        if (shared.delivery().attachments().removeSession(sessionId(), connection)
                && !shared.delivery().links().alone()) {
            shared.delivery().links().sync().actor().tell(new RouteSync.Detached(sessionId()));
        }
    }
}
