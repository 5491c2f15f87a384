package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.skein.node.registry.PermissionRule;
import dev.skein.node.registry.PermissionRule.Action;
import dev.skein.node.registry.PermissionRule.Effect;
import dev.skein.node.registry.RegistryCommand;
import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.LoopbackNetworks;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A session has one owner on all nodes, and what is revoked on one node is revoked on the others. */
@Tag("mostly-waiting")
@ResourceLock(Lanes.SECOND)
class SessionOwnerAcrossNodesIT {
    private static final int LINK_PORT = 25520;
    private static final String SETTINGS = """
            skein.cluster { host = "{network}{number}", port = {port}, seeds = ["{network}1:{port}", "{network}2:{port}"] }
            skein.cluster.tls.mode = off
            skein.storage.jdbc { url = "{url}", user = postgres, password = unused }
            skein.instances.default {
              users = [{ name = alice, password-hash = "{hash}" }, { name = bob, password-hash = "{hash}" }]
            }
            """;

    @TempDir
    private Path directory;

    private final String network = LoopbackNetworks.next(72, 1, LINK_PORT);

    private CompletableFuture<ModelNode> start(EmbeddedPostgres postgres, int number) throws Exception {
        String settings = SETTINGS.replace("{network}", network)
                .replace("{number}", Integer.toString(number))
                .replace("{port}", Integer.toString(LINK_PORT))
                .replace("{url}", postgres.getJdbcUrl("postgres", "postgres"))
                .replace("{hash}", BCrypt.withDefaults().hashToString(4, "secret".toCharArray()));
        Path own = Files.createDirectories(directory.resolve("n" + number));
        return CompletableFuture.supplyAsync(() -> ModelNode.start(own, settings));
    }

    private static Device as(ModelNode node, String user, String clientId) {
        return node.stranger(clientId).login(user, "secret");
    }

    private static int code(Device device) {
        try (device) {
            return device.tryConnect().code();
        }
    }

    private static void publish(ModelNode node, String topic, String body) {
        try (Device publisher = as(node, "alice", "publisher").connect()) {
            publisher.publish(topic, body, 1);
        }
    }

    @Test
    @SuppressWarnings("try") // the first node ends before the second
    void noNodeGivesASessionToAStrangerOrWhatWasRevoked() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(new File("target/embedded-pg").getAbsoluteFile())
                .setServerConfig("fsync", "off")
                .start()) {
            CompletableFuture<ModelNode> starting = start(postgres, 1);
            try (ModelNode two = start(postgres, 2).get();
                    ModelNode one = starting.get()) {
                strangersAreRefusedOnEveryNode(one, two);
                whatIsRevokedOnOneNodeEndsOnAll(one, two);
                try (Device alice = as(one, "alice", "kept").persistent().connect()) {
                    alice.subscribe("news/#", 1);
                }
                one.close();
                publish(two, "news/a", "hers");
                assertThat(code(as(two, "bob", "kept").persistent())).isEqualTo(5);
                try (Device alice = as(two, "alice", "kept").persistent()) {
                    assertThat(alice.tryConnect().present()).isTrue();
                    assertThat(alice.next().body()).isEqualTo("hers");
                }
            }
        }
    }

    private static void strangersAreRefusedOnEveryNode(ModelNode one, ModelNode two) {
        for (int i = 0; i < 10; i++) { // the actors of some are here, of others there
            String client = "c" + i;
            try (Device alice = as(one, "alice", client).persistent().connect()) {
                assertThat(code(as(two, "bob", client).persistent())).isEqualTo(5);
                assertThat(code(as(two, "bob", client).clean())).isEqualTo(5);
                alice.ping();
                alice.disconnect();
            }
            assertThat(code(as(two, "bob", client).persistent())).isEqualTo(5);
            assertThat(code(as(two, "bob", client).clean())).isEqualTo(5);
            try (Device alice = as(two, "alice", client).persistent()) {
                assertThat(alice.tryConnect().present()).isTrue();
            }
        }
    }

    private static void whatIsRevokedOnOneNodeEndsOnAll(ModelNode one, ModelNode two) {
        try (Device here = as(one, "bob", "here").persistent().connect();
                Device there = as(two, "bob", "there").connect()) {
            assertThat(here.subscribe(1, List.of("secret/#", "news/#"))).containsExactly(1, 1);
            assertThat(there.subscribe("secret/#", 1)).isEqualTo(1);
            two.change(
                    "default",
                    reply -> new RegistryCommand.AddPermission(
                            "test",
                            new PermissionRule(
                                    "",
                                    Effect.DENY,
                                    Action.SUBSCRIBE,
                                    Set.of("bob"),
                                    Set.of(),
                                    Set.of(),
                                    List.of("secret/#")),
                            reply));
            here.awaitClose();
            there.awaitClose();
        }
        publish(one, "secret/a", "not his");
        publish(one, "news/a", "his");
        try (Device bob = as(two, "bob", "here").persistent()) {
            assertThat(bob.tryConnect().present()).isTrue();
            assertThat(bob.next().body()).isEqualTo("his");
            publish(one, "secret/b", "nor this");
            publish(one, "news/b", "this");
            assertThat(bob.next().body()).isEqualTo("this");
        }
    }
}
