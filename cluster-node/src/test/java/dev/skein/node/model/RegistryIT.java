package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups and parent topics made through the control API, over a restart. */
class RegistryIT {
    private static final String FLEET = """
            skein.instances.fleet {
              mode = apsara, groups = [GID_Test], parent-topics = [news]
              access-keys = [{ id = YYYYY, secret = XXXXX }]
            }
            """;

    @Test
    void groupsAndParentTopicsComeAndGoAndTheAuditLogTells(@TempDir Path directory) {
        List<String> before;
        try (ModelNode node = ModelNode.start(directory, FLEET)) {
            assertThat(connect(node, "GID_new@@@1")).isEqualTo(5);
            assertThat(create(node, "groups", "group", "GID_new")).isEqualTo(201);
            assertThat(create(node, "topics", "parentTopic", "orders")).isEqualTo(201);
            try (Device device = node.device("fleet", "GID_new@@@1").connect()) {
                assertThat(device.subscribe("orders/#", 1)).isEqualTo(1);
                device.publish("orders/1", "made", 1);
                assertThat(device.next().body()).isEqualTo("made");

                assertThat(delete(node, "topics", "orders")).isEqualTo(204);
                device.publishOnly("orders/1", "gone", 1);
                device.awaitClose();
            }
            assertThat(delete(node, "groups", "GID_new")).isEqualTo(204);
            assertThat(connect(node, "GID_new@@@1")).isEqualTo(5);
            assertThat(create(node, "groups", "group", "GID_kept")).isEqualTo(201);
            before = audit(node);
            assertThat(before)
                    .containsExactly(
                            "group-created GID_kept",
                            "group-deleted GID_new",
                            "parent-topic-deleted orders",
                            "parent-topic-created orders",
                            "group-created GID_new");
        }
        try (ModelNode node = ModelNode.start(directory, FLEET)) {
            assertThat(connect(node, "GID_kept@@@1")).isZero();
            assertThat(connect(node, "GID_new@@@1")).isEqualTo(5);
            assertThat(connect(node, "GID_Test@@@1")).isZero();
            assertThat(audit(node)).isEqualTo(before);
        }
    }

    @Test
    void sessionsQueuesAndMessageIdsGoOnAfterARestart(@TempDir Path directory) {
        String last;
        try (ModelNode node = ModelNode.start(directory, FLEET);
                Device publisher = node.device("fleet", "GID_Test@@@publisher").connect()) {
            try (Device keeper =
                    node.device("fleet", "GID_Test@@@keeper").persistent().connect()) {
                keeper.subscribe("news/#", 1);
                keeper.disconnect();
            }
            publisher.publish("news/a", "subscribed", 1);
            publisher.publish("news/p2p/GID_Test@@@keeper", "to one", 1);
            last = messageId(node);
        }
        try (ModelNode node = ModelNode.start(directory, FLEET);
                Device keeper = node.device("fleet", "GID_Test@@@keeper").persistent()) {
            assertThat(messageId(node)).isGreaterThan(last);
            assertThat(keeper.tryConnect().present()).isTrue();
            assertThat(keeper.next().body()).isEqualTo("subscribed");
            assertThat(keeper.next().body()).isEqualTo("to one");
            assertThat(keeper.next().body()).isEqualTo("id");
            assertThat(keeper.next().body()).isEqualTo("id");
        }
    }

    private static int connect(ModelNode node, String clientId) {
        try (Device device = node.device("fleet", clientId)) {
            return device.tryConnect().code();
        }
    }

    private static int create(ModelNode node, String what, String field, String name) {
        return node.api("POST", "/instances/fleet/" + what, "{\"" + field + "\": \"" + name + "\"}")
                .status();
    }

    private static int delete(ModelNode node, String what, String name) {
        return node.api("DELETE", "/instances/fleet/" + what + "/" + ModelNode.encode(name), "")
                .status();
    }

    private static List<String> audit(ModelNode node) {
        JsonNode entries = node.api("GET", "/instances/fleet/audit", "").json().path("entries");
        return StreamSupport.stream(entries.spliterator(), false)
                .map(entry -> entry.path("action").asText() + " "
                        + entry.path("subject").asText())
                .toList();
    }

    private static String messageId(ModelNode node) {
        return node.api(
                        "POST",
                        "/instances/fleet/messages",
                        "{\"topic\": \"news/id\", \"payload\": \"id\", \"qos\": 1}")
                .json()
                .path("messageId")
                .asText();
    }
}
