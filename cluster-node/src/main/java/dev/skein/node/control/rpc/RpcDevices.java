package dev.skein.node.control.rpc;

import dev.skein.persistence.api.DeviceCredential;
import dev.skein.persistence.api.StoreUnavailableException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The operations of device credentials. Thread-safe. */
final class RpcDevices {
    private static final int PAGE_MAX = 100;

    private final RpcPorts ports;

    RpcDevices(RpcPorts ports) {
        this.ports = ports;
    }

    CompletionStage<Map<String, Object>> register(RpcCall call) {
        return of(
                call,
                (instance, clientId) -> ports.devices()
                        .register(instance, clientId, call.caller().accessKeyId())
                        .thenCompose(made -> closed(instance, clientId, shown(made))));
    }

    CompletionStage<Map<String, Object>> get(RpcCall call) {
        return of(
                call,
                (instance, clientId) ->
                        ports.devices().get(instance, clientId).thenApply(found -> shown(known(found, clientId))));
    }

    CompletionStage<Map<String, Object>> refresh(RpcCall call) {
        return of(
                call,
                (instance, clientId) -> ports.devices()
                        .refresh(instance, clientId)
                        .thenCompose(found -> closed(instance, clientId, shown(known(found, clientId)))));
    }

    CompletionStage<Map<String, Object>> unregister(RpcCall call) {
        return of(
                call,
                (instance, clientId) -> ports.devices()
                        .unregister(instance, clientId)
                        .thenCompose(removed -> closed(
                                        instance, clientId, Map.of()) // a call before may have ended in between
                                .thenApply(fields -> {
                                    if (!removed) {
                                        throw unknown(clientId);
                                    }
                                    return fields;
                                })));
    }

    /** An operation on the credential of one client. */
    private interface OfClient {
        CompletionStage<Map<String, Object>> run(String instance, String clientId);
    }

    private CompletionStage<Map<String, Object>> of(RpcCall call, OfClient operation) {
        String instance = call.instance();
        return operation.run(instance, clientId(call, instance)).exceptionally(RpcDevices::unavailable);
    }

    CompletionStage<Map<String, Object>> list(RpcCall call) {
        String instance = call.instance();
        String group = call.required("GroupId");
        int size = (int) number(call, "PageSize", 1, PAGE_MAX);
        int page = call.optional("PageNo").isEmpty() ? 1 : (int) number(call, "PageNo", 1, Integer.MAX_VALUE);
        String after = call.optional("NextToken");
        if (after.isEmpty() && page > 1) {
            throw RpcException.bad(
                    "InvalidParameter.PageNo",
                    "PageNo: %d (expected: 1, or NextToken of the page before)".formatted(page));
        }
        return ports.devices()
                .list(instance, group, after, size)
                .thenCombine(ports.devices().count(instance, group), (ids, total) -> {
                    Map<String, Object> list = new LinkedHashMap<>();
                    list.put("ClientIdList", ids);
                    list.put("NextToken", ids.size() < size ? "" : ids.getLast());
                    list.put("PageNo", page);
                    list.put("PageSize", size);
                    list.put("Total", total);
                    return Map.<String, Object>of("DeviceCredentialClientIdList", list);
                })
                .exceptionally(RpcDevices::unavailable);
    }

    private static long number(RpcCall call, String name, int min, int max) {
        long value = call.number(name);
        if (value < min || value > max) {
            throw RpcException.bad(
                    "InvalidParameter." + name, "%s: %d (expected: %d..%d)".formatted(name, value, min, max));
        }
        return value;
    }

    private String clientId(RpcCall call, String instance) {
        String clientId = call.required("ClientId");
        String wrong = ports.devices().violation(instance, clientId);
        if (wrong != null) {
            throw RpcException.bad("ParameterCheckFailed", wrong);
        }
        return clientId;
    }

    /** Whoever is connected by the credential of before has to come again. */
    private CompletionStage<Map<String, Object>> closed(String instance, String clientId, Map<String, Object> fields) {
        return ports.clients().disconnect(instance, clientId).thenApply(_ -> fields);
    }

    private static DeviceCredential known(Optional<DeviceCredential> found, String clientId) {
        return found.orElseThrow(() -> unknown(clientId));
    }

    private static RpcException unknown(String clientId) {
        return RpcException.bad(
                "ParameterCheckFailed",
                "ClientId: %s has no credential (expected: RegisterDeviceCredential before)".formatted(clientId));
    }

    private static Map<String, Object> unavailable(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        throw cause instanceof StoreUnavailableException
                ? new RpcException(503, "ServiceUnavailable", String.valueOf(cause.getMessage()))
                : new CompletionException(cause);
    }

    private static Map<String, Object> shown(DeviceCredential credential) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("ClientId", credential.clientId());
        fields.put("InstanceId", credential.instance());
        fields.put("DeviceAccessKeyId", credential.keyId());
        fields.put("DeviceAccessKeySecret", credential.secret());
        fields.put("CreateTime", credential.createdAt());
        fields.put("UpdateTime", credential.updatedAt());
        return Map.of("DeviceCredential", fields);
    }
}
