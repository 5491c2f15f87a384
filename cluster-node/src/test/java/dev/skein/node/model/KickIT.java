package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator closes a client's connection, and is told whether there was one. */
class KickIT {
    private static final String ANONYMOUS = "skein.instances.default.anonymous = always";

    @TempDir
    Path directory;

    @Test
    void theAnswerSaysWhetherAConnectionWasClosed() {
        try (ModelNode node = ModelNode.start(directory, ANONYMOUS)) {
            assertThat(kick(node, "clean")).isEqualTo("404 client-not-connected");
            try (Device clean = node.stranger("clean").connect()) {
                assertThat(kick(node, "clean")).isEqualTo("200 true");
                clean.awaitClose();
                assertThat(kick(node, "clean")).isEqualTo("404 client-not-connected");
            }
        }
    }

    @Test
    @SuppressWarnings("try") // a device that was closed closes once more
    void theSessionStaysAndItsClientMayComeBack() {
        try (ModelNode node = ModelNode.start(directory, ANONYMOUS)) {
            try (Device kept = node.stranger("kept").persistent().connect()) {
                assertThat(kick(node, "kept")).isEqualTo("200 true");
                kept.awaitClose();
            }
            assertThat(kick(node, "kept")).isEqualTo("404 client-not-connected");
            try (Device again = node.stranger("kept").persistent()) {
                assertThat(again.tryConnect().present()).isTrue();
                assertThat(kick(node, "kept")).isEqualTo("200 true");
                again.awaitClose();
            }
        }
    }

    private static String kick(ModelNode node, String clientId) {
        ModelNode.Reply reply = node.api("POST", "/instances/default/clients/" + clientId + "/disconnect", "");
        return reply.status() + " "
                + (reply.status() == 200
                        ? reply.json().path("disconnected").asText()
                        : reply.json().path("code").asText());
    }
}
