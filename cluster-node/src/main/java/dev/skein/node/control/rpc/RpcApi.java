package dev.skein.node.control.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.node.audit.AuditLog;
import dev.skein.node.control.ControlException;
import dev.skein.node.control.ServiceApi;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API of ApsaraMQ for MQTT, version 2020-04-20, in its RPC style at {@code /}, and what was before it. Access keys
 * of instances sign its requests. Thread-safe.
 */
public final class RpcApi implements ServiceApi {
    private static final Logger LOG = LoggerFactory.getLogger(RpcApi.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> VERSIONS = Set.of("2020-04-20", "2019-12-11");
    private static final int OK = 200;

    private final RpcDoor door;
    private final RpcOperations operations;
    private final LegacyApi legacy;

    /** @param ports what it asks of the node */
    public RpcApi(RpcPorts ports) {
        this.door = new RpcDoor(ports.views(), ports.clock());
        this.operations = new RpcOperations(ports);
        this.legacy = new LegacyApi(ports);
    }

    @Override
    public boolean serves(String path) {
        return path.equals("/") || legacy.serves(path);
    }

    @Override
    public CompletionStage<Response> answer(Request request) {
        String path = request.target().replaceFirst("[?#].*", "");
        return legacy.serves(path) ? legacy.answer(path, request) : rpc(request);
    }

    private CompletionStage<Response> rpc(Request request) {
        String id = UUID.randomUUID().toString().toUpperCase(Locale.ROOT);
        Asked asked = new Asked(id, request.headers().getOrDefault("host", ""), request.address());
        CompletionStage<Map<String, Object>> answered;
        try {
            answered = enter(request, asked);
        } catch (RpcException | ControlException e) {
            answered = CompletableFuture.failedStage(e);
        }
        return answered.handle((fields, failure) -> failure == null ? asked.ok(fields) : asked.failed(failure));
    }

    private CompletionStage<Map<String, Object>> enter(Request request, Asked asked) {
        RpcDoor.Entered entered = door.enter(request);
        asked.action = entered.action();
        asked.by = entered.caller().by();
        asked.instance = entered.parameters().getOrDefault("InstanceId", "");
        if (!VERSIONS.contains(entered.version())) {
            throw RpcException.bad("InvalidVersion", "Specified parameter Version is not valid.");
        }
        return operations.answer(new RpcCall(entered.action(), entered.parameters(), entered.caller()));
    }

    static Response response(int status, Map<String, ?> fields) {
        try {
            return new Response(status, JSON.writeValueAsString(fields));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("json: cannot be written", e);
        }
    }

    /** One request, as far as it is known what it asks. Used by one thread after another. */
    private static final class Asked {
        private final String id;
        private final String host;
        private final String address;
        private String action = "";
        private String by = "";
        private String instance = "";

        Asked(String id, String host, String address) {
            this.id = id;
            this.host = host;
            this.address = address;
        }

        Response ok(Map<String, Object> fields) {
            audit(OK, "");
            Map<String, Object> whole = new LinkedHashMap<>();
            whole.put("RequestId", id);
            whole.putAll(fields);
            return response(OK, whole);
        }

        Response failed(Throwable failure) {
            RpcException refused = refused(
                    failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure);
            audit(refused.status(), refused.code());
            Map<String, Object> whole = new LinkedHashMap<>();
            whole.put("RequestId", id);
            whole.put("HostId", host);
            whole.put("Code", refused.code());
            whole.put("Message", refused.text());
            return response(refused.status(), whole);
        }

        private RpcException refused(Throwable cause) {
            return switch (cause) {
                case RpcException refused -> refused;
                case ControlException refused -> RpcErrors.of(refused);
                case TimeoutException _ ->
                    new RpcException(503, "ServiceUnavailable", "node: no answer in time (expected: one)");
                default -> {
                    LOG.error("{} failed, RequestId {}", action, id, cause);
                    yield new RpcException(
                            500, "InternalError", "The request processing has failed due to some unknown error.");
                }
            };
        }

        /** Each that would change something, and each that was refused for its signature. */
        private void audit(int status, String code) {
            if (AuditLog.isOn() && (by.isEmpty() || RpcOperations.changes(action))) {
                AuditLog.line(by.isEmpty() ? "service-refused" : "service")
                        .with("by", by.isEmpty() ? "api@" + address : by)
                        .with("action", action.isEmpty() ? null : action)
                        .with("instance", instance.isEmpty() ? null : instance)
                        .with("request", id)
                        .with("status", status)
                        .with("failure", code.isEmpty() ? null : code)
                        .write();
            }
        }
    }
}
