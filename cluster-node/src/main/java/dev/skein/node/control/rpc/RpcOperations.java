package dev.skein.node.control.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.node.auth.TokenService;
import dev.skein.node.control.NewMessage;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.topic.TopicNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The operations of the API, by name. Each answers the fields beside {@code RequestId}. Thread-safe. */
final class RpcOperations {
    private static final int BATCH_MAX = 10;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int RUNNING = 5;

    /** Operations of the service that this release does not have. */
    private static final Set<String> NOT_SUPPORTED = Set.of(
            "TagResources",
            "UntagResources",
            "ListTagResources",
            "SetSniConfig",
            "DisasterDowngrade",
            "DisasterRecovery",
            "GetRegisterCode",
            "RegisterCaCertificate",
            "GetCaCertificate",
            "ListCaCertificate",
            "ActiveCaCertificate",
            "InactivateCaCertificate",
            "DeleteCaCertificate",
            "GetDeviceCertificate",
            "ListDeviceCertificate",
            "ListDeviceCertificateByCaSn",
            "ActiveDeviceCertificate",
            "InactivateDeviceCertificate",
            "DeleteDeviceCertificate",
            "AddCustomAuthIdentity",
            "UpdateCustomAuthIdentity",
            "DeleteCustomAuthIdentity",
            "QueryCustomAuthIdentity",
            "AddCustomAuthPermission",
            "UpdateCustomAuthPermission",
            "DeleteCustomAuthPermission",
            "QueryCustomAuthPermission",
            "AddCustomAuthConnectBlack",
            "DeleteCustomAuthConnectBlack",
            "QueryCustomAuthConnectBlack",
            "QueryMqttTraceDevice",
            "QueryMqttTraceMessageOfClient",
            "QueryMqttTraceMessagePublish",
            "QueryMqttTraceMessageSubscribe",
            "BatchSendMessages");

    private final RpcPorts ports;
    private final Map<String, Operation> operations;

    /** Answers the fields of one operation. */
    @FunctionalInterface
    private interface Operation {
        CompletionStage<Map<String, Object>> answer(RpcCall call);
    }

    RpcOperations(RpcPorts ports) {
        this.ports = ports;
        RpcDevices devices = new RpcDevices(ports);
        this.operations = Map.ofEntries(
                Map.entry("CreateGroupId", this::createGroup),
                Map.entry("DeleteGroupId", this::deleteGroup),
                Map.entry("ListGroupId", this::listGroups),
                Map.entry("SendMessage", this::sendMessage),
                Map.entry("QuerySessionByClientId", this::querySession),
                Map.entry("BatchQuerySessionByClientIds", this::querySessions),
                Map.entry("CloseConnection", this::closeConnection),
                Map.entry("ApplyToken", this::applyToken),
                Map.entry("QueryToken", this::queryToken),
                Map.entry("RevokeToken", this::revokeToken),
                Map.entry("ListInstances", this::listInstances),
                Map.entry("RegisterDeviceCredential", devices::register),
                Map.entry("GetDeviceCredential", devices::get),
                Map.entry("RefreshDeviceCredential", devices::refresh),
                Map.entry("UnRegisterDeviceCredential", devices::unregister),
                Map.entry("ListDeviceCredentialClientId", devices::list));
    }

    /** Does what is asked; throws, or fails with, {@link RpcException} when it is refused. */
    CompletionStage<Map<String, Object>> answer(RpcCall call) {
        Operation operation = operations.get(call.action());
        if (operation != null) {
            return operation.answer(call);
        }
        throw NOT_SUPPORTED.contains(call.action())
                ? RpcException.notFound(
                        "ApiNotSupport", "Action: %s (expected: one of this release)".formatted(call.action()))
                : RpcException.notFound(
                        "InvalidAction.NotFound", "Specified api is not found, please check your url and method.");
    }

    /** Whether {@code action} changes something, so that the audit log tells of it. */
    static boolean changes(String action) {
        return !action.startsWith("Query")
                && !action.startsWith("Get")
                && !action.startsWith("BatchQuery")
                && !action.startsWith("List");
    }

    private CompletionStage<Map<String, Object>> createGroup(RpcCall call) {
        return ports.registry()
                .createGroup(
                        call.instance(), call.required("GroupId"), call.caller().by())
                .thenApply(_ -> Map.of());
    }

    private CompletionStage<Map<String, Object>> deleteGroup(RpcCall call) {
        return ports.registry()
                .deleteGroup(
                        call.instance(), call.required("GroupId"), call.caller().by())
                .thenApply(_ -> Map.of());
    }

    private CompletionStage<Map<String, Object>> listGroups(RpcCall call) {
        String instance = call.instance();
        return ports.registry()
                .groups(instance)
                .thenApply(groups -> Map.of(
                        "Data",
                        groups.stream()
                                .map(group -> Map.of(
                                        "GroupId",
                                        group.name(),
                                        "InstanceId",
                                        instance,
                                        "IndependentNaming",
                                        true,
                                        "Tags",
                                        List.of()))
                                .toList()));
    }

    private CompletionStage<Map<String, Object>> sendMessage(RpcCall call) {
        String instance = call.instance();
        String topic = call.required("MqttTopic");
        String violation = TopicNames.violation(topic);
        if (violation != null) {
            throw RpcException.bad("ParameterCheckFailed", violation);
        }
        Content content = Content.of(call.optional("Payload").getBytes(UTF_8));
        return ports.publisher()
                .publish(instance, new NewMessage(topic, content, 1, false, 0))
                .thenApply(id -> Map.of("MsgId", id.toString()));
    }

    private CompletionStage<Map<String, Object>> querySession(RpcCall call) {
        return ports.clients()
                .isOnline(call.instance(), call.required("ClientId"))
                .thenApply(online -> Map.of("OnlineStatus", online));
    }

    private CompletionStage<Map<String, Object>> querySessions(RpcCall call) {
        String instance = call.instance();
        List<String> ids = call.list("ClientIdList", BATCH_MAX);
        List<CompletableFuture<Boolean>> asked = ids.stream()
                .map(id -> ports.clients().isOnline(instance, id).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(_ -> {
            List<Map<String, Object>> shown = new ArrayList<>();
            for (int i = 0; i < ids.size(); i++) {
                shown.add(Map.of(
                        "ClientId", ids.get(i), "OnlineStatus", asked.get(i).resultNow()));
            }
            return Map.of("OnlineStatusList", shown);
        });
    }

    private CompletionStage<Map<String, Object>> closeConnection(RpcCall call) {
        return ports.clients()
                .disconnect(call.instance(), call.required("ClientId"))
                .thenApply(wasOnline -> status(
                        wasOnline ? OK : NOT_FOUND, wasOnline ? "operation success." : "the client has no connection"));
    }

    private static Map<String, Object> status(int code, String message) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("Code", code);
        fields.put("Success", code == OK);
        fields.put("Message", message);
        return fields;
    }

    private CompletionStage<Map<String, Object>> applyToken(RpcCall call) {
        TokenService.Application asked = new TokenService.Application(
                call.caller().accessKeyId(),
                call.required("Actions"),
                resources(call.required("Resources")),
                call.number("ExpireTime"));
        return ports.tokens().apply(call.instance(), asked, call.caller().by()).thenApply(RpcOperations::token);
    }

    static List<String> resources(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
    }

    private CompletionStage<Map<String, Object>> queryToken(RpcCall call) {
        return CompletableFuture.completedStage(token(ports.tokens().query(call.instance(), call.required("Token"))));
    }

    private CompletionStage<Map<String, Object>> revokeToken(RpcCall call) {
        return ports.tokens()
                .revoke(call.instance(), call.required("Token"), call.caller().by())
                .thenApply(RpcOperations::token);
    }

    private static Map<String, Object> token(TokenService.Reply reply) {
        return switch (reply) {
            case TokenService.Applied applied -> Map.of("Token", applied.token());
            case TokenService.Queried queried -> Map.of("TokenStatus", queried.good());
            case TokenService.Revoked _ -> Map.of();
            case TokenService.Refused refused -> throw RpcErrors.of(refused);
        };
    }

    private CompletionStage<Map<String, Object>> listInstances(RpcCall call) {
        Map<String, Object> fields = status(OK, "operation success.");
        fields.put(
                "Instances",
                call.caller().instances().stream()
                        .map(id -> Map.of(
                                "InstanceId", id, "InstanceName", id, "InstanceStatus", RUNNING, "MqttTags", List.of()))
                        .toList());
        return CompletableFuture.completedStage(fields);
    }
}
