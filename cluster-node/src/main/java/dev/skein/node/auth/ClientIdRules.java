package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Accepted;
import dev.skein.node.auth.AuthResult.Reason;
import dev.skein.node.auth.AuthResult.Refused;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.Mode;
import dev.skein.protocol.apsara.ApsaraClientId;
import dev.skein.protocol.wire.FailureText;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which client IDs an instance takes. */
final class ClientIdRules {
    private static final int MQTT_MAX = 65_535;

    private ClientIdRules() {}

    /** What is wrong with the client ID itself; null when nothing is. Asked before any credential is looked at. */
    static @Nullable Refused violation(InstanceView view, ConnectAttempt attempt) {
        String clientId = attempt.clientId();
        int limit = view.limits().clientIdLength();
        String violation = switch (view.mode()) {
            case APSARA -> ApsaraClientId.violation(clientId, limit == 0 ? MQTT_MAX : limit);
            case OPEN -> openViolation(clientId, limit, attempt.clientIdOptional());
        };
        return violation == null ? null : new Refused(Reason.IDENTIFIER_REJECTED, violation);
    }

    /** Decides in the instance of the listener, when it is there and takes the client ID. */
    static AuthResult decideOnListener(
            InstanceViews views, ConnectAttempt attempt, Function<InstanceView, AuthResult> decide) {
        InstanceView view = views.find(attempt.listenerInstance());
        if (view == null) {
            return Refusals.noInstance(attempt.listenerInstance(), Reason.SERVER_UNAVAILABLE);
        }
        Refused refused = violation(view, attempt);
        return refused == null ? decide.apply(view) : refused;
    }

    /**
     * The last questions, after the credentials: whether the client ID is one that its identity may use, and whether
     * the group is registered, which a stranger must not learn.
     */
    static AuthResult admit(InstanceView view, ConnectAttempt attempt, Principal who) {
        if (!who.mayUse(attempt.clientId())) {
            return new Refused(Reason.IDENTIFIER_REJECTED, notUsable(attempt.clientId(), who));
        }
        String group = groupOf(attempt.clientId());
        if (view.mode() == Mode.APSARA && (group == null || !view.hasGroup(group))) {
            return new Refused(
                    Reason.NOT_AUTHORIZED,
                    FailureText.of("group", String.valueOf(group), "a Group ID registered in instance " + view.id()));
        }
        return new Accepted(new Identity(view.id(), attempt.clientId(), who.username(), group, who.owner()));
    }

    /** Says that the client ID is not one that {@code who} may use. */
    static String notUsable(String clientId, Principal who) {
        return FailureText.of(
                "clientId", clientId, "one that fits client-ids %s of %s".formatted(who.clientIds(), who.owner()));
    }

    private static @Nullable String openViolation(String clientId, int limit, boolean optional) {
        if (clientId.isEmpty()) {
            // [MQTT-3.1.3-8]: MQTT 3.1.1 has no other client whose ID is optional
            return optional ? null : "clientId: empty (expected: one, or clean session)";
        }
        int length = clientId.codePointCount(0, clientId.length());
        return limit > 0 && length > limit ? FailureText.of("clientId", clientId, "<= " + limit + " characters") : null;
    }

    private static @Nullable String groupOf(String clientId) {
        int end = clientId.indexOf(ApsaraClientId.SEPARATOR);
        return end > 0 ? clientId.substring(0, end) : null;
    }
}
