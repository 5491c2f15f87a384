package dev.skein.node.edge.mqtt;

import dev.skein.node.admission.Budget;
import dev.skein.node.auth.AuthResult;
import dev.skein.node.auth.ConnectAttempt;
import dev.skein.node.auth.EnhancedScheme;
import dev.skein.node.auth.Identity;
import dev.skein.node.auth.TopicRules;
import dev.skein.node.delivery.Attachment;
import dev.skein.node.delivery.Attachments;
import dev.skein.node.delivery.Instance;
import dev.skein.node.edge.ClientCertificate;
import dev.skein.node.edge.ConnectionInfo;
import dev.skein.node.observe.PresenceObserver;
import dev.skein.node.registry.DuplicateClientId;
import dev.skein.node.registry.SessionOwner;
import dev.skein.node.registry.SessionTerms;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.message.SessionTerm;
import dev.skein.protocol.message.Will;
import dev.skein.protocol.topic.TopicNames;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** From CONNECT to CONNACK: who it is, whether it may, and that it alone has the client ID. */
final class ConnectPhase {
    private final EdgeShared shared;
    private final MqttConnection connection;
    private final Turn turn;
    private final Arrival arrival;
    private @Nullable Request request;
    private String claimed = "";
    private @Nullable String claimedUser;
    private @Nullable ClientWishes wishes; // of CONNECT
    private @Nullable Will will;
    private @Nullable Exchanging exchanging; // when CONNECT names a method of enhanced authentication

    private record Request(
            Instance instance,
            Identity identity,
            int level,
            ClientWishes wishes,
            SessionTerm term,
            KeepAlive keepAlive,
            boolean assigned,
            long id) {
        /** How long the session lives when that is not what the client asked for; else -1. */
        long toldExpiry() {
            return term.equals(wishes.term()) ? -1 : term.expirySeconds();
        }

        SessionKey key() {
            return new SessionKey(identity.instance(), identity.clientId());
        }
    }

    ConnectPhase(EdgeShared shared, MqttConnection connection) {
        this.shared = shared;
        this.connection = connection;
        this.turn = new Turn(
                shared.admission().connects(), connection.info().addressGroup(), connection.context(), this::onNoTurn);
        this.arrival = new Arrival(shared, connection.context(), connection.info());
    }

    /** How long nothing came from a client that could have sent something. */
    long silence(long now, long lastHeard) {
        return arrival.isWaiting() ? 0 : turn.silence(now, lastHeard);
    }

    private void onNoTurn(Budget.State state) {
        refuse(
                ConnectRefusal.BUSY,
                state == Budget.State.FULL
                        ? "skein.admission.waiting: too many CONNECTs wait, the client should retry later"
                        : "skein.admission.wait-timeout: the CONNECT waited too long, the client should retry later");
    }

    /** Who wants to connect, as far as it is known, for the log. */
    String who() {
        return request == null
                ? claimed
                : request.instance().id() + "|" + request.identity().clientId();
    }

    /** Who wants to connect, for observers. */
    PresenceObserver.Attempt attempt() {
        String instance = request == null
                ? connection.info().instance()
                : request.instance().id();
        String clientId = request == null ? claimed : request.identity().clientId();
        return new PresenceObserver.Attempt(
                instance, clientId, connection.info().remote());
    }

    /** Whether there was a CONNECT. */
    boolean hasSaid() {
        return wishes != null;
    }

    /** Its user name, or null. */
    @Nullable
    String claimedUser() {
        return claimedUser;
    }

    /** A first packet that netty could not read; a CONNECT of an unknown level gets its return code [MQTT-3.1.2-2]. */
    void onUndecodable(MqttMessage message) {
        Throwable cause = message.decoderResult().cause();
        if (cause instanceof MqttUnacceptableProtocolVersionException) {
            refuse(ConnectRefusal.PROTOCOL_VERSION, cause.getMessage() + " [MQTT-3.1.2-2]");
        } else {
            connection.close(Reason.MALFORMED, String.valueOf(cause));
        }
    }

    void on(MqttConnectMessage message) {
        MqttConnectVariableHeader header = message.variableHeader();
        MqttConnectPayload payload = message.payload();
        ClientWishes asked = ClientWishes.of(message);
        wishes = asked;
        connection.wishes(header.version(), asked);
        String clientId = payload.clientIdentifier();
        claimed = clientId;
        claimedUser = payload.userName();
        if (clientId.isEmpty() && header.version() == Mqtt3Writer.LEVEL_3_1) {
            refuse(
                    ConnectRefusal.IDENTIFIER_REJECTED,
                    "client ID: empty (expected: 1 to 23 characters, or more; MQTT 3.1, section 3.1, wants one)");
            return;
        }
        if (clientId.isEmpty() && !header.isCleanSession() && header.version() != Mqtt5Writer.LEVEL) {
            refuse(
                    ConnectRefusal.IDENTIFIER_REJECTED,
                    "client ID: empty (expected: one, or a clean session) [MQTT-3.1.3-8]");
            return;
        }
        if (shared.delivery().pressure().isHigh()) {
            refuse(
                    ConnectRefusal.BUSY,
                    Reason.CONNECT_MEMORY,
                    shared.delivery().pressure().reason());
            return;
        }
        ConnectAttempt attempt = new ConnectAttempt(
                reach(connection.info()),
                connection.info().remote(),
                clientId,
                payload.userName(),
                payload.passwordInBytes(),
                header.isCleanSession() || header.version() == Mqtt5Writer.LEVEL, // an empty client ID is one to assign
                connection.info().tls());
        String method = asked.authentication();
        EnhancedScheme scheme = method == null ? null : shared.authenticator().enhanced(method, attempt);
        if (scheme != null) {
            exchanging = new Exchanging(new AuthExchange(scheme, attempt, connection.context()), message);
            exchanging.begin();
        } else if (method != null) {
            refuse(
                    ConnectRefusal.AUTHENTICATION_METHOD,
                    "authentication method: " + method + " (expected: none, or one that is served)"); // [MQTT-4.12.0-1]
        } else {
            turn.take(() -> authenticate(message, attempt));
        }
    }

    private static ConnectAttempt.Reach reach(ConnectionInfo info) {
        ClientCertificate shown = info.clientCertificate();
        ConnectAttempt.Certificate certificate = null;
        if (info.identifiesByCertificate()) {
            certificate = shown == null
                    ? new ConnectAttempt.Certificate(null, "certificate: none (expected: one)", List.of())
                    : new ConnectAttempt.Certificate(
                            shown.identity().name(), shown.identity().problem(), info.identityClientIds());
        }
        return new ConnectAttempt.Reach(info.instance(), info::mayReach, certificate);
    }

    private void authenticate(MqttConnectMessage message, ConnectAttempt attempt) {
        Runnable waits = () -> connection.context().execute(this::checking); // others must not wait for it
        shared.authenticator().authenticate(attempt, waits, result -> {
            if (connection.context().eventLoop().inEventLoop()) {
                onAuthenticated(message, result);
            } else {
                connection.context().execute(() -> onAuthenticated(message, result));
            }
        });
    }

    /** A packet while enhanced authentication waits for the client to go on; null: one that is neither of the two. */
    void during(@Nullable MqttMessage message) {
        if (message != null && message.fixedHeader().messageType() == MqttMessageType.DISCONNECT) {
            connection.close(Reason.CLIENT_DISCONNECT, "DISCONNECT before CONNACK");
        } else if (message != null && message.fixedHeader().messageType() == MqttMessageType.AUTH) {
            Objects.requireNonNull(exchanging).on(message);
        } else {
            refuse(
                    ConnectRefusal.PROTOCOL_ERROR,
                    "packet before CONNACK (expected: AUTH or DISCONNECT) [MQTT-3.1.2-30]");
        }
    }

    /** Enhanced authentication on its way to an answer. */
    private final class Exchanging implements AuthExchange.Side {
        private final AuthExchange exchange;
        private final MqttConnectMessage connect;
        private @Nullable AuthData proof; // of the server, for CONNACK

        Exchanging(AuthExchange exchange, MqttConnectMessage connect) {
            this.exchange = exchange;
            this.connect = connect;
        }

        void begin() {
            turn.take(() -> exchange.take(connect.variableHeader().properties(), this));
        }

        void on(MqttMessage auth) {
            String wrong = exchange.violation(auth);
            if (wrong != null) {
                refuse(ConnectRefusal.PROTOCOL_ERROR, wrong);
                return;
            }
            connection.intake().park();
            turn.takeAgain(() -> exchange.take(AuthExchange.properties(auth), this));
        }

        @Override
        public void waits() {
            checking();
        }

        @Override
        public void more(AuthData data) {
            if (connection.isClosed()) {
                return;
            }
            turn.giveBack(); // it is the client that the exchange waits for
            if (connection.writer().auth(connection.output(), ReasonCodes.CONTINUE_AUTHENTICATION, data)) {
                connection.intake().unpark();
            } else {
                connection.close(
                        Reason.PACKET_TOO_LARGE,
                        "AUTH is more than the maximum packet size of CONNECT [MQTT-3.1.2-24]");
            }
        }

        @Override
        public void accepted(Identity identity, AuthData data) {
            if (!connection.isClosed()) {
                proof = data;
                arrives(connect, identity);
            }
        }

        @Override
        public void refused(AuthResult.Refused refused) {
            notAdmitted(refused);
        }
    }

    private void checking() {
        if (!connection.isClosed()) {
            turn.giveBack();
        }
    }

    private void onAuthenticated(MqttConnectMessage message, AuthResult result) {
        if (connection.isClosed()) {
            return;
        }
        switch (result) {
            case AuthResult.Refused refused -> notAdmitted(refused);
            case AuthResult.Accepted accepted -> arrives(message, accepted.identity());
        }
    }

    private void notAdmitted(AuthResult.Refused refused) {
        refuse(ConnectRefusal.of(refused.reason()), refused.reason() + ": " + refused.detail());
    }

    private void arrives(MqttConnectMessage message, Identity identity) {
        String beyond = arrival.beyondRate(identity);
        if (beyond != null) {
            refuse(ConnectRefusal.RATE, beyond);
            return;
        }
        arrival.whenDue(
                identity,
                connection.describe(),
                () -> onNoTurn(Budget.State.FULL),
                () -> turn.takeAgain(() -> claim(message, identity)));
        if (arrival.isWaiting()) {
            turn.giveBack();
        }
    }

    private void claim(MqttConnectMessage message, Identity who) {
        Instance instance = shared.delivery().instance(who.instance());
        if (instance == null) {
            refuse(ConnectRefusal.UNAVAILABLE, "instance: " + who.instance() + " (expected: one of this node)");
            return;
        }
        boolean assigned = who.clientId().isEmpty();
        Identity identity = assigned ? who.withClientId(assigned()) : who;
        Will wanted = ConnectWill.of(message, instance, identity, shared, connection.describe());
        if (wanted != null && !mayPublishWill(instance, identity, wanted)) {
            return;
        }
        MqttConnectVariableHeader header = message.variableHeader();
        ClientWishes asked = Objects.requireNonNull(wishes);
        Request made = new Request(
                instance,
                identity,
                header.version(),
                asked,
                SessionTerms.granted(instance.view(), asked.term()),
                KeepAlive.of(header.keepAliveTimeSeconds(), instance.view()),
                assigned,
                shared.claims().nextConnectionId());
        request = made;
        if (wanted != null) {
            long delay = SessionTerms.willDelay(instance.view(), made.term().expirySeconds(), wanted.delaySeconds());
            wanted = wanted.delayedBy(delay);
        }
        turn.mayLapse(); // the rest is the store's, and an actor's that may have no node at the moment
        shared.delivery().attachments().putConnection(made.id(), connection.attachment());
        if (wanted == null) {
            claim(made);
        } else {
            keep(wanted, made);
        }
    }

    private void claim(Request made) {
        boolean takeOver = made.instance().view().duplicateClientId() == DuplicateClientId.TAKE_OVER;
        boolean anyOwner = made.instance().view().sessions().owner() == SessionOwner.ANY;
        String owner = made.identity().owner();
        connection.claim().request(made.key(), made.id(), made.term(), takeOver, owner, anyOwner);
    }

    /** A will must outlive this node: it is in the store before the client is connected. */
    private void keep(Will wanted, Request made) {
        will = wanted;
        shared.wills()
                .keep(made.key(), made.id(), wanted)
                .whenComplete((_, failure) -> connection.context().execute(() -> {
                    if (connection.isClosed()) {
                        forgetWill();
                    } else if (failure == null) {
                        claim(made);
                    } else {
                        refuse(ConnectRefusal.UNAVAILABLE, "the will is not kept: " + failure.getMessage());
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

    private boolean mayPublishWill(Instance instance, Identity identity, Will wanted) {
        if (PayloadFormat.isWrong(wanted.content()) && shared.settings().checksPayloadFormat()) {
            refuse(ConnectRefusal.WILL_PAYLOAD, "will payload: not UTF-8 (expected: as its indicator says)");
            return false;
        }
        String violation = TopicNames.violation(wanted.topic());
        if (violation != null) {
            connection.close(Reason.MALFORMED, "will " + violation);
            return false;
        }
        Instance.Rules rules = instance.rules();
        TopicRules.Violation broken = TopicRules.publish(
                rules.view(), wanted.topic(), wanted.content().bytes());
        if (broken != null || !rules.permissions().mayPublish(identity, wanted.topic())) {
            refuse(
                    ConnectRefusal.NOT_AUTHORIZED,
                    "will: " + (broken == null ? wanted.topic() + " not permitted" : broken.detail()));
            return false;
        }
        return true;
    }

    /** The client ID is its own: CONNACK 0. */
    void granted(ConnectionEvent.Attached attached) {
        Request made = Objects.requireNonNull(request);
        StoredSession session = attached.session();
        connection.within(made.instance().view().limits());
        PacketWriter.Welcome welcome = new PacketWriter.Welcome(
                attached.present(),
                made.assigned() ? made.identity().clientId() : null,
                made.keepAlive().told(),
                made.toldExpiry(),
                exchanging == null ? null : exchanging.proof);
        if (!connection.writer().accepted(connection.output(), welcome)) {
            connection.close( // without a packet, which it would not take either [MQTT-3.1.2-24]
                    Reason.PACKET_TOO_LARGE,
                    "maximum packet size: " + made.wishes().maximumPacketSize() + " (expected: enough for CONNACK)");
            return;
        }
        ClientState client = new ClientState(
                shared,
                connection,
                made.instance(),
                made.identity(),
                new ClientState.Accepted(
                        made.id(),
                        session == null ? 0 : session.id(),
                        made.level(),
                        made.wishes(),
                        made.keepAlive().nanos(),
                        will,
                        made.term().expirySeconds(),
                        false,
                        exchanging == null ? null : exchanging.exchange));
        connection.connected(client);
        Attachments attachments = shared.delivery().attachments();
        Attachment before = attachments.put(client.key(), connection.attachment());
        if (before != null) {
            before.context().execute(() -> before.close(Reason.TAKEN_OVER, "another connection has the client ID"));
        }
        turn.over();
        ClientLog.connected(connection, attached.present());
        if (session == null) {
            connection.intake().unpark();
        } else {
            attachments.putSession(
                    session.id(), connection.attachment()); // pushes come from now on; only then the store is read
            connection.subscriptions().restore(session.subscriptions(), client::announceAndResume);
        }
    }

    void refused(ConnectionEvent.Refused refused) {
        forgetWill();
        switch (refused.reason()) {
            case IN_USE ->
                refuse(ConnectRefusal.IDENTIFIER_REJECTED, "clientId conflict: in use (expected: a free client ID)");
            case SUPERSEDED ->
                refuse(ConnectRefusal.UNAVAILABLE, "clientId conflict: a later connection claims it too");
            case STORE_UNAVAILABLE ->
                refuse(
                        ConnectRefusal.UNAVAILABLE,
                        "the store does not answer, or does not take the will of an earlier connection");
            case BUSY -> refuse(ConnectRefusal.BUSY, "too many claims wait for this client ID");
            case NOT_OWNER -> refuse(ConnectRefusal.NOT_AUTHORIZED, notOwner(String.valueOf(refused.owner())));
        }
    }

    private String notOwner(String owner) {
        Identity identity = Objects.requireNonNull(request).identity();
        return "session belongs to %s, not to %s (expected: its owner; skein clients discard-session takes it away,"
                        .formatted(owner, identity.owner())
                + " skein.instances.%s.session-owner = any lets everybody take up sessions)"
                        .formatted(identity.instance());
    }

    private void refuse(ConnectRefusal refusal, String detail) {
        refuse(refusal, refusal.reason(), detail);
    }

    private void refuse(ConnectRefusal refusal, Reason reason, String detail) {
        if (!connection.isClosed()) {
            connection.writer().refused(connection.output(), refusal, detail);
            connection.close(reason, connection.writer().describe(refusal) + ": " + detail);
        }
    }

    /** The connection closed before it was admitted. */
    void abandon() {
        arrival.ends();
        turn.over();
        Request made = request;
        if (made != null) {
            shared.delivery().attachments().removeConnection(made.id());
            forgetWill();
            connection.claim().tell(SessionCommand.Detach.of(made.id()));
        }
    }
}
