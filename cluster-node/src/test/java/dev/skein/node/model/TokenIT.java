package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.model.Device.Connack;
import dev.skein.node.model.Device.Delivery;
import dev.skein.node.model.ServiceClient.Reply;
import dev.skein.node.registry.RegistryCommand;
import dev.skein.node.registry.Secret;
import dev.skein.protocol.apsara.SignedToken;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens over the wire: applied for with the service's API, used, renewed and revoked. */
@ExtendWith(Model.Extension.class)
class TokenIT {
    private static final String EXPIRES = "$SYS/tokenExpireNotice";
    private static final String INVALID = "$SYS/tokenInvalidNotice";

    private final Model model;
    private final ModelNode node;
    private final ServiceClient service;
    private final String clientId = "GID_Test@@@" + UUID.randomUUID().toString().substring(0, 8);

    TokenIT(Model model) {
        this.model = model;
        this.node = model.node();
        this.service = node.service();
    }

    @AfterEach
    void close() {
        service.close();
    }

    private String token(String instance, String actions, String resources, Duration life) {
        long expireTime = InstantSource.system().millis() + life.toMillis();
        Reply reply = service.call(
                "ApplyToken",
                Map.of(
                        "InstanceId",
                        instance,
                        "Actions",
                        actions,
                        "Resources",
                        resources,
                        "ExpireTime",
                        Long.toString(expireTime)));
        assertThat(reply.status()).as("%s", reply.json()).isEqualTo(200);
        assertThat(reply.text("RequestId")).hasSize(36);
        return reply.text("Token");
    }

    private void revoke(String instance, String token) {
        Reply reply = service.call("RevokeToken", Map.of("InstanceId", instance, "Token", token));
        assertThat(reply.status()).as("%s", reply.json()).isEqualTo(200);
    }

    private Device device(String instance, String id, String password) {
        return node.stranger(id).login("Token|YYYYY|" + instance, password);
    }

    private static void assertInvalid(Device device, int code, String type) {
        Delivery notice = device.next();
        assertThat(notice.topic()).isEqualTo(INVALID);
        assertThat(notice.body()).isEqualTo("{\"code\":%d,\"type\":\"%s\"}".formatted(code, type));
        device.awaitClose();
    }

    @Test
    void aTokenLetsItsClientDoWhatItCovers() {
        String read = token("fleet", "R", "news/#", Duration.ofDays(1));
        String write = token("fleet", "W", "news/+", Duration.ofDays(1));
        try (Device device =
                device("fleet", clientId, "R|" + read + "|W|" + write).connect()) {
            assertThat(device.subscribe("news/" + clientId, 1)).isEqualTo(1);
            device.publish("news/" + clientId, "hello", 1);
            assertThat(device.next().body()).isEqualTo("hello");
            assertThat(node.client("fleet", clientId).json().path("username").asText())
                    .isEqualTo("YYYYY");
        }
    }

    @Test
    void theServiceTellsWhetherATokenIsGood() {
        String token = token("fleet", "R", "news/#", Duration.ofDays(1));
        assertThat(query(token)).isEqualTo("true");
        assertThat(query(token + "x")).isEqualTo("false");
        revoke("fleet", token);
        revoke("fleet", token);
        assertThat(query(token)).isEqualTo("false");
    }

    private String query(String token) {
        return service.call("QueryToken", Map.of("InstanceId", "fleet", "Token", token))
                .text("TokenStatus");
    }

    @ParameterizedTest
    @CsvSource({
        "R, news/#, true,  news/x,    5",
        "W, news/#, true,  devices/x, 4",
        "W, news/#, false, news/x,    5",
        "R, news/+, false, news/#,    4",
    })
    void whatItDoesNotCoverEndsTheConnectionInApsaraMode(
            String actions, String resources, boolean publish, String topic, int code) {
        String token = token("fleet", actions, resources, Duration.ofDays(1));
        try (Device device = device("fleet", clientId, actions + "|" + token).connect()) {
            if (publish) {
                device.publishOnly(topic, "x", 1);
            } else {
                device.subscribeOnly(topic);
            }
            assertInvalid(device, code, actions);
            model.awaitLine(clientId, "topic auth failed", topic, "code " + code);
        }
    }

    @Test
    void whatItDoesNotCoverIsRefusedInOpenMode() {
        String token = token("default", "R,W", "a/#", Duration.ofDays(1));
        try (Device device = device("default", clientId, "RW|" + token).connect()) {
            assertThat(device.subscribe("b/#", 1)).isEqualTo(0x80);
            assertThat(device.subscribe("a/#", 1)).isEqualTo(1);
            device.publish("b/x", "dropped", 1);
            device.publish("a/x", "taken", 1);
            assertThat(device.next().body()).isEqualTo("taken");
        }
    }

    @Test
    void otherTokensAreRefusedAtConnect() {
        String token = token("fleet", "R", "news/#", Duration.ofDays(1));
        assertRefused("fleet2", "R|" + token, "not one that instance fleet2 has signed");
        assertRefused("fleet", "RW|" + token, "code 5");
        assertRefused("fleet", token, "password: cannot be read");
        revoke("fleet", token);
        assertRefused("fleet", "R|" + token, "revoked", "code 3");
    }

    private void assertRefused(String instance, String password, String... line) {
        try (Device device = device(instance, clientId, password)) {
            assertThat(device.tryConnect()).isEqualTo(new Connack(false, 4));
            device.awaitClose();
            assertThat(model.awaitLine(clientId, line))
                    .contains("connect refused")
                    .doesNotContain(password);
        }
    }

    @Test
    void revocationClosesWhoIsConnectedAndTellsWhy() {
        String token = token("fleet", "R,W", "news/#", Duration.ofDays(1));
        String other = token("fleet", "R,W", "news/#", Duration.ofDays(1));
        try (Device device = device("fleet", clientId, "RW|" + token).connect();
                Device stays = device("fleet", clientId + "x", "RW|" + other).connect()) {
            revoke("fleet", token);
            assertInvalid(device, 3, "RW");
            model.awaitLine(clientId, "access revoked", "revoked (expected: another token), code 3");
            stays.publish("news/x", "still here", 1);
        }
    }

    @Test
    void whoDoesNotAcknowledgeTheNoticeIsClosedAllTheSame() {
        String token = token("fleet", "R", "news/#", Duration.ofDays(1));
        try (Device device = device("fleet", clientId, "R|" + token).connect()) {
            revoke("fleet", token);
            assertThat(device.nextUnacknowledged().topic()).isEqualTo(INVALID);
            device.awaitClose();
        }
    }

    @Test
    void aKeyThatIsRemovedTakesItsTokensWithIt() {
        String token = token("longer", "R", "news/#", Duration.ofDays(1));
        try (Device device = device("longer", clientId, "R|" + token).connect()) {
            int number = keyOf(token);
            node.change("longer", to -> new RegistryCommand.AddTokenKey("test", secret(), false, to));
            device.ping();
            node.change("longer", to -> new RegistryCommand.RemoveTokenKey("test", number, to));
            assertInvalid(device, 3, "R");
        }
        assertThat(node.api("GET", "/instances/longer/audit", "").json().toString())
                .contains("token-key-added", "token-key-removed")
                .doesNotContain(secret().value());
    }

    private static int keyOf(String token) {
        return Objects.requireNonNull(SignedToken.parse(token)).keyNumber();
    }

    private static Secret secret() {
        return new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    }

    @Test
    void oneThatEndsSoonIsToldAndCanBeRenewed() {
        String token = token("fleet", "R", "news/#", Duration.ofMinutes(4));
        try (Device device = device("fleet", clientId, "R|" + token).connect()) {
            Delivery notice = device.next();
            assertThat(notice.topic()).isEqualTo(EXPIRES);
            assertThat(notice.qos()).isEqualTo(1);
            assertThat(notice.body()).matches("\\{\"expireTime\":(\\d+),\"exprireTime\":\\1,\"type\":\"R\"}");
            String next = token("fleet", "R", "devices/#", Duration.ofDays(1));
            upload(device, next, "R", 1);
            assertThat(device.subscribe("devices/x", 1)).isEqualTo(1);
            revoke("fleet", token);
            device.ping(); // it has another one
            upload(device, token("fleet", "W", "devices/#", Duration.ofDays(1)), "W", 2);
            device.publish("devices/x", "more", 1);
            assertThat(device.next().body()).isEqualTo("more");
        }
    }

    private static void upload(Device device, String token, String type, int qos) {
        device.publish("$SYS/uploadToken", "{\"token\":\"%s\",\"type\":\"%s\"}".formatted(token, type), qos);
    }

    @Test
    void anUploadThatIsNotGoodEndsTheConnection() {
        String token = token("fleet", "R", "news/#", Duration.ofDays(1));
        try (Device device = device("fleet", clientId, "R|" + token).connect()) {
            device.publishOnly("$SYS/uploadToken", "{\"token\":\"nonsense\",\"type\":\"R\"}", 1);
            assertInvalid(device, 1, "R");
        }
    }

    @Test
    void anUploadThatCoversLessEndsTheConnectionOfWhoHasMore() {
        String token = token("fleet", "R", "news/#", Duration.ofDays(1));
        try (Device device = device("fleet", clientId, "R|" + token).connect()) {
            device.subscribe("news/x", 1);
            upload(device, token("fleet", "R", "devices/#", Duration.ofDays(1)), "R", 1);
            assertInvalid(device, 4, "R");
        }
    }

    @Test
    void aClientWithoutTokensHasNothingToUpload() {
        try (Device device = node.device("fleet", clientId).connect()) {
            device.publishOnly("$SYS/uploadToken", "{\"token\":\"x\",\"type\":\"R\"}", 1);
            device.awaitClose();
            model.awaitLine(clientId, "a registered parent topic");
        }
    }

    @Test
    void aSessionKeepsWhatItsNextTokenCovers() {
        String wide = token("fleet", "R,W", "news/#,devices/#", Duration.ofDays(1));
        try (Device device =
                device("fleet", clientId, "RW|" + wide).persistent().connect()) {
            device.subscribe(1, List.of("news/k", "devices/k"));
            device.disconnect();
        }
        try (Device other = node.device("fleet", clientId + "o").connect()) {
            other.publish("news/k", "not any more", 1);
            other.publish("devices/k", "kept", 1);
        }
        String narrow = token("fleet", "R", "devices/#", Duration.ofDays(1));
        try (Device device =
                device("fleet", clientId, "R|" + narrow).persistent().connect()) {
            assertThat(device.next().body()).isEqualTo("kept");
            model.awaitLine(clientId, "subscriptions of its session ended: 1");
        }
    }
}
