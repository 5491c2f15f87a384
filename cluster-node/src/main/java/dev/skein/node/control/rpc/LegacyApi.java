package dev.skein.node.control.rpc;

import dev.skein.node.audit.AuditLog;
import dev.skein.node.auth.TokenService;
import dev.skein.node.control.ServiceApi.Request;
import dev.skein.node.control.ServiceApi.Response;
import dev.skein.node.registry.AccessKey;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.RegistryReply;
import dev.skein.protocol.apsara.Signatures;
import dev.skein.protocol.apsara.SignedToken;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The token service and the query of a client's state that were before the API, with signatures of their own: Base64 of
 * HMAC-SHA1 over some parameters, {@code k=v} sorted by key and joined by {@code &}. Thread-safe.
 */
final class LegacyApi {
    private static final String APPLY = "/token/apply";
    private static final String QUERY = "/token/query";
    private static final String REVOKE = "/token/revoke";
    private static final String STATE = "/route/clientId/get";
    private static final List<String> SIGNED_APPLICATION =
            List.of("actions", "resources", "expireTime", "serviceName", "instanceId");
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final int OK = 200;
    private static final int BAD = 400;
    private static final int FORBIDDEN = 403;
    private static final int WRONG_SIGNATURE = 407;
    private static final int NOT_CREATED = 409;
    private static final int NOT_REVOKED = 410;
    private static final int FORGED = 1;

    private final RpcPorts ports;

    LegacyApi(RpcPorts ports) {
        this.ports = ports;
    }

    boolean serves(String path) {
        return path.equals(APPLY) || path.equals(QUERY) || path.equals(REVOKE) || path.equals(STATE);
    }

    CompletionStage<Response> answer(String path, Request request) {
        int mark = request.target().indexOf('?');
        SortedMap<String, String> parameters;
        try {
            parameters = RpcText.parameters(mark < 0 ? "" : request.target().substring(mark + 1));
            if (request.headers().getOrDefault("content-type", "").startsWith("application/x-www-form-urlencoded")) {
                parameters.putAll(RpcText.parameters(request.body()));
            }
        } catch (RpcException e) {
            return path.equals(STATE) ? state(BAD, 1, -1, e.text()) : token(BAD, e.text(), null);
        }
        return switch (path) {
            case APPLY -> apply(parameters, request.address());
            case QUERY -> query(parameters);
            case REVOKE -> revoke(parameters, request.address());
            default -> state(parameters);
        };
    }

    private CompletionStage<Response> apply(Map<String, String> parameters, String address) {
        String missing = missing(parameters, List.of("actions", "resources", "accessKey", "expireTime", "instanceId"));
        if (missing != null) {
            return token(BAD, missing, null);
        }
        String instance = parameters.getOrDefault("instanceId", "");
        String keyId = parameters.getOrDefault("accessKey", "");
        if (!isSigned(instance, keyId, signedText(parameters, SIGNED_APPLICATION), parameters)) {
            return token(WRONG_SIGNATURE, "signature: wrong (expected: that of accessKey)", null);
        }
        long expireTime;
        try {
            expireTime = Long.parseLong(parameters.getOrDefault("expireTime", ""));
        } catch (NumberFormatException e) {
            return token(BAD, "expireTime: not a number (expected: milliseconds since 1970)", null);
        }
        RpcCaller caller = new RpcCaller(keyId, List.of(instance), address);
        TokenService.Application asked = new TokenService.Application(
                keyId,
                parameters.getOrDefault("actions", ""),
                RpcOperations.resources(parameters.getOrDefault("resources", "")),
                expireTime);
        return ports.tokens()
                .apply(instance, asked, caller.by())
                .thenCompose(reply -> audited(caller, "/token/apply", reply, NOT_CREATED));
    }

    private CompletionStage<Response> query(Map<String, String> parameters) {
        String instance = signedForToken(parameters);
        if (instance == null) {
            return refusedForToken(parameters);
        }
        return outcome(ports.tokens().query(instance, parameters.getOrDefault("token", "")), FORGED);
    }

    private CompletionStage<Response> revoke(Map<String, String> parameters, String address) {
        String instance = signedForToken(parameters);
        if (instance == null) {
            return refusedForToken(parameters);
        }
        RpcCaller caller = new RpcCaller(parameters.getOrDefault("accessKey", ""), List.of(instance), address);
        return ports.tokens()
                .revoke(instance, parameters.getOrDefault("token", ""), caller.by())
                .thenCompose(reply -> audited(caller, "/token/revoke", reply, NOT_REVOKED));
    }

    /** The instance of a token, when an access key of it has signed the request; else null. */
    private @Nullable String signedForToken(Map<String, String> parameters) {
        SignedToken token = SignedToken.parse(parameters.getOrDefault("token", ""));
        if (token == null) {
            return null;
        }
        String instance = token.claims().instanceId();
        String text = signedText(parameters, List.of("token"));
        return isSigned(instance, parameters.getOrDefault("accessKey", ""), text, parameters) ? instance : null;
    }

    private CompletionStage<Response> refusedForToken(Map<String, String> parameters) {
        String missing = missing(parameters, List.of("token", "accessKey"));
        if (missing != null) {
            return token(BAD, missing, null);
        }
        return SignedToken.parse(parameters.getOrDefault("token", "")) == null
                ? token(FORGED, "token: cannot be read (expected: one of /token/apply)", null)
                : token(WRONG_SIGNATURE, "signature: wrong (expected: that of accessKey)", null);
    }

    private CompletionStage<Response> audited(RpcCaller caller, String action, TokenService.Reply reply, int failure) {
        if (AuditLog.isOn()) {
            AuditLog.line("service")
                    .with("by", caller.by())
                    .with("action", action)
                    .with("instance", caller.instances().getFirst())
                    .with("status", reply instanceof TokenService.Refused ? failure : OK)
                    .write();
        }
        return outcome(reply, failure);
    }

    private static CompletionStage<Response> outcome(TokenService.Reply reply, int failure) {
        return switch (reply) {
            case TokenService.Applied applied -> token(OK, "operation success", applied.token());
            case TokenService.Queried queried ->
                queried.good()
                        ? token(OK, "operation success", null)
                        : token(FORGED, "token: not good (expected: one that is neither expired nor revoked)", null);
            case TokenService.Revoked _ -> token(OK, "operation success", null);
            case TokenService.Refused refused ->
                token(refused.code() == RegistryReply.Code.INVALID ? BAD : failure, refused.text(), null);
        };
    }

    private CompletionStage<Response> state(Map<String, String> parameters) {
        String missing = missing(parameters, List.of("accessKey", "resource", "timestamp", "instanceId", "signature"));
        if (missing != null) {
            return state(BAD, 1, -1, missing);
        }
        String instance = parameters.getOrDefault("instanceId", "");
        List<String> signed = parameters.keySet().stream()
                .filter(name -> !name.equals("signature"))
                .toList();
        if (!isSigned(instance, parameters.getOrDefault("accessKey", ""), signedText(parameters, signed), parameters)) {
            return state(FORBIDDEN, 2, -1, "signature: wrong (expected: that of accessKey)");
        }
        if (!isRecent(parameters.getOrDefault("timestamp", ""))) {
            return state(FORBIDDEN, 4, -1, "timestamp: expired (expected: within 5 minutes)");
        }
        return ports.clients()
                .isOnline(instance, parameters.getOrDefault("resource", ""))
                .thenCompose(online -> state(OK, 0, online ? 1 : 0, ""));
    }

    private boolean isRecent(String timestamp) {
        try {
            return Math.abs(ports.clock().millis() - Long.parseLong(timestamp)) <= WINDOW.toMillis();
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private boolean isSigned(String instance, String keyId, String text, Map<String, String> parameters) {
        InstanceView view = ports.views().find(instance);
        AccessKey key = view == null ? null : view.accessKey(keyId);
        boolean signed = key != null
                && RpcDoor.mayCall(key)
                && Signatures.matches(key.secret().value(), text, parameters.getOrDefault("signature", ""));
        if (!signed && AuditLog.isOn()) {
            AuditLog.line("service-refused")
                    .with("by", "key " + keyId)
                    .with("instance", instance)
                    .with("failure", "signature")
                    .write();
        }
        return signed;
    }

    /** Values of one name are sorted and joined by a comma. */
    private static String signedText(Map<String, String> parameters, List<String> names) {
        StringJoiner text = new StringJoiner("&");
        names.stream().sorted().forEach(name -> {
            String value = parameters.get(name);
            if (value != null) {
                text.add(name + "="
                        + String.join(
                                ",",
                                Arrays.stream(value.split(",", -1)).sorted().toList()));
            }
        });
        return text.toString();
    }

    private static @Nullable String missing(Map<String, String> parameters, List<String> names) {
        for (String name : names) {
            if (parameters.getOrDefault(name, "").isEmpty()) {
                return name + ": absent (expected: a value)";
            }
        }
        return null;
    }

    private static CompletionStage<Response> token(int code, String message, @Nullable String tokenData) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("success", code == OK);
        fields.put("message", message);
        fields.put("code", code);
        if (tokenData != null) {
            fields.put("tokenData", tokenData);
        }
        return CompletableFuture.completedStage(RpcApi.response(OK, fields));
    }

    private static CompletionStage<Response> state(int status, int code, int online, String message) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("code", code);
        fields.put("success", code == 0);
        fields.put("online", online);
        fields.put("message", message);
        return CompletableFuture.completedStage(RpcApi.response(status, fields));
    }
}
