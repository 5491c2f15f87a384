package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A listener leads to its instance and to those that it names, whatever a user name says. */
class ListenerInstancesIT {
    private static final String HASH = BCrypt.withDefaults().hashToString(4, "secret".toCharArray());

    @TempDir
    Path directory;

    private static int code(Device device) {
        try (device) {
            return device.tryConnect().code();
        }
    }

    @Test
    void clientsReachTheInstancesOfTheirListenerAlone() {
        try (ModelNode node = ModelNode.start(directory, """
                skein.listeners.mqtt { instance = first, instances = [second] }
                skein.listeners.ws.enabled = false
                skein.instances {
                  first { users = [{ name = ann, password-hash = "{hash}" }, { name = "ann@third", password-hash = "{hash}" }] }
                  second { users = [{ name = ann, password-hash = "{hash}" }] }
                  third { anonymous = always, users = [{ name = ann, password-hash = "{hash}" }],
                    access-keys = [{ id = key, secret = XXXXX }] }
                }
                """.replace("{hash}", HASH))) {
            assertThat(code(node.stranger("c").login("ann", "secret"))).isZero();
            assertThat(code(node.stranger("c").login("ann@second", "secret"))).isZero();
            assertThat(code(node.stranger("c").login("ann@default", "secret"))).isEqualTo(4);
            assertThat(code(node.stranger("c").login("Signature|key|third", "x")))
                    .isEqualTo(4);
            assertThat(code(node.stranger("c"))).as("anonymous").isEqualTo(5);
            try (Device named =
                    node.stranger("named").login("ann@third", "secret").connect()) {
                named.ping();
                assertThat(node.client("first", "named").status())
                        .as("a user of the first")
                        .isEqualTo(200);
                assertThat(node.client("third", "named").status()).isEqualTo(404);
            }
        }
    }
}
