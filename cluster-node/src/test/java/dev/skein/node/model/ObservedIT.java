package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a node shows of itself and of its clients. */
@ExtendWith(Model.Extension.class)
class ObservedIT {
    private final ModelNode node;

    ObservedIT(Model model) {
        this.node = model.node();
    }

    @Test
    void timesOfASampleOfMessagesAreMeasured() {
        try (Device subscriber = node.stranger("times-s").connect();
                Device publisher = node.stranger("times-p").connect()) {
            double acks = metric("skein_publish_ack_seconds_count");
            double deliveries = metric("skein_publish_delivery_seconds_count");
            subscriber.subscribe("times/a", 1);
            for (int i = 0; i < 200; i++) {
                publisher.publish("times/a", "x", 1);
                assertThat(subscriber.next().body()).isEqualTo("x");
            }

            assertThat(metric("skein_publish_ack_seconds_count") - acks).isBetween(2.0, 200.0);
            assertThat(metric("skein_publish_delivery_seconds_count") - deliveries)
                    .isBetween(2.0, 200.0);
        }
    }

    @Test
    void messagesOfAClientAreCounted() {
        try (Device subscriber = node.stranger("counted-s").connect();
                Device publisher = node.stranger("counted-p").connect()) {
            subscriber.subscribe("counted/a", 1);
            for (int i = 0; i < 3; i++) {
                publisher.publish("counted/a", "x", 1);
                subscriber.next();
            }

            assertThat(node.client("default", "counted-p").json().at("/counters/received"))
                    .hasToString("3");
            assertThat(node.client("default", "counted-s").json().at("/counters/delivered"))
                    .hasToString("3");
        }
    }

    @Test
    void openSocketsAndAcceptsAreCounted() {
        double accepts = metric("skein_accepts_total");
        try (Device device = node.stranger("accepted").connect()) {
            device.ping();
            assertThat(metric("skein_accepts_total")).isGreaterThan(accepts);
            assertThat(metric("skein_sockets")).isPositive();
        }
    }

    @Test
    void readyNodeNamesWhatItLookedAt() {
        assertThat(node.page("/health/ready")).contains("store", "registry", "listeners", "draining", "1 open");
    }

    @Test
    void searchThatFindsNothingInItsPagesGoesOnWhereItStopped() {
        List<Device> sessions = IntStream.range(0, 3)
                .mapToObj(i -> node.stranger("page-" + i).persistent().connect())
                .toList();
        sessions.forEach(Device::close);
        List<String> found = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = node.api(
                            "GET",
                            "/instances/default/clients?search=page-&limit=1"
                                    + (next.isEmpty() ? "" : "&after=" + next),
                            "")
                    .json();
            page.path("clients")
                    .forEach(client -> found.add(client.path("clientId").asText()));
            next = page.path("next").asText("");
        } while (!next.isEmpty() && !next.equals("null"));

        assertThat(found).containsExactly("page-0", "page-1", "page-2");
    }

    private double metric(String name) {
        return node.page("/metrics")
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
