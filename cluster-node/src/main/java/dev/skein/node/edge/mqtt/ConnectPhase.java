package dev.skein.node.edge.mqtt;

import dev.skein.node.admission.Budget;
import dev.skein.node.auth.AuthResult;
import dev.skein.node.auth.ConnectAttempt;
import dev.skein.node.auth.Identity;
import dev.skein.node.auth.TopicRules;
import dev.skein.node.observe.DropReason;
import dev.skein.node.observe.TopicMetrics;
import dev.skein.node.registry.DuplicateClientId;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.ConnectionRef;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.mqtt.codec.PacketEncoder;
import dev.skein.protocol.mqtt.topic.TopicNames;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** From CONNECT to CONNACK: who it is, whether it may, and that it alone has the client ID. */
final class ConnectPhase {
    private static final int ACCEPTED = 0;
    private static final int UNACCEPTABLE_PROTOCOL_VERSION = 1;
    private static final int IDENTIFIER_REJECTED = 2;
    private static final int SERVER_UNAVAILABLE = 3;
    private static final int BAD_USER_NAME_OR_PASSWORD = 4;
    private static final int NOT_AUTHORIZED = 5;
    private static final int LEVEL_3_1 = 3;
    private static final int LEVEL_3_1_1 = 4;

    private final EdgeShared shared;
    private final MqttConnection connection;
    private final Turn turn;
    private @Nullable Request request;
    private String claimed = "";
    private @Nullable Will will;
    private @Nullable AttachedParts parts; // of a session that one message between nodes does not hold

    private record Request(
            EdgeInstance instance, Identity identity, int level, boolean cleanSession, long keepAliveNanos, long id) {}

    ConnectPhase(EdgeShared shared, MqttConnection connection) {
        this.shared = shared;
        this.connection = connection;
        this.turn = new Turn(shared.admission().connects(), connection.context(), this::onNoTurn);
    }

    /** How long nothing came from a client that could have sent something. */
    long silence(long now, long lastHeard) {
        return turn.silence(now, lastHeard);
    }

    private void onNoTurn(Budget.State state) {
        refuse(
                SERVER_UNAVAILABLE,
                state == Budget.State.FULL
                        ? "skein.admission.waiting: as many wait for their turn (expected: room)"
                        : "skein.admission.wait-timeout: no turn so far (expected: a turn)");
    }

    /** Who wants to connect, as far as it is known, for the log. */
    String who() {
        return request == null
                ? claimed
                : request.instance().id() + "|" + request.identity().clientId();
    }

    /** A first packet that netty could not read; a CONNECT of an unknown level gets its return code [MQTT-3.1.2-2]. */
    void onUndecodable(MqttMessage message) {
        Throwable cause = message.decoderResult().cause();
        if (cause instanceof MqttUnacceptableProtocolVersionException) {
            refuse(UNACCEPTABLE_PROTOCOL_VERSION, "protocol level (expected: 3 or 4) [MQTT-3.1.2-2]");
        } else {
            connection.close(CloseReason.MALFORMED, String.valueOf(cause));
        }
    }

    void on(MqttConnectMessage message) {
        MqttConnectVariableHeader header = message.variableHeader();
        MqttConnectPayload payload = message.payload();
        if (header.version() != LEVEL_3_1 && header.version() != LEVEL_3_1_1) {
            refuse(
                    UNACCEPTABLE_PROTOCOL_VERSION,
                    "protocol level: " + header.version() + " (expected: 3 or 4) [MQTT-3.1.2-2]");
            return;
        }
        String clientId = payload.clientIdentifier();
        claimed = clientId;
        if (clientId.isEmpty() && (!header.isCleanSession() || header.version() == LEVEL_3_1)) {
            refuse(IDENTIFIER_REJECTED, "client ID: empty (expected: one, or a clean session) [MQTT-3.1.3-8]");
            return;
        }
        ConnectAttempt attempt = new ConnectAttempt(
                connection.info().instance(),
                connection.info().remote(),
                clientId,
                payload.userName(),
                payload.passwordInBytes(),
                header.isCleanSession(),
                connection.info().tls());
        turn.take(() -> authenticate(message, attempt));
    }

    private void authenticate(MqttConnectMessage message, ConnectAttempt attempt) {
        Runnable waits = () -> connection.context().execute(turn::mayLapse); // others must not wait for it
        shared.authenticator().authenticate(attempt, waits, result -> {
            if (connection.context().eventLoop().inEventLoop()) {
                onAuthenticated(message, result);
            } else {
                connection.context().execute(() -> onAuthenticated(message, result));
            }
        });
    }

    private void onAuthenticated(MqttConnectMessage message, AuthResult result) {
        if (connection.isClosed()) {
            return;
        }
        switch (result) {
            case AuthResult.Refused refused ->
                refuse(refused.reason().connackCode(), refused.reason() + ": " + refused.detail());
            case AuthResult.Accepted accepted -> claim(message, accepted.identity());
        }
    }

    private void claim(MqttConnectMessage message, Identity who) {
        EdgeInstance instance = shared.instances().get(who.instance());
        if (instance == null) {
            refuse(SERVER_UNAVAILABLE, "instance: " + who.instance() + " (expected: one of this node)");
            return;
        }
        Identity identity = who.clientId().isEmpty() ? who.withClientId(assigned()) : who;
        Will wanted = will(message, instance);
        if (wanted != null && !mayPublishWill(instance, identity, wanted)) {
            return;
        }
        MqttConnectVariableHeader header = message.variableHeader();
        Request made = new Request(
                instance,
                identity,
                header.version(),
                header.isCleanSession(),
                keepAliveNanos(header.keepAliveTimeSeconds(), instance.view()),
                shared.nextConnectionId());
        request = made;
        turn.mayLapse(); // the rest is the store's, and an actor's that may have no node at the moment
        shared.connections().put(made.id(), connection);
        boolean takeOver = instance.view().duplicateClientId() == DuplicateClientId.TAKE_OVER;
        ConnectionRef self =
                new ConnectionRef(shared.gateway(), made.id(), shared.links().self());
        SessionCommand.Attach attach = new SessionCommand.Attach(self, made.cleanSession(), takeOver, false);
        if (wanted == null) {
            connection.tie().claim(identity.instance(), identity.clientId(), attach);
        } else {
            keep(wanted, made, attach);
        }
    }

    /** A will must outlive this node: it is in the store before the client is connected. */
    private void keep(Will wanted, Request made, SessionCommand.Attach attach) {
        Identity identity = made.identity();
        will = wanted;
        SessionKey client = new SessionKey(identity.instance(), identity.clientId());
        shared.wills()
                .keep(client, made.id(), wanted)
                .whenComplete((_, failure) -> connection.context().execute(() -> {
                    if (connection.isClosed()) {
                        forgetWill();
                    } else if (failure == null) {
                        connection.tie().claim(identity.instance(), identity.clientId(), attach);
                    } else {
                        refuse(SERVER_UNAVAILABLE, "the will is not kept: " + failure.getMessage());
                    }
                }));
    }

    /** The connection was not admitted, so that there is no session that would look after its will. */
    private void forgetWill() {
        Request made = request;
        if (made != null && will != null) {
            will = null;
            shared.wills().drop(made.id());
        }
    }

    private static String assigned() {
        return "skein-" + UUID.randomUUID();
    }

    /** The will of {@code message}, or null also when nobody would get it: the connection is none the worse for it. */
    private @Nullable Will will(MqttConnectMessage message, EdgeInstance instance) {
        Will will = will(message);
        TopicRules.Violation broken =
                will == null ? null : TopicRules.publish(instance.view(), will.topic(), will.payload().length);
        if (will == null || broken == null || broken.consequence() != TopicRules.Consequence.DROP_MESSAGE) {
            return will;
        }
        TopicMetrics metrics = shared.metrics().topic(instance.id(), TopicNames.parent(will.topic()));
        metrics.received(will.qos(), will.payload().length);
        metrics.dropped(DropReason.NOT_AUTHORIZED);
        shared.log().line(connection.describe() + " will dropped", broken.detail());
        return null;
    }

    private static @Nullable Will will(MqttConnectMessage message) {
        MqttConnectVariableHeader header = message.variableHeader();
        if (!header.isWillFlag()) {
            return null;
        }
        byte[] payload = message.payload().willMessageInBytes();
        return new Will(
                message.payload().willTopic(),
                payload == null ? new byte[0] : payload,
                header.willQos(),
                header.isWillRetain());
    }

    private boolean mayPublishWill(EdgeInstance instance, Identity identity, Will wanted) {
        String violation = TopicNames.violation(wanted.topic());
        if (violation != null) {
            connection.close(CloseReason.MALFORMED, "will " + violation);
            return false;
        }
        EdgeInstance.Rules rules = instance.rules();
        TopicRules.Violation broken = TopicRules.publish(rules.view(), wanted.topic(), wanted.payload().length);
        if (broken != null || !rules.permissions().mayPublish(identity, wanted.topic())) {
            refuse(NOT_AUTHORIZED, "will: " + (broken == null ? wanted.topic() + " not permitted" : broken.detail()));
            return false;
        }
        return true;
    }

    private static long keepAliveNanos(int asked, InstanceView view) {
        Duration max = view.limits().keepAlive();
        long seconds = asked;
        if (!max.isZero() && (asked == 0 || asked > max.toSeconds())) {
            seconds = max.toSeconds();
        }
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /** The whole answer when {@code part} was the last that it lacked, or null. */
    ConnectionEvent.@Nullable Attached collected(ConnectionEvent.AttachedPart part) {
        if (connection.isClosed()) {
            return null;
        }
        AttachedParts mine = parts;
        if (mine == null) {
            mine = new AttachedParts();
            parts = mine;
        }
        return mine.add(part);
    }

    void onAttached(ConnectionEvent.Attached attached) {
        Request made = request;
        if (made == null || made.id() != attached.connectionId() || connection.isClosed()) {
            return;
        }
        if (awaitsFormer(made, attached)) {
            return;
        }
        StoredSession session = attached.session();
        ClientState client = new ClientState(
                shared,
                connection,
                made.instance(),
                made.identity(),
                new ClientState.Accepted(
                        made.id(),
                        session == null ? 0 : session.id(),
                        made.level(),
                        made.cleanSession(),
                        made.keepAliveNanos(),
                        will));
        connection.connected(client);
        MqttConnection before = shared.clients().put(client.key(), connection);
        if (before != null) {
            before.context()
                    .execute(() -> before.close(CloseReason.TAKEN_OVER, "another connection has the client ID"));
        }
        turn.over();
        PacketEncoder.connack(connection.output(), attached.present() && made.level() == LEVEL_3_1_1, ACCEPTED);
        ClientLog.connected(connection, attached.present());
        if (session == null) {
            connection.unpark();
        } else {
            connection.subscriptions().restore(session.subscriptions());
            shared.attached().put(session.id(), connection); // pushes come from now on; only then the store is read
            client.announceAndResume();
        }
    }

    /**
     * Whether another connection of the client on this node, of which a new actor did not know, has to leave first: its
     * will must not come after this one's CONNACK.
     */
    private boolean awaitsFormer(Request made, ConnectionEvent.Attached attached) {
        SessionKey key = new SessionKey(made.instance().id(), made.identity().clientId());
        Runnable again = () -> connection.context().execute(() -> onAttached(attached));
        MqttConnection live = shared.clients().get(key);
        EdgeShared.Leaving leaving = shared.leaving().get(key); // second: it is in one of the two
        if (live != null) {
            live.context().execute(() -> {
                live.close(CloseReason.TAKEN_OVER, "another connection has the client ID");
                again.run();
            });
        } else if (leaving != null) {
            var _ = leaving.left().thenRun(again);
        }
        return live != null || leaving != null;
    }

    void onRefused(ConnectionEvent.Refusal reason) {
        forgetWill();
        switch (reason) {
            case IN_USE -> refuse(IDENTIFIER_REJECTED, "clientId conflict: in use (expected: a free client ID)");
            case SUPERSEDED -> refuse(SERVER_UNAVAILABLE, "clientId conflict: a later connection claims it too");
            case STORE_UNAVAILABLE ->
                refuse(
                        SERVER_UNAVAILABLE,
                        "the store does not answer, or does not take the will of an earlier connection");
            case BUSY -> refuse(SERVER_UNAVAILABLE, "too many claims wait for this client ID");
        }
    }

    private void refuse(int code, String detail) {
        if (!connection.isClosed()) {
            PacketEncoder.connack(connection.output(), false, code); // [MQTT-3.2.2-4]
            boolean unauthorized = code == BAD_USER_NAME_OR_PASSWORD || code == NOT_AUTHORIZED;
            connection.close(
                    unauthorized ? CloseReason.CONNECT_NOT_AUTHORIZED : CloseReason.CONNECT_REFUSED,
                    "return code " + code + ": " + detail);
        }
    }

    /** The connection closed before it was admitted. */
    void abandon() {
        turn.over();
        Request made = request;
        if (made != null) {
            shared.connections().remove(made.id());
            forgetWill();
            connection.tie().tell(new SessionCommand.Detach(made.id()));
        }
    }
}
