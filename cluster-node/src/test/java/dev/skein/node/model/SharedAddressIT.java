package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices behind one address, of which one has a wrong password, with the bounds of the reference configuration. */
class SharedAddressIT {
    private static final String SETTINGS = """
            skein.auth { failures-burst = 20, failures-per-second = 1 }
            skein.instances.default {
              anonymous = never
              users = [{ name = ann, password-hash = "{hash}" }, { name = bob, password-hash = "{hash}" }]
            }
            """;
    private static final int ACCEPTED = 0;
    private static final int BAD_CREDENTIALS = 4;
    private static final int SERVER_UNAVAILABLE = 3;

    private static ModelNode start(Path directory) {
        String hash = BCrypt.withDefaults().hashToString(4, "secret".toCharArray());
        return ModelNode.start(directory, SETTINGS.replace("{hash}", hash));
    }

    private static int login(ModelNode node, String clientId, String user, String password) {
        try (Device device = node.stranger(clientId).login(user, password)) {
            return device.tryConnect().code();
        }
    }

    @Test
    void oneOldPasswordKeepsNobodyOut(@TempDir Path directory) {
        try (ModelNode node = start(directory)) {
            for (int i = 0; i < 100; i++) {
                assertThat(login(node, "old", "ann", "old password")).isEqualTo(BAD_CREDENTIALS);
            }
            assertThat(login(node, "new", "ann", "secret")).isEqualTo(ACCEPTED);
            assertThat(login(node, "other", "bob", "secret")).isEqualTo(ACCEPTED);
        }
    }

    @Test
    void whoIsRightGetsInWhileAnotherGuesses(@TempDir Path directory) throws InterruptedException {
        AtomicBoolean enough = new AtomicBoolean();
        try (ModelNode node = start(directory)) {
            for (int i = 0; i < 20; i++) {
                login(node, "guesser", "ann", "guess" + i);
            }
            Thread guesser = Thread.ofVirtual().start(() -> {
                for (int i = 20; !enough.get(); i++) {
                    assertThat(login(node, "guesser", "ann", "guess" + i)).isIn(BAD_CREDENTIALS, SERVER_UNAVAILABLE);
                }
            });
            assertThat(login(node, "other", "bob", "secret")).isEqualTo(ACCEPTED);
            assertThat(login(node, "new", "ann", "secret")).isEqualTo(ACCEPTED);
            enough.set(true);
            guesser.join();
        }
    }
}
