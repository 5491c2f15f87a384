package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skein.node.reliability.Waiting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator finds what is too large, whatever is stored, and takes it away while the node runs. */
class OverviewIT {
    private static final String ANONYMOUS = "skein.instances.default.anonymous = always";
    private static final String DEFAULT = "/instances/default";

    @TempDir
    Path directory;

    @Test
    void retainedMessagesAreListedAndDeletedWithoutTellingSubscribers() {
        try (ModelNode node = ModelNode.start(directory, ANONYMOUS);
                Device device = node.stranger("d").connect()) {
            for (int i = 0; i < 30; i++) {
                device.retain("many/" + i, "12345");
            }
            device.retain("other", "1");
            JsonNode page = node.api("GET", DEFAULT + "/retained?limit=2", "").json();
            assertThat(page.path("messages")).hasSize(2);
            JsonNode first = page.path("messages").get(0);
            assertThat(first.path("topic").asText()).isEqualTo("many/0");
            assertThat(first.path("bytes").asInt()).isEqualTo(5);
            assertThat(first.path("origin").asText()).isEqualTo("mqtt:d");
            assertThat(page.path("next").asText()).isEqualTo("many/1");

            try (Device reader = node.stranger("r").connect()) {
                reader.subscribe("many/#", 0);
                for (int i = 0; i < 30; i++) {
                    assertThat(reader.next().body()).isEqualTo("12345");
                }
                ModelNode.Reply deleted = node.api("DELETE", DEFAULT + "/retained?filter=many/%2B&limit=20", "");
                assertThat(deleted.json().path("deleted").asInt()).isEqualTo(20);
                String next = deleted.json().path("next").asText();
                deleted = node.api("DELETE", DEFAULT + "/retained?filter=many/%2B&after=" + ModelNode.encode(next), "");
                assertThat(deleted.json().path("deleted").asInt()).isEqualTo(10);
                assertThat(deleted.json().path("next").isNull()).isTrue();
                device.publish("many/0", "still here", 1);
                assertThat(reader.next().body()).isEqualTo("still here");
            }
            try (Device later = node.stranger("later").connect()) {
                later.subscribe("#", 0);
                assertThat(later.next().topic()).isEqualTo("other");
                later.ping();
                device.publish("end", "", 1);
                assertThat(later.next().topic()).isEqualTo("end");
            }
            assertThat(node.api("DELETE", DEFAULT + "/retained/other", "").status())
                    .isEqualTo(204);
            assertThat(node.api("DELETE", DEFAULT + "/retained/other", "").status())
                    .isEqualTo(404);
            assertThat(node.api("DELETE", DEFAULT + "/retained", "").status()).isEqualTo(400);
            assertThat(node.api("GET", DEFAULT + "/retained", "").json().path("messages"))
                    .isEmpty();
        }
    }

    private static JsonNode largestQueue(ModelNode node) {
        return node.api("GET", DEFAULT + "/sessions?largest=queue", "")
                .json()
                .path("sessions")
                .path(0);
    }

    @Test
    @SuppressWarnings("try") // a device that stays away
    void theLargestSessionIsFoundAndDiscarded() {
        try (ModelNode node = ModelNode.start(directory, ANONYMOUS)) {
            List<String> filters = new ArrayList<>();
            for (int i = 0; i < 2500; i++) {
                filters.add("f/" + i);
            }
            try (Device large = node.stranger("large").persistent().connect();
                    Device small = node.stranger("small").persistent().connect()) {
                large.subscribe(1, filters);
                small.subscribe("s", 1);
                large.disconnect();
                small.disconnect();
            }
            try (Device publisher = node.stranger("p").connect()) {
                publisher.publish("s", "1", 1);
                publisher.publish("s", "2", 1);
            }
            JsonNode session = node.api("GET", DEFAULT + "/sessions?largest=filters&limit=1", "")
                    .json()
                    .path("sessions")
                    .get(0);
            assertThat(session.path("clientId").asText()).isEqualTo("large");
            assertThat(session.path("filters").asInt()).isEqualTo(2500);
            assertThat(session.path("owner").asText()).isEqualTo("anonymous");
            // What came within the last seconds may be in the journal alone.
            Waiting.until(
                    "its queue is in the database",
                    () -> largestQueue(node).path("queued").asInt() == 2);
            session = largestQueue(node);
            assertThat(session.path("clientId").asText()).isEqualTo("small");
            assertThat(session.path("queued").asInt()).isEqualTo(2);
            assertThat(node.api("GET", DEFAULT + "/sessions?search=ar", "")
                            .json()
                            .path("sessions"))
                    .hasSize(1);

            JsonNode client = node.client("default", "large").json();
            assertThat(client.path("subscriptions")).hasSize(1000);
            assertThat(client.path("subscriptionCount").asInt()).isEqualTo(2500);
            assertThat(all(node, "large")).isEqualTo(new TreeSet<>(filters));

            assertThat(node.api("DELETE", DEFAULT + "/clients/large/session", "")
                            .status())
                    .isEqualTo(204);
            assertThat(node.api("GET", DEFAULT + "/sessions", "").json().path("sessions"))
                    .hasSize(1);
        }
    }

    @Test
    void filtersOfACleanSessionComeInPages() {
        try (ModelNode node = ModelNode.start(directory, ANONYMOUS);
                Device device = node.stranger("clean").connect()) {
            List<String> filters = new ArrayList<>();
            for (int i = 0; i < 1500; i++) {
                filters.add("f/" + i);
            }
            device.subscribe(1, filters);
            assertThat(all(node, "clean")).isEqualTo(new TreeSet<>(filters));
            assertThat(node.api("GET", DEFAULT + "/clients/nobody/subscriptions", "")
                            .status())
                    .isEqualTo(404);
        }
    }

    private static Set<String> all(ModelNode node, String clientId) {
        TreeSet<String> seen = new TreeSet<>();
        String after = "";
        while (true) {
            JsonNode page = node.api(
                            "GET",
                            DEFAULT + "/clients/" + clientId + "/subscriptions?limit=700&after="
                                    + ModelNode.encode(after),
                            "")
                    .json();
            page.path("subscriptions")
                    .forEach(each -> seen.add(each.path("filter").asText()));
            if (page.path("next").isNull()) {
                return seen;
            }
            after = page.path("next").asText();
        }
    }
}
