package dev.skein.node.edge.mqtt;

import dev.skein.node.auth.AuthResult;
import dev.skein.node.auth.Identity;
import dev.skein.node.auth.TopicRules;
import dev.skein.node.delivery.Attachments;
import dev.skein.node.delivery.Congestion;
import dev.skein.node.delivery.Instance;
import dev.skein.node.observe.PresenceObserver;
import dev.skein.node.registry.SessionTerms;
import dev.skein.node.route.actor.RouteSync;
import dev.skein.node.session.InboundFlow;
import dev.skein.node.session.OutboundFlow;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.message.SessionTerm;
import dev.skein.protocol.message.Will;
import dev.skein.protocol.mqtt.codec.InboundAck;
import io.netty.channel.Channel;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connected client: who it is, what it may, and how it comes and goes. Confined to the connection's event loop but
 * for the final fields.
 */
final class ClientState {
    private static final CompletionStage<Void> NO_WILL = CompletableFuture.completedStage(null);

    private final EdgeShared shared;
    private final MqttConnection connection;
    private final Instance instance;
    private final Identity identity;
    private Accepted accepted;
    private final ClientFlows flows;
    private final long connectedAt;
    private @Nullable Progress progress; // while something waits for the client
    private long received;
    private final ClientRights rights;
    private final @Nullable PublishRates messageRates; // null when its messages are not counted
    private @Nullable PublishRates topicRates; // since its first parent topic that was not in use

    /**
     * What CONNECT settled.
     *
     * @param connectionId fence towards the session actor
     * @param sessionId of what is stored of the session, 0 when nothing is
     * @param protocolLevel 3, 4 or 5
     * @param wishes what the client asked for
     * @param keepAliveNanos after how long without a packet the client is silent, 0 for never
     * @param will published when the connection ends without DISCONNECT, or null
     * @param expirySeconds how long the session outlives the connection, as granted; see {@link SessionTerm}
     * @param changed whether that is by DISCONNECT, which may change what CONNECT said
     * @param authentication by which it may authenticate again, or null when CONNECT named no method
     */
    record Accepted(
            long connectionId,
            long sessionId,
            int protocolLevel,
            ClientWishes wishes,
            long keepAliveNanos,
            @Nullable Will will,
            long expirySeconds,
            boolean changed,
            @Nullable AuthExchange authentication) {
        private Accepted expiringAfter(long seconds) {
            return new Accepted(
                    connectionId,
                    sessionId,
                    protocolLevel,
                    wishes,
                    keepAliveNanos,
                    will,
                    seconds,
                    true,
                    authentication);
        }
    }

    ClientState(EdgeShared shared, MqttConnection connection, Instance instance, Identity identity, Accepted accepted) {
        this.shared = shared;
        this.connection = connection;
        this.instance = instance;
        this.identity = identity;
        this.accepted = accepted;
        int window = Math.min(
                shared.settings().flow().inflightMax(), accepted.wishes().receiveMaximum());
        this.flows = new ClientFlows(shared, connection, instance, accepted.sessionId(), window);
        this.connectedAt = shared.delivery().clock().millis();
        this.rights = new ClientRights(instance, identity);
        this.messageRates = instance.view().limits().rates().boundMessages() ? makeRates() : null;
    }

    private PublishRates makeRates() {
        PublishRates.Publisher who = new PublishRates.Publisher(
                identity.instance(), identity.owner(), connection.info().addressGroup());
        return new PublishRates(
                shared.admission().meters(), who, instance.view().limits().rates(), System.nanoTime());
    }

    /** How much it may publish; null when its messages are not counted. */
    @Nullable
    PublishRates messageRates() {
        return messageRates;
    }

    /** How many parent topics it may begin to use. */
    PublishRates topicRates() {
        PublishRates known = topicRates;
        if (known == null) {
            known = messageRates == null ? makeRates() : messageRates;
            topicRates = known;
        }
        return known;
    }

    /** For how long it has been connected. */
    long lastedNanos() {
        return TimeUnit.MILLISECONDS.toNanos(shared.delivery().clock().millis() - connectedAt);
    }

    /** What this client may do. */
    ClientRights rights() {
        return rights;
    }

    Identity identity() {
        return identity;
    }

    SessionKey key() {
        return new SessionKey(identity.instance(), identity.clientId());
    }

    /** Who is attached, for observers. */
    PresenceObserver.Client presence() {
        return new PresenceObserver.Client(
                identity.instance(),
                identity.clientId(),
                Origin.MQTT,
                accepted.connectionId(),
                connection.info().certificateSerial(),
                connection.info().remote());
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
        return flows.outbound();
    }

    /** One more PUBLISH came from the client. */
    void countReceived() {
        received++;
    }

    ClientInfo.Counts counts() {
        return new ClientInfo.Counts(received, flows.delivered(), flows.dropped());
    }

    InboundFlow inbound() {
        return flows.inbound();
    }

    /** Whether the client was not heard of for its keep-alive. */
    boolean isSilent(long silentNanos) {
        return accepted.keepAliveNanos() > 0 && silentNanos > accepted.keepAliveNanos();
    }

    /** Whether the client was not heard of for one and a half times its keep-alive [MQTT-3.1.2-24]. */
    boolean isSilentTooLong(long silentNanos) {
        return accepted.keepAliveNanos() > 0 && silentNanos > accepted.keepAliveNanos() + accepted.keepAliveNanos() / 2;
    }

    /** What it was silent for, for the log. */
    String describeSilence(long silentNanos) {
        return "nothing received for " + TimeUnit.NANOSECONDS.toSeconds(silentNanos) + " s, keep-alive is "
                + TimeUnit.NANOSECONDS.toSeconds(accepted.keepAliveNanos()) + " s [MQTT-3.1.2-24]";
    }

    /** A packet other than CONNECT, PUBLISH and acknowledgements. */
    void on(MqttMessage message) {
        switch (message.fixedHeader().messageType()) {
            case SUBSCRIBE -> connection.subscriptions().on((MqttSubscribeMessage) message);
            case UNSUBSCRIBE -> connection.subscriptions().on((MqttUnsubscribeMessage) message);
            case PINGREQ -> connection.writer().pingresp(connection.output());
            case DISCONNECT -> disconnect(message);
            case AUTH -> authenticateAgain(message);
            case CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, PINGRESP ->
                connection.close(
                        Reason.PROTOCOL_VIOLATION,
                        "packet: " + message.fixedHeader().messageType() + " (expected: one that a client sends)");
        }
    }

    private void disconnect(MqttMessage message) {
        if (!(message.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header)) {
            connection.close(Reason.CLIENT_DISCONNECT, "DISCONNECT");
            return;
        }
        long expiry = PropertyValues.number(header.properties(), MqttProperties.SESSION_EXPIRY_INTERVAL, -1);
        if (expiry > 0 && accepted.wishes().term().endsWithConnection()) {
            connection.close(
                    Reason.PROTOCOL_VIOLATION,
                    "session expiry interval of DISCONNECT: " + expiry + " (expected: 0, as in CONNECT) [3.14.2.2.2]");
            return;
        }
        if (expiry >= 0) {
            expiresAfter(SessionTerms.granted(instance.view(), expiry));
        }
        if (header.reasonCode() == 0) {
            connection.close(Reason.CLIENT_DISCONNECT, "DISCONNECT");
        } else {
            connection.close(
                    Reason.CLIENT_DISCONNECT_WITH_WILL,
                    "DISCONNECT with reason code 0x" + Integer.toHexString(header.reasonCode() & 0xFF));
        }
    }

    private void authenticateAgain(MqttMessage auth) {
        AuthExchange exchange = accepted.authentication();
        String wrong = exchange == null
                ? "AUTH (expected: none, CONNECT has no authentication method) [MQTT-4.12.0-7]"
                : exchange.violation(auth);
        if (exchange == null || wrong != null) {
            connection.close(Reason.PROTOCOL_VIOLATION, String.valueOf(wrong));
        } else {
            exchange.take(AuthExchange.properties(auth), new Again());
        }
    }

    /** What comes of authenticating again; messages go on meanwhile [MQTT-4.12.1-1]. */
    private final class Again implements AuthExchange.Side {
        @Override
        public void waits() {
            // It keeps nobody else waiting.
        }

        @Override
        public void more(AuthData data) {
            send(ReasonCodes.CONTINUE_AUTHENTICATION, data);
        }

        @Override
        public void accepted(Identity again, AuthData data) {
            if (again.instance().equals(identity.instance()) && again.owner().equals(identity.owner())) {
                send(ReasonCodes.SUCCESS, data);
            } else {
                connection.close(
                        Reason.AUTHENTICATION_FAILED,
                        "authenticates again as %s of %s (expected: %s of %s, as with CONNECT)"
                                .formatted(again.owner(), again.instance(), identity.owner(), identity.instance()));
            }
        }

        @Override
        public void refused(AuthResult.Refused refused) {
            connection.close(Reason.AUTHENTICATION_FAILED, refused.reason() + ": " + refused.detail());
        }

        private void send(int code, AuthData data) {
            if (!connection.isClosed() && !connection.writer().auth(connection.output(), code, data)) {
                connection.close(
                        Reason.PACKET_TOO_LARGE,
                        "AUTH is more than the maximum packet size of CONNECT [MQTT-3.1.2-24]");
            }
        }
    }

    void on(InboundAck ack) {
        boolean expected = switch (ack.kind()) {
            case PUBACK -> flows.onPubAck(ack.packetId());
            case PUBREC -> flows.onPubRec(ack.packetId(), ack.isRefusal());
            case PUBREL -> flows.releaseInbound(ack.packetId());
            case PUBCOMP -> flow().onPubComp(ack.packetId());
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
        progress = Progress.look(progress, flow(), channel, written);
        congestion.check(connection.context().sweptNanos(), progress == null || progress.hasTaken());
        if (waitedFor && !congestion.isWaitedFor()) {
            shared.log()
                    .line(
                            connection.describe() + " is behind",
                            congestion.describe() + " (limits skein.mqtt.queue); what it cannot take is dropped");
        }
    }

    /** The client has taken something, or the flow has read on: who waits for that goes on. */
    void roomAgain() {
        connection.congestion().queued(flow().accepted(), flow().acceptedBytes());
        RetainedReplay replay = connection.replayOrNull();
        if (replay != null) {
            replay.goOn();
        }
    }

    /** Sends what waits, as far as the client takes it. */
    void drain() {
        flow().drain();
        roomAgain();
    }

    /** Called a few times each second. */
    void checkPage() {
        flows.checkPage();
    }

    /** Lets every node know where the session's connection is, and only then takes up the queue. */
    void announceAndResume() {
        if (shared.delivery().links().alone()) {
            flows.resume();
            return;
        }
        Runnable inForce = () -> connection.context().execute(() -> {
            if (!connection.isClosed()) {
                flows.resume();
            }
        });
        shared.delivery().links().sync().actor().tell(new RouteSync.Attached(sessionId(), inForce));
    }

    /** The will was permitted when the client connected; rules may have changed since. */
    private boolean mayStillPublish(Will will) {
        boolean permitted = rights.of(instance.rules()).mayPublish(will.topic())
                && !(rights.hasTokens()
                        && rights.hasLostTokens(shared.delivery().clock().instant()));
        if (!permitted) {
            shared.log()
                    .line(
                            connection.describe() + " will dropped",
                            TopicRules.publishNotPermitted(instance.view(), will.topic())
                                    .detail());
        }
        return permitted;
    }

    /**
     * How long the session outlives the connection from now on, as granted. DISCONNECT of MQTT 5 may change it before
     * {@link #detach}, but not from 0 [MQTT-3.14.2-2].
     */
    void expiresAfter(long seconds) {
        accepted = accepted.expiringAfter(seconds);
    }

    /** Whether the session ends with the connection. */
    boolean endsWithConnection() {
        return sessionId() == 0 || accepted.expirySeconds() == 0;
    }

    /** How long the will waits when the connection ends now, in seconds; 0: it is published at once. */
    private long willDelay() {
        Will will = accepted.will();
        return will == null || endsWithConnection()
                ? 0
                : SessionTerms.willDelay(instance.view(), accepted.expirySeconds(), will.delaySeconds());
    }

    private CompletionStage<Void> endWill(SessionKey key, boolean wanted, long delay) {
        Will will = accepted.will();
        if (will == null) {
            return NO_WILL;
        }
        long id = accepted.connectionId();
        if (!wanted) {
            return shared.wills().drop(id);
        }
        return delay == 0
                ? shared.wills().publish(key, id, will)
                : shared.wills().delay(key, id, will, delay);
    }

    /**
     * Leaves the client ID. A persistent session keeps the packet identifiers of what was not acknowledged
     * [MQTT-4.4.0-1]. The session's actor hears of the end only after all that is in the store and the will has reached
     * everybody, or waits in the store: whoever connects next comes after them. When another node has a later
     * connection of the session already, that one looks into the store for what was committed here until now.
     */
    void detach(boolean graceful) {
        flows.end();
        SessionKey key = key();
        Attachments attachments = shared.delivery().attachments();
        Attachments.Leaving leaving = attachments.leaves(key, connection.attachment(), graceful);
        Will left = accepted.will();
        boolean wanted = left != null && !graceful && mayStillPublish(left);
        long delay = wanted ? willDelay() : 0;
        CompletionStage<Void> will = endWill(key, wanted, delay);
        Long expiry = accepted.changed() ? accepted.expirySeconds() : null;
        Runnable detached = () -> {
            attachments.removeConnection(accepted.connectionId());
            attachments.left(key, leaving);
            connection.claim().tell(new SessionCommand.Detach(accepted.connectionId(), expiry, delay > 0));
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
        flows.leave();
        shared.delivery().store().submit(new StoreCommand.Barrier(sessionId(), () -> {
            if (elsewhere) { // until now what this node commits comes here, and from now on there
                notAttached();
                shared.delivery().bridge().lookAgain(sessionId());
            }
            will.thenRun(detached);
        }));
    }

    private void notAttached() {
        if (shared.delivery().attachments().removeSession(sessionId(), connection.attachment())
                && !shared.delivery().links().alone()) {
            shared.delivery().links().sync().actor().tell(new RouteSync.Detached(sessionId()));
        }
    }
}
