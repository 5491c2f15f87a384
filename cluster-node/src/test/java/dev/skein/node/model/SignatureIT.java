package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.model.Device.Connack;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signature mode over the wire, with the documented example. */
@ExtendWith(Model.Extension.class)
class SignatureIT {
    private static final String CLIENT_ID = "GID_Test@@@0001";
    /** Base64 of HMAC-SHA1 of the client ID under the secret XXXXX. */
    private static final String SIGNATURE = "vI009IZJZVGRwBwZvnbwjfuXxVM=";

    private final Model model;
    private final ModelNode node;

    SignatureIT(Model model) {
        this.model = model;
        this.node = model.node();
    }

    @Test
    void documentedSignatureIsAdmittedToTheInstanceThatTheUserNameNames() {
        try (Device device = node.stranger(CLIENT_ID).login("Signature|YYYYY|fleet", SIGNATURE)) {
            assertThat(device.tryConnect()).isEqualTo(new Connack(false, 0));

            assertThat(node.client("fleet", CLIENT_ID).json().path("username").asText())
                    .isEqualTo("YYYYY");
            assertThat(node.client("fleet", CLIENT_ID).json().path("group").asText())
                    .isEqualTo("GID_Test");
            assertThat(node.client("default", CLIENT_ID).status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Signature|YYYYY|fleet,        wI009IZJZVGRwBwZvnbwjfuXxVM=, wrong for access key YYYYY",
        "Signature|YYYYY|fleet,        XXXXX,                        wrong for access key YYYYY",
        "Signature|ZZZZZ|fleet,        vI009IZJZVGRwBwZvnbwjfuXxVM=, access key: ZZZZZ",
        "Signature|YYYYY|nowhere,      vI009IZJZVGRwBwZvnbwjfuXxVM=, nowhere",
        "Signature|YYYYY,              vI009IZJZVGRwBwZvnbwjfuXxVM=, cannot be read",
        "Signature|YYYYY|fleet|more,   vI009IZJZVGRwBwZvnbwjfuXxVM=, cannot be read",
        "Token|YYYYY|fleet,            R|123,                        not one that instance fleet has signed",
        "DeviceCredential|YYYYY|fleet, vI009IZJZVGRwBwZvnbwjfuXxVM=, username: cannot be read",
    })
    void anythingElseIsABadUserNameOrPassword(String username, String password, String reason) {
        try (Device device = node.stranger(CLIENT_ID + "x").login(username, password);
                Device same = node.stranger(CLIENT_ID).login(username, password)) {
            assertThat(same.tryConnect()).isEqualTo(new Connack(false, 4));
            same.awaitClose();
            assertThat(model.awaitLine(CLIENT_ID, "connect refused: return code 4", reason))
                    .doesNotContain("XXXXX");
            // What is right for one client ID is not for another.
            assertThat(device.tryConnect()).isEqualTo(new Connack(false, 4));
        }
    }

    @Test
    void clientIdCannotWriteALineOfItsOwn() {
        try (Device device = node.stranger("x\n12:00 forged: admitted\u0085").login("nobody", "guess")) {
            assertThat(device.tryConnect().code()).isEqualTo(4);
            device.awaitClose();
            model.awaitLine("x?12:00 forged: admitted?", "return code 4");
        }
    }
}
