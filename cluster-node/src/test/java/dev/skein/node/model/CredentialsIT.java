package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.skein.node.model.Device.Delivery;
import dev.skein.node.model.ModelNode.Reply;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Users and access keys that come and go while the node runs. */
@ExtendWith(Model.Extension.class)
class CredentialsIT {
    private static final int CHEAP_HASH = 4;

    private final Model model;
    private final ModelNode node;
    private final String unique = UUID.randomUUID().toString().substring(0, 8);

    CredentialsIT(Model model) {
        this.model = model;
        this.node = model.node();
    }

    private static String hash(String password) {
        return BCrypt.withDefaults().hashToString(CHEAP_HASH, password.toCharArray());
    }

    @Test
    void aUserComesAndGoes() {
        String name = "ann-" + unique;
        String users = "/instances/default/users";
        Reply added = node.api(
                "POST",
                users,
                "{\"name\":\"%s\",\"passwordHash\":\"%s\",\"clientIds\":[\"%%u*\"]}".formatted(name, hash("first")));
        assertThat(added.status()).as("%s", added.json()).isEqualTo(201);
        assertThat(node.api("GET", users, "").json().toString()).contains(name).doesNotContain("$2");
        try (Device device = node.stranger(name + "-1").login(name, "first").connect();
                Device other = node.stranger("elsewhere" + unique).login(name, "first")) {
            assertThat(other.tryConnect().code()).isEqualTo(2);
            Reply changed = node.api(
                    "POST", users + "/" + name + "/password", "{\"passwordHash\":\"%s\"}".formatted(hash("second")));
            assertThat(changed.status()).isEqualTo(200);
            device.ping();
            try (Device old = node.stranger(name + "-2").login(name, "first");
                    Device renewed = node.stranger(name + "-2").login(name, "second")) {
                assertThat(old.tryConnect().code()).isEqualTo(4);
                renewed.connect();
            }
            assertThat(node.api("DELETE", users + "/" + name, "").status()).isEqualTo(204);
            device.awaitClose();
            model.awaitLine(name + "-1", "access revoked", "a user or access key of instance default");
        }
        assertThat(node.api("DELETE", users + "/" + name, "").status()).isEqualTo(404);
        assertThat(node.api("POST", users, "{\"name\":\"x\",\"passwordHash\":\"plain\"}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void anAccessKeyComesAndGoesWithItsTokens() {
        String keys = "/instances/fleet/access-keys";
        Reply made = node.api("POST", keys, "{}");
        assertThat(made.status()).as("%s", made.json()).isEqualTo(201);
        String id = made.json().path("id").asText();
        String secret = made.json().path("secret").asText();
        assertThat(node.api("GET", keys, "").json().toString()).contains(id).doesNotContain(secret, "XXXXX");
        String clientId = "GID_Test@@@" + unique;
        try (ServiceClient service = node.service(id, secret);
                Device signed = node.stranger(clientId + "s").signed(id, secret, "fleet")) {
            long expireTime =
                    InstantSource.system().instant().plus(Duration.ofDays(1)).toEpochMilli();
            String token = service.call(
                            "ApplyToken",
                            Map.of(
                                    "InstanceId",
                                    "fleet",
                                    "Actions",
                                    "R",
                                    "Resources",
                                    "news/#",
                                    "ExpireTime",
                                    Long.toString(expireTime)))
                    .text("Token");
            signed.connect();
            try (Device device = node.stranger(clientId)
                    .login("Token|" + id + "|fleet", "R|" + token)
                    .connect()) {
                assertThat(node.api("DELETE", keys + "/" + id, "").status()).isEqualTo(204);
                Delivery notice = device.next();
                assertThat(notice.body()).isEqualTo("{\"code\":-1,\"type\":\"R\"}");
                device.awaitClose();
                signed.awaitClose();
            }
            assertThat(service.call("ListInstances", Map.of()).code()).isEqualTo("InvalidAccessKeyId.NotFound");
        }
        assertThat(node.api("DELETE", keys + "/YYYYY", "").status()).isEqualTo(409);
    }

    @Test
    void anAccessKeyOfDevicesCallsNoOperation() {
        Reply made = node.api("POST", "/instances/fleet/access-keys", "{\"clientIds\":[\"GID_Test@@@*\"]}");
        assertThat(made.status()).as("%s", made.json()).isEqualTo(201);
        String id = made.json().path("id").asText();
        try (ServiceClient service = node.service(id, made.json().path("secret").asText())) {
            ServiceClient.Reply refused = service.call("ListInstances", Map.of());
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.code()).isEqualTo("Forbidden.RAM");
            assertThat(refused.text("Message")).contains("client-ids");
        }
        assertThat(node.api("DELETE", "/instances/fleet/access-keys/" + id, "").status())
                .isEqualTo(204);
    }
}
