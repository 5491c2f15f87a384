package dev.skein.node.edge.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.node.auth.TokenGrant;
import dev.skein.node.auth.TopicRules;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.mqtt.codec.InboundAck;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends the connection of a client that has lost what it may. One with tokens is told before: five minutes before one
 * expires, and which of them is not good any more. A client may lose what it has not read when its connection closes,
 * so that the end waits for its acknowledgement, or 300 ms. Confined to the connection's event loop.
 */
final class RightsWatch {
    private static final TopicName EXPIRES = TopicName.of("$SYS/tokenExpireNotice");
    private static final TopicName INVALID = TopicName.of("$SYS/tokenInvalidNotice");
    private static final Origin NODE = Origin.of("node");
    private static final Duration NOTICE = Duration.ofMinutes(5);
    private static final long GRACE_MILLIS = 300;

    private final MqttConnection connection;
    private @Nullable Set<TokenGrant.Expiry> told; // since the first
    private @Nullable Reason ending; // while the client has time to read why
    private String detail = "";

    /** @param connection of a client with tokens */
    RightsWatch(MqttConnection connection) {
        this.connection = connection;
    }

    /** Called a few times each second for each connected client. */
    static void check(EdgeShared shared, MqttConnection connection) {
        RightsWatch watch = connection.rightsOrNull();
        if (watch != null && watch.ending != null) {
            return;
        }
        ClientRights rights = connection.client().rights();
        InstantSource clock = shared.delivery().clock();
        SubscriptionPhase mine = connection.subscriptionsOrNull();
        ClientRights.Lost lost =
                rights.lost(mine == null ? Set.of() : mine.filters(), mine == null || !mine.isChanging(), clock);
        if (lost != null) {
            end(connection, Reason.REVOKED, lost.detail(), lost.token());
        } else if (watch != null) {
            watch.tell(rights.tokens(), clock.instant());
        }
    }

    private void tell(@Nullable TokenGrant grant, Instant now) {
        if (grant != null) {
            grant.expiries().forEach(expiry -> tell(expiry, now));
        }
    }

    private void tell(TokenGrant.Expiry expiry, Instant now) {
        if (now.plus(NOTICE).toEpochMilli() < expiry.at()) {
            return;
        }
        Set<TokenGrant.Expiry> before = told == null ? new HashSet<>() : told;
        told = before;
        if (before.add(expiry)) { // the service's own answer has been seen with either spelling
            send(
                    EXPIRES,
                    "{\"expireTime\":%d,\"exprireTime\":%d,\"type\":\"%s\"}"
                            .formatted(expiry.at(), expiry.at(), expiry.type()));
        }
    }

    /**
     * The client did what it may not, and its connection ends.
     *
     * @param topic topic or filter
     */
    static void close(MqttConnection connection, TopicRules.Violation broken, boolean publish, String topic) {
        TokenGrant grant = connection.client().rights().tokens();
        TokenGrant.Lost lost = null;
        if (grant != null && broken.kind() == TopicRules.Kind.NOT_PERMITTED) {
            lost = publish ? grant.publishRefusal(topic) : grant.subscribeRefusal(topic);
        }
        end(connection, broken.kind().reason(), lost == null ? broken.detail() : lost.detail(), lost);
    }

    /** Takes a token that a client with tokens has uploaded; false: it is not good, and the connection ends. */
    static boolean upload(EdgeShared shared, MqttConnection connection, byte[] payload) {
        TokenGrant.Lost lost = connection
                .client()
                .rights()
                .upload(payload, shared.delivery().clock().instant());
        if (lost != null) {
            end(connection, Reason.REVOKED, lost.detail(), lost);
        }
        return lost == null;
    }

    private static void end(MqttConnection connection, Reason reason, String why, TokenGrant.@Nullable Lost lost) {
        RightsWatch watch = connection.rightsOrNull();
        if (watch == null || lost == null) {
            connection.close(reason, why);
        } else if (watch.ending == null && !connection.isClosed()) {
            watch.endAfter(reason, why, lost);
        }
    }

    private void endAfter(Reason reason, String why, TokenGrant.Lost lost) {
        ending = reason;
        detail = why + ", code " + lost.problem().code();
        send(INVALID, "{\"code\":%d,\"type\":\"%s\"}".formatted(lost.problem().code(), lost.type()));
        var _ = connection.context().eventLoop().schedule(this::over, GRACE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void over() {
        if (ending != null) {
            connection.close(ending, detail);
        }
    }

    /** The client has acknowledged something: when nothing is left, it has read why its connection ends. */
    void acknowledged() {
        ClientState client = connection.client();
        if (ending != null && client.flow().inflight() == 0 && client.flow().queued() == 0) {
            over();
        }
    }

    /** Whether nothing but an acknowledgement, or DISCONNECT, counts any more. */
    boolean passesOver(Object packet) {
        return ending != null
                && !(packet instanceof InboundAck
                        || packet instanceof Ended
                        || (packet instanceof MqttMessage message
                                && !message.decoderResult().isFailure()
                                && message.fixedHeader().messageType() == MqttMessageType.DISCONNECT));
    }

    private void send(TopicName topic, String json) {
        ClientState client = connection.client();
        Message message = connection
                .context()
                .message(client.instance(), topic, Content.of(json.getBytes(UTF_8)), 1, false, NODE);
        client.flow().deliver(message, 1, false);
    }
}
