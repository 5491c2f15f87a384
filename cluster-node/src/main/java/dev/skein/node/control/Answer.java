package dev.skein.node.control;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a route answers.
 *
 * @param status HTTP status
 * @param mediaType of the body
 * @param body value to show as JSON, a String as it stands, or null for no body
 * @param headers further headers
 */
record Answer(int status, String mediaType, @Nullable Object body, Map<String, String> headers) {
    static final String JSON = "application/json";
    static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final int SERVICE_UNAVAILABLE = 503;

    static Answer ok(Object body) {
        return new Answer(OK, JSON, body, Map.of());
    }

    static Answer created(Object body) {
        return new Answer(CREATED, JSON, body, Map.of());
    }

    static Answer noContent() {
        return new Answer(NO_CONTENT, JSON, null, Map.of());
    }

    static Answer text(String mediaType, String body) {
        return new Answer(OK, mediaType, body, Map.of());
    }

    static Answer health(HealthReport report) {
        Health shown = new Health(report.healthy() ? "ok" : "failed", report.checks());
        return new Answer(report.healthy() ? OK : SERVICE_UNAVAILABLE, JSON, shown, Map.of());
    }

    static Answer error(ErrorCode code, String message) {
        Map<String, String> headers =
                code == ErrorCode.UNAUTHORIZED ? Map.of("WWW-Authenticate", "Bearer realm=\"skein\"") : Map.of();
        return new Answer(ErrorCatalog.status(code), JSON, new ErrorBody(code.text(), message), headers);
    }

    static Answer methodNotAllowed(String method, List<String> allowed) {
        String allow = String.join(", ", allowed);
        Answer error = error(ErrorCode.METHOD_NOT_ALLOWED, "method: %s (expected: %s)".formatted(method, allow));
        return new Answer(error.status, error.mediaType, error.body, Map.of("Allow", allow));
    }

    byte[] bytes() {
        return switch (body) {
            case null -> new byte[0];
            case String text -> text.getBytes(StandardCharsets.UTF_8);
            case Object value -> Json.bytes(value);
        };
    }

    /** Body of every error. */
    record ErrorBody(String code, String message) {}

    /** Body of the health routes; {@code status} is {@code ok} or {@code failed}. */
    record Health(String status, List<HealthReport.Check> checks) {}

    /** Body of the list of instances. */
    record Instances(List<InstanceInfo> instances) {}

    /** Body of the list of groups. */
    record Groups(List<RegistryEntry> groups, @Nullable String next) {}

    /** Body of the list of parent topics. */
    record Topics(List<RegistryEntry> topics, @Nullable String next) {}

    /** Body of the list of rules. */
    record Rules(List<RuleInfo> rules, @Nullable String next) {}

    /** Body of the list of users. */
    record Users(List<UserInfo> users, @Nullable String next) {}

    /** Body of the list of access keys. */
    record AccessKeys(
            List<AccessKeyInfo> accessKeys, @Nullable String next) {}

    /** Body of the answer to a change that has nothing else to tell. */
    record Changed(boolean changed) {}

    /** Body of the list of back ends. */
    record Connectors(List<ConnectorInfo> connectors) {}

    /** Body of the answer to a disconnect. */
    record Disconnected(boolean disconnected) {}

    /** Body of the answer to a publish. */
    record Published(String messageId) {}
}
