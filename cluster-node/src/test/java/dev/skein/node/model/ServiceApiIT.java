package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.model.ServiceClient.Reply;
import dev.skein.protocol.apsara.Signatures;
import dev.skein.protocol.apsara.SignedToken;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The service's API: its operations, and how it refuses. */
@ExtendWith(Model.Extension.class)
class ServiceApiIT {
    private final ModelNode node;
    private final ServiceClient service;
    private final String unique = UUID.randomUUID().toString().substring(0, 8);

    ServiceApiIT(Model model) {
        this.node = model.node();
        this.service = node.service();
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Reply call(String action, String... parameters) {
        Map<String, String> all = new TreeMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return service.call(action, all);
    }

    private static void assertDone(Reply reply) {
        assertThat(reply.status()).as("%s", reply.json()).isEqualTo(200);
    }

    private static void assertRefused(Reply reply, int status, String code, String text) {
        assertThat(reply.status()).as("%s", reply.json()).isEqualTo(status);
        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.text("Message")).contains(text);
        assertThat(reply.text("RequestId")).hasSize(36);
        assertThat(reply.text("HostId")).startsWith("127.0.0.1:");
    }

    @Test
    void groupsAreMadeListedAndDeleted() {
        String group = "GID_" + unique;
        assertDone(call("CreateGroupId", "InstanceId", "fleet", "GroupId", group));
        assertRefused(
                call("CreateGroupId", "InstanceId", "fleet", "GroupId", group), 400, "ParameterCheckFailed", "exists");
        assertThat(call("ListGroupId", "InstanceId", "fleet")
                        .json()
                        .path("Data")
                        .toString())
                .contains("\"GroupId\":\"" + group + "\"", "\"GroupId\":\"GID_Test\"");
        assertDone(call("DeleteGroupId", "InstanceId", "fleet", "GroupId", group));
        assertRefused(
                call("DeleteGroupId", "InstanceId", "fleet", "GroupId", "GID_Test"),
                400,
                "ParameterCheckFailed",
                "the configuration names this one");
        assertRefused(
                call("CreateGroupId", "InstanceId", "fleet", "GroupId", "x"), 400, "ParameterCheckFailed", "GID_");
    }

    @Test
    void messagesSessionsAndConnections() {
        String clientId = "GID_Test@@@" + unique;
        try (Device device = node.device("fleet", clientId).connect()) {
            device.subscribe("news/" + unique, 1);
            Reply sent = call("SendMessage", "InstanceId", "fleet", "MqttTopic", "news/" + unique, "Payload", "tätä");
            assertDone(sent);
            assertThat(sent.text("MsgId")).hasSize(32);
            assertThat(device.next().body()).isEqualTo("tätä");
            assertThat(call("QuerySessionByClientId", "InstanceId", "fleet", "ClientId", clientId)
                            .text("OnlineStatus"))
                    .isEqualTo("true");
            assertThat(call(
                                    "BatchQuerySessionByClientIds",
                                    "InstanceId",
                                    "fleet",
                                    "ClientIdList.1",
                                    clientId,
                                    "ClientIdList.2",
                                    "GID_Test@@@nobody")
                            .json()
                            .path("OnlineStatusList"))
                    .hasSize(2)
                    .anySatisfy(each ->
                            assertThat(each.path("OnlineStatus").asBoolean()).isTrue())
                    .anySatisfy(each ->
                            assertThat(each.path("OnlineStatus").asBoolean()).isFalse());
            assertThat(state(clientId)).contains("\"online\":1");
            Reply closed = call("CloseConnection", "InstanceId", "fleet", "ClientId", clientId);
            assertThat(closed.text("Success")).isEqualTo("true");
            device.awaitClose();
        }
        assertThat(call("CloseConnection", "InstanceId", "fleet", "ClientId", "GID_Test@@@nobody")
                        .text("Success"))
                .isEqualTo("false");
        assertRefused(
                call("SendMessage", "InstanceId", "fleet", "MqttTopic", "unknown/x", "Payload", "x"),
                400,
                "PermissionCheckFailed",
                "a registered parent topic");
    }

    private String state(String clientId) {
        TreeMap<String, String> query = new TreeMap<>(Map.of(
                "accessKey",
                "YYYYY",
                "resource",
                clientId,
                "timestamp",
                Long.toString(InstantSource.system().millis()),
                "instanceId",
                "fleet"));
        query.put("signature", Signatures.sign("XXXXX", text(query)));
        return node.page("/route/clientId/get?" + ServiceClient.form(query));
    }

    private static String text(SortedMap<String, String> sorted) {
        return String.join(
                "&",
                sorted.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toList());
    }

    private Device byCredential(Reply answer) {
        String clientId =
                answer.json().path("DeviceCredential").path("ClientId").asText();
        String keyId =
                answer.json().path("DeviceCredential").path("DeviceAccessKeyId").asText();
        String secret = answer.json()
                .path("DeviceCredential")
                .path("DeviceAccessKeySecret")
                .asText();
        return node.stranger(clientId).login("DeviceCredential|" + keyId + "|fleet", Signatures.sign(secret, clientId));
    }

    @Test
    void aDeviceHasACredentialOfItsOwn() {
        String clientId = "GID_Test@@@" + unique;
        String[] device = {"InstanceId", "fleet", "ClientId", clientId};
        assertRefused(call("GetDeviceCredential", device), 400, "ParameterCheckFailed", "has no credential");
        Reply registered = call("RegisterDeviceCredential", device);
        assertDone(registered);
        assertThat(call("GetDeviceCredential", device).json().path("DeviceCredential"))
                .isEqualTo(registered.json().path("DeviceCredential"));
        assertThat(call("ListDeviceCredentialClientId", "InstanceId", "fleet", "GroupId", "GID_Test", "PageSize", "100")
                        .json()
                        .path("DeviceCredentialClientIdList")
                        .path("ClientIdList")
                        .toString())
                .contains(clientId);
        try (Device old = byCredential(registered).connect()) {
            old.publish("news/x", "x", 1);
            old.ping();
            Reply refreshed = call("RefreshDeviceCredential", device);
            assertDone(refreshed);
            old.awaitClose();
            try (Device late = byCredential(registered);
                    Device renewed = byCredential(refreshed)) {
                assertThat(late.tryConnect().code()).isEqualTo(4);
                renewed.connectAgain();
                assertDone(call("UnRegisterDeviceCredential", device));
                renewed.awaitClose();
                assertThat(renewed.tryConnect().code()).isEqualTo(4);
            }
        }
        assertRefused(call("UnRegisterDeviceCredential", device), 400, "ParameterCheckFailed", "has no credential");
        assertRefused(
                call("RegisterDeviceCredential", "InstanceId", "fleet", "ClientId", "x"),
                400,
                "ParameterCheckFailed",
                "clientId");
    }

    @Test
    void instancesAreThoseOfTheKey() {
        assertThat(call("ListInstances").json().path("Instances").toString())
                .contains("\"InstanceId\":\"fleet\"", "\"InstanceId\":\"default\"");
    }

    @Test
    void theTokenServiceOfBefore() {
        TreeMap<String, String> signed = new TreeMap<>(Map.of(
                "actions", "R,W",
                "resources", "devices/#,news/#",
                "expireTime", Long.toString(InstantSource.system().millis() + 3_600_000),
                "serviceName", "mq",
                "instanceId", "fleet"));
        TreeMap<String, String> apply = new TreeMap<>(signed);
        apply.putAll(Map.of(
                "resources", "news/#,devices/#",
                "accessKey", "YYYYY",
                "proxyType", "MQTT",
                "signature", Signatures.sign("XXXXX", text(signed))));
        Reply applied = service.send("/token/apply", ServiceClient.form(apply));
        assertThat(applied.json().path("code").asInt()).as("%s", applied.json()).isEqualTo(200);
        String token = applied.text("tokenData");
        try (Device device = node.stranger("GID_Test@@@" + unique)
                .login("Token|YYYYY|fleet", "RW|" + token)
                .connect()) {
            device.publish("news/x", "x", 1);
        }
        assertThat(ofToken("/token/query", token)).isEqualTo(200);
        assertThat(ofToken("/token/revoke", token)).isEqualTo(200);
        assertThat(ofToken("/token/query", token)).isEqualTo(1);
        assertThat(ofToken("/token/query", "nonsense")).isEqualTo(1);
        apply.put("signature", "wrong");
        assertThat(service.send("/token/apply", ServiceClient.form(apply))
                        .json()
                        .path("code")
                        .asInt())
                .isEqualTo(407);
        apply.remove("actions");
        assertThat(service.send("/token/apply", ServiceClient.form(apply))
                        .json()
                        .path("code")
                        .asInt())
                .isEqualTo(400);
    }

    private int ofToken(String path, String token) {
        return service.send(
                        path,
                        ServiceClient.form(new TreeMap<>(Map.of(
                                "token",
                                token,
                                "accessKey",
                                "YYYYY",
                                "signature",
                                Signatures.sign("XXXXX", "token=" + token)))))
                .json()
                .path("code")
                .asInt();
    }

    @Test
    void aRequestCountsOnce() {
        String request = service.signed("ListInstances", Map.of());
        assertDone(service.send("/", request));
        assertRefused(service.send("/", request), 400, "SignatureNonceUsed", "used already");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "signature, 400, SignatureDoesNotMatch,          not matched",
        "key,       404, InvalidAccessKeyId.NotFound,    not found",
        "action,    404, InvalidAction.NotFound,         not found",
        "later,     404, ApiNotSupport,                  one of this release",
        "version,   400, InvalidVersion,                 not valid",
        "old,       400, InvalidTimeStamp.Expired,       expired",
        "time,      400, InvalidTimeStamp.Format,        not well formatted",
        "method,    400, InvalidSignatureMethod,         HMAC-SHA1",
        "nonce,     400, MissingSignatureNonce,          mandatory",
        "instance,  400, InstancePermissionCheckFailed,  nowhere",
        "missing,   400, MissingInstanceId,              mandatory",
        "empty,     400, MissingAccessKeyId,             mandatory",
        "twice,     400, InvalidParameter.Action,        given twice",
    })
    void refusalsHaveTheCodesOfTheService(String what, int status, String code, String text) {
        Instant now = InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS);
        Reply reply = switch (what) {
            case "signature" -> {
                try (ServiceClient other = node.service("YYYYY", "ZZZZZ")) {
                    yield other.call("ListInstances", Map.of());
                }
            }
            case "key" -> {
                try (ServiceClient other = node.service("NOBODY", "XXXXX")) {
                    yield other.call("ListInstances", Map.of());
                }
            }
            case "action" -> call("MakeCoffee");
            case "later" -> call("SetSniConfig");
            case "version" -> call("ListInstances", "Version", "1999-01-01");
            case "old" ->
                call(
                        "ListInstances",
                        "Timestamp",
                        now.minus(Duration.ofMinutes(16)).toString());
            case "time" -> call("ListInstances", "Timestamp", "yesterday");
            case "method" -> call("ListInstances", "SignatureMethod", "HMAC-SHA256");
            case "nonce" -> call("ListInstances", "SignatureNonce", "");
            case "instance" -> call("ListGroupId", "InstanceId", "nowhere");
            case "missing" -> call("ListGroupId");
            case "empty" -> service.send("/", "");
            default -> service.send("/", "Action=a&Action=b");
        };
        assertRefused(reply, status, code, text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "RWX~   news/#~  3600~  actions: RWX (expected: R, W or R,W)",
                "R~     a/#/b~   3600~  resources: ",
                "R~     news/#~  30~    at least 60 s from now",
            })
    void whatATokenMayNotBeIsNamed(String actions, String resources, int seconds, String text) {
        long expireTime = InstantSource.system().millis() + seconds * 1000L;
        assertRefused(
                call(
                        "ApplyToken",
                        "InstanceId",
                        "fleet",
                        "Actions",
                        actions,
                        "Resources",
                        resources,
                        "ExpireTime",
                        Long.toString(expireTime)),
                400,
                "ParameterCheckFailed",
                text);
    }

    @Test
    void aTokenLivesThirtyDaysAtTheMost() {
        Reply reply = call(
                "ApplyToken",
                "InstanceId",
                "fleet",
                "Actions",
                "R",
                "Resources",
                "news/#",
                "ExpireTime",
                "4102444800000");
        assertDone(reply);
        assertThat(Objects.requireNonNull(SignedToken.parse(reply.text("Token")))
                        .claims()
                        .expiresAt())
                .isLessThanOrEqualTo(InstantSource.system()
                        .instant()
                        .plus(Duration.ofDays(30))
                        .toEpochMilli());
    }
}
