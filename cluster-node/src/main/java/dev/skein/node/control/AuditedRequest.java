package dev.skein.node.control;

import dev.skein.node.audit.AuditLog;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the audit log is told of one request: each that would change something, however far it came, and each that was
 * refused for its token, its host or its origin. Used by one thread after another.
 */
final class AuditedRequest {
    private static final Set<String> CHANGE_NOTHING = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    /** Fields of bodies that it tells. */
    private static final List<String> FIELDS = List.of(
            RegistryRoutes.GROUP,
            RegistryRoutes.PARENT_TOPIC,
            MessageFields.TOPIC,
            CredentialRoutes.NAME,
            CredentialRoutes.ID);

    private final String method;
    private final String target;
    private final String caller;
    private boolean refused;
    private @Nullable Endpoint endpoint;
    private Map<String, String> variables = Map.of();
    private Map<String, String> query = Map.of();
    private @Nullable Fields body;

    /** @param target as it was sent */
    AuditedRequest(String method, String target, String caller) {
        this.method = method;
        this.target = target;
        this.caller = caller;
    }

    /** It was refused for its token, its host or its origin. */
    void refusedAtTheDoor() {
        refused = true;
    }

    /** It has a route. */
    void found(Endpoint route, Map<String, String> itsVariables, Map<String, String> itsQuery) {
        endpoint = route;
        variables = itsVariables;
        query = itsQuery;
    }

    /** Its body could be read. */
    void read(Fields fields) {
        body = fields;
    }

    /** Writes the line that it deserves, when it deserves one. */
    void write(Answer answer) {
        if (!AuditLog.isOn() || (!refused && !isChange())) {
            return;
        }
        AuditLog.Line line = AuditLog.line(refused ? "control-refused" : "control")
                .with("by", caller)
                .with("method", method);
        if (endpoint == null) {
            line.with("path", target.replaceFirst("[?#].*", "")); // a token may stand behind it
        } else {
            line.with("route", endpoint.template());
            variables.forEach(line::with);
            query.forEach(line::with);
            fields(line, endpoint);
        }
        line.with("status", answer.status());
        if (!refused && answer.body() instanceof Answer.ErrorBody error) {
            line.with("failure", told(error));
        }
        line.write();
    }

    /** Outside the API there is nothing to change, and anybody may ask. */
    private boolean isChange() {
        return !CHANGE_NOTHING.contains(method) && target.contains(ControlRoutes.API);
    }

    private void fields(AuditLog.Line line, Endpoint route) {
        if (body != null) {
            for (String name : FIELDS) {
                if (route.body().contains(name)) {
                    line.with(name, body.textIfAny(name));
                }
            }
        }
    }

    /** What is said of a body may quote a message: its field is named, no more. */
    private static String told(Answer.ErrorBody error) {
        String code = error.code();
        if (code.equals(ErrorCode.MALFORMED_JSON.text())) {
            return code;
        }
        boolean ofAField = code.equals(ErrorCode.INVALID_FIELD.text()) || code.equals(ErrorCode.UNKNOWN_FIELD.text());
        int name = ofAField ? error.message().indexOf(": ") : -1;
        return code + ": " + (name < 0 ? error.message() : error.message().substring(0, name));
    }
}
