package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Waiting;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All clients of an instance together have bounds, which hold for what was stored before, too, and refuse no start. */
class InstanceTotalsIT {
    private static final int REFUSED = 0x80;

    @TempDir
    Path directory;

    private ModelNode start(String limits) {
        return ModelNode.start(directory, "skein.instances.default { anonymous = always, limits { " + limits + " } }");
    }

    private static List<String> filters(String of, int count) {
        return IntStream.range(0, count).mapToObj(i -> of + "/" + i).toList();
    }

    private static void awaitMetric(ModelNode node, String name, long value) {
        String line = name + "{mqtt_instance=\"default\"} " + value + ".0";
        Waiting.until(line, () -> node.page("/metrics").contains(line));
    }

    @Test
    void filtersOfAllSessionsAreBoundedAndThoseThatAreThereStay() {
        try (ModelNode node = start("instance-filters = 10");
                Device kept = node.stranger("kept").persistent().connect();
                Device clean = node.stranger("clean").connect()) {
            assertThat(kept.subscribe(1, filters("k", 6))).containsOnly(1);
            assertThat(clean.subscribe(1, filters("c", 6))).containsExactly(1, 1, 1, 1, REFUSED, REFUSED);
            assertThat(clean.subscribe("c/0", 0)).as("one that it has").isZero();
            assertThat(kept.subscribe("one more", 1)).isEqualTo(REFUSED);
            clean.unsubscribe("c/0");
            assertThat(kept.subscribe("one more", 1)).isEqualTo(1);
            assertThat(clean.subscribe("c/0", 1)).isEqualTo(REFUSED);
            clean.disconnect();
            try (Device next = node.stranger("next").connect()) {
                assertThat(next.subscribe(0, filters("n", 4))).containsExactly(0, 0, 0, REFUSED);
                assertThat(node.page("/metrics"))
                        .contains("skein_subscriptions_refused_total{mqtt_instance=\"default\","
                                + "reason=\"instance_filters\"} 5.0");
            }
            kept.disconnect();
        }
        try (ModelNode node = start("instance-filters = 5")) {
            awaitMetric(node, "skein_instance_filters", 7);
            try (Device device = node.stranger("device").connect()) {
                assertThat(device.subscribe("x", 1)).isEqualTo(REFUSED);
                try (Device kept = node.stranger("kept").persistent()) {
                    assertThat(kept.tryConnect().present()).isTrue();
                    device.publish("k/1", "still", 1);
                    assertThat(kept.next().body()).isEqualTo("still");
                    for (int i = 0; i < 3; i++) {
                        kept.unsubscribe("k/" + i);
                    }
                    assertThat(device.subscribe("x", 1)).isEqualTo(1);
                    assertThat(device.subscribe("y", 1)).isEqualTo(REFUSED);
                }
            }
        }
    }

    @Test
    void charactersOfFiltersAreBounded() {
        try (ModelNode node = start("instance-filter-bytes = 1000");
                Device device = node.stranger("d").connect()) {
            assertThat(device.subscribe("a/" + "x".repeat(900), 1)).isEqualTo(1);
            assertThat(device.subscribe("a/" + "y".repeat(100), 1)).isEqualTo(REFUSED);
            assertThat(device.subscribe("a/b", 1)).isEqualTo(1);
        }
    }

    @Test
    void retainedMessagesOfAnInstanceAreBoundedAndRefusedOnesDelivered() {
        try (ModelNode node = start("retained-bytes = 1000")) {
            awaitMetric(node, "skein_messages_retained_bytes", 0);
            try (Device device = node.stranger("d").connect()) {
                Waiting.until("the first count is in force", () -> {
                    device.retain("a/1", "x".repeat(500));
                    return node.api("GET", "/instances/default/retained", "")
                                    .json()
                                    .path("messages")
                                    .size()
                            == 1;
                });
                device.subscribe("#", 1);
                assertThat(device.next().topic()).isEqualTo("a/1");
                device.retain("b/1", "y".repeat(500));
                assertThat(device.next().topic()).as("delivered").isEqualTo("b/1");
                device.retain("c/1", "z".repeat(400));
            }
            assertThat(node.api("GET", "/instances/default/retained", "").json().path("messages"))
                    .extracting(each -> each.path("topic").asText())
                    .containsExactly("a/1", "c/1");
        }
        try (ModelNode node = start("retained-bytes = 100")) {
            awaitMetric(node, "skein_messages_retained_bytes", 906);
            try (Device device = node.stranger("d").connect()) {
                device.retain("d/1", "x");
                device.subscribe("#", 1);
                assertThat(List.of(device.next().topic(), device.next().topic()))
                        .containsExactlyInAnyOrder("a/1", "c/1");
                assertThat(node.api("DELETE", "/instances/default/retained?filter=%23", "")
                                .json()
                                .path("deleted")
                                .asInt())
                        .isEqualTo(2);
                device.retain("d/1", "x");
                assertThat(device.next().topic()).isEqualTo("d/1");
            }
            assertThat(node.api("GET", "/instances/default/retained", "").json().path("messages"))
                    .hasSize(1);
        }
    }
}
