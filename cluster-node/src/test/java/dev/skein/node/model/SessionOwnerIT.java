package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.skein.node.registry.PermissionRule;
import dev.skein.node.registry.RegistryCommand;
import dev.skein.node.registry.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A session belongs to the identity that made it, and gives only what that may still read. */
class SessionOwnerIT {
    private static final String HASH = BCrypt.withDefaults().hashToString(4, "secret".toCharArray());
    private static final String USERS = """
            users = [
              { name = alice, password-hash = "{hash}" }
              { name = bob, password-hash = "{hash}" }
              { name = carol, password-hash = "{hash}", client-ids = ["%u", "car-*-c"] }
            ]
            access-keys = [
              { id = one, secret = XXXXX }
              { id = two, secret = XXXXX }
              { id = three, secret = XXXXX, account = one, client-ids = ["%u-*", "c"] }
            ]
            """.replace("{hash}", HASH);
    private static final String BOB_IS_DENIED =
            ", permissions = [{ effect = deny, users = [bob], topics = [\"secret/#\"] }]";

    @TempDir
    private Path directory;

    private static String instance(String more) {
        return "skein.instances.default { anonymous = always\n" + USERS + more + "}";
    }

    private static Device as(ModelNode node, String user, String clientId) {
        return node.stranger(clientId).login(user, "secret");
    }

    private static int code(Device device) {
        try (device) {
            return device.tryConnect().code();
        }
    }

    private static void keep(Device device, String... filters) {
        try (device) {
            device.persistent().connect();
            for (String filter : filters) {
                assertThat(device.subscribe(filter, 1)).isEqualTo(1);
            }
            device.disconnect();
        }
    }

    private static void publish(ModelNode node, String topic, String body) {
        try (Device publisher = as(node, "alice", "publisher").connect()) {
            publisher.publish(topic, body, 1);
        }
    }

    @Test
    void aStrangerIsRefusedTheSessionAtRestAndMayNotDiscardIt() {
        String instance = instance(BOB_IS_DENIED);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger connections = (Logger) LoggerFactory.getLogger("dev.skein.connections");
        connections.addAppender(lines);
        try (ModelNode node = ModelNode.start(directory, instance)) {
            keep(as(node, "alice", "c"), "secret/#");
            publish(node, "secret/a", "hers");

            assertThat(code(as(node, "bob", "c").persistent())).isEqualTo(5);
            assertThat(code(as(node, "bob", "c").clean())).isEqualTo(5);
            assertThat(code(node.stranger("c").persistent())).isEqualTo(5);
        } finally {
            connections.detachAppender(lines);
        }
        assertThat(List.copyOf(lines.list))
                .extracting(ILoggingEvent::getFormattedMessage)
                .anySatisfy(line -> assertThat(line)
                        .contains(
                                "default|c", "belongs to user:alice, not to user:bob", "skein clients discard-session"))
                .anySatisfy(line -> assertThat(line).contains("belongs to user:alice, not to anonymous"));
        try (ModelNode node = ModelNode.start(directory, instance)) {
            assertThat(code(as(node, "bob", "c").persistent())).isEqualTo(5);
            assertThat(code(as(node, "bob", "c").clean())).isEqualTo(5);
            try (Device alice = as(node, "alice", "c").persistent()) {
                assertThat(alice.tryConnect().present()).isTrue();
                assertThat(alice.next().body()).isEqualTo("hers");
            }
        }
    }

    @Test
    void anOperatorTakesASessionFromItsOwner() {
        try (ModelNode node = ModelNode.start(directory, instance(""));
                Device alice = as(node, "alice", "c").persistent().connect()) {
            alice.subscribe("news/#", 1);
            String path = "/instances/default/clients/c/session";
            assertThat(node.api("DELETE", path, "").status()).isEqualTo(204);
            alice.awaitClose();
            assertThat(node.api("DELETE", path, "").status()).isEqualTo(404);
            publish(node, "news/a", "nobody's");
            try (Device bob = as(node, "bob", "c").persistent()) {
                assertThat(bob.tryConnect().present()).isFalse();
                assertThat(bob.subscribe("news/#", 1)).isEqualTo(1);
                publish(node, "news/b", "his");
                assertThat(bob.next().body()).isEqualTo("his");
                bob.disconnect();
            }
            assertThat(code(as(node, "alice", "c"))).isEqualTo(5);
            assertThat(node.api("DELETE", path, "").status()).isEqualTo(204);
            assertThat(code(as(node, "alice", "c"))).isZero();
        }
    }

    @Test
    void aStrangerDoesNotCloseALiveConnection() {
        try (ModelNode node = ModelNode.start(directory, instance(""));
                Device alice = as(node, "alice", "c").connect();
                Device nobody = node.stranger("n").connect()) {
            assertThat(code(as(node, "bob", "c"))).isEqualTo(5);
            assertThat(code(node.stranger("c"))).isEqualTo(5);
            assertThat(code(as(node, "bob", "n"))).isEqualTo(5);
            alice.ping();
            nobody.ping();
            try (Device again = as(node, "alice", "c").connect()) { // takes over
                alice.awaitClose();
                again.disconnect();
            }
            assertThat(code(as(node, "bob", "c"))).as("a clean session is over").isZero();
        }
    }

    @Test
    void whoeverTakesUpASessionWhereTheInstanceLetsEverybodyOwnsIt() {
        try (ModelNode node = ModelNode.start(directory, instance(""))) {
            keep(as(node, "alice", "c"), "a/#");
        }
        try (ModelNode node = ModelNode.start(directory, instance("session-owner = any"))) {
            try (Device bob = as(node, "bob", "c").persistent()) {
                assertThat(bob.tryConnect().present()).isTrue();
            }
            keep(as(node, "bob", "d"), "a/#");
        }
        try (ModelNode node = ModelNode.start(directory, instance(""))) {
            assertThat(code(as(node, "alice", "c").persistent())).isEqualTo(5);
            assertThat(code(as(node, "alice", "d").persistent())).isEqualTo(5);
            assertThat(code(as(node, "bob", "c").persistent())).isZero();
        }
    }

    @Test
    void keysOfOneAccountAreOneIdentity() {
        String fleet = "\nskein.instances.fleet { mode = apsara, groups = [GID_Test], parent-topics = [news]\n"
                + "access-keys = [{ id = one, secret = XXXXX }, { id = two, secret = XXXXX }"
                + ", { id = three, secret = XXXXX, account = other }] }";
        try (ModelNode node = ModelNode.start(directory, instance("") + fleet)) {
            keep(node.stranger("c").signed("one", "XXXXX", "default"), "a/#");
            assertThat(code(node.stranger("c").signed("two", "XXXXX", "default")))
                    .isEqualTo(5);
            keep(node.stranger("c").signed("three", "XXXXX", "default"), "b/#");

            String device = "GID_Test@@@d";
            keep(node.stranger(device).signed("one", "XXXXX", "fleet"), "news/#");
            keep(node.stranger(device).signed("two", "XXXXX", "fleet"), "news/#");
            assertThat(code(node.stranger(device).signed("three", "XXXXX", "fleet")))
                    .isEqualTo(5);
        }
    }

    @Test
    void anIdentityUsesTheClientIdsThatItsPatternsAllow() {
        try (ModelNode node = ModelNode.start(directory, instance(""))) {
            assertThat(code(as(node, "carol", "carol"))).isZero();
            assertThat(code(as(node, "carol", "car-17-c"))).isZero();
            assertThat(code(as(node, "carol", "car-c"))).isEqualTo(2);
            assertThat(code(as(node, "carol", "alice"))).isEqualTo(2);
            assertThat(code(as(node, "carol", ""))).isEqualTo(2);
            assertThat(code(as(node, "bob", "carol"))).isZero();
            assertThat(code(node.stranger("three-1").signed("three", "XXXXX", "default")))
                    .isZero();
            assertThat(code(node.stranger("two-1").signed("three", "XXXXX", "default")))
                    .isEqualTo(2);
        }
    }

    @Test
    void whatAClientMayNotReadAnyMoreEndsWhenItsSessionIsTakenUp() {
        try (ModelNode node = ModelNode.start(directory, instance(""))) {
            keep(as(node, "bob", "c"), "secret/#", "news/#");
            publish(node, "secret/a", "not his");
            publish(node, "news/a", "his");
        }
        try (ModelNode node = ModelNode.start(directory, instance(BOB_IS_DENIED))) {
            publish(node, "secret/b", "not his either"); // his subscription is still there
            try (Device bob = as(node, "bob", "c").persistent()) {
                assertThat(bob.tryConnect().present()).isTrue();
                assertThat(bob.next().body()).isEqualTo("his");
                publish(node, "secret/c", "nor this");
                publish(node, "news/b", "this");
                assertThat(bob.next().body()).isEqualTo("this");
                assertThat(bob.subscribe("more/#", 1)).isEqualTo(1);
                bob.disconnect();
            }
            assertThat(node.client("default", "c").json().path("subscriptions").findValuesAsText("filter"))
                    .containsExactlyInAnyOrder("news/#", "more/#");
            assertThat(node.page("/metrics"))
                    .contains("skein_subscriptions_revoked_total{mqtt_instance=\"default\"} 1.0")
                    .contains(
                            "skein_deliveries_dropped_total{mqtt_instance=\"default\",parent_topic=\"secret\",reason=\"revoked\"} 2.0");
        }
        try (ModelNode node = ModelNode.start(directory, instance(""));
                Device bob = as(node, "bob", "c").persistent()) {
            bob.connect();
            publish(node, "secret/d", "he has no subscription");
            publish(node, "news/c", "news");
            assertThat(bob.next().body()).isEqualTo("news");
        }
    }

    @Test
    void whatIsRevokedWhileTheNodeRunsClosesConnections() {
        try (ModelNode node = ModelNode.start(directory, instance(""));
                Device clean = as(node, "bob", "clean").will("secret/will").connect();
                Device kept = as(node, "bob", "kept").persistent().connect();
                Device other = as(node, "bob", "other").connect();
                Device alice = as(node, "alice", "a").connect()) {
            for (Device each : List.of(clean, kept, alice)) {
                assertThat(each.subscribe("secret/#", 1)).isEqualTo(1);
            }
            other.subscribe("news/#", 1);
            node.change(
                    "default",
                    reply -> new RegistryCommand.AddPermission(
                            "test",
                            new PermissionRule(
                                    "",
                                    PermissionRule.Effect.DENY,
                                    PermissionRule.Action.ALL,
                                    Set.of("bob"),
                                    Set.of(),
                                    Set.of(),
                                    List.of("secret/#")),
                            reply));
            clean.awaitClose(); // and its will goes nowhere
            kept.awaitClose();
            publish(node, "secret/a", "a secret");
            assertThat(alice.next().body()).isEqualTo("a secret");
            other.ping();
            try (Device again = as(node, "bob", "kept").persistent()) {
                assertThat(again.tryConnect().present()).isTrue();
                publish(node, "secret/b", "another");
                assertThat(again.subscribe("secret/#", 1)).isEqualTo(0x80);
                assertThat(again.subscribe("news/#", 1)).isEqualTo(1);
                publish(node, "news/a", "news");
                assertThat(again.next().body()).isEqualTo("news");
            }
        }
    }

    @Test
    void aUserThatIsRemovedIsClosed() {
        try (ModelNode node = ModelNode.start(directory, instance(""))) {
            node.change(
                    "default",
                    reply -> new RegistryCommand.AddUser("test", "dave", new Secret(HASH), List.of("d-*"), reply));
            try (Device dave = as(node, "dave", "d-1").connect();
                    Device alice = as(node, "alice", "a").connect()) {
                assertThat(code(as(node, "dave", "e-1"))).isEqualTo(2);
                node.change("default", reply -> new RegistryCommand.RemoveUser("test", "dave", reply));
                dave.awaitClose();
                alice.ping();
            }
            assertThat(code(as(node, "dave", "d-1"))).isEqualTo(4);
        }
    }
}
