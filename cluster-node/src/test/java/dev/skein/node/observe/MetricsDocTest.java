package dev.skein.node.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.StoreMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md}, the names in the code and what a node shows are the same. */
class MetricsDocTest {
    private static final Path DOC = Path.of("..", "docs", "metrics.md");

    @Test
    void everyMetricStandsInTheDocumentWithItsTypeLabelsAndMeaning() throws Exception {
        List<String> rows = Files.readAllLines(DOC).stream()
                .filter(line -> line.startsWith("| `skein_"))
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(
                        Stream.of(MetricName.values()).map(MetricsDocTest::row).toList());
    }

    @Test
    void everyDropReasonStandsInTheDocument() throws Exception {
        List<String> reasons = Files.readAllLines(DOC).stream()
                .dropWhile(line -> !line.equals("## Reasons for a drop"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("##"))
                .filter(line -> line.startsWith("| `") && !line.startsWith("| `reason`"))
                .map(line -> line.substring("| `".length(), line.indexOf("` |")))
                .toList();
        assertThat(reasons)
                .containsExactlyElementsOf(
                        Stream.of(DropReason.values()).map(DropReason::label).toList());
    }

    @Test
    void nodeShowsEveryMetricWithTheDocumentedTypeAndMeaning() {
        List<String> shown = everything()
                .lines()
                .filter(line -> line.startsWith("# HELP skein_") || line.startsWith("# TYPE skein_"))
                .filter(line -> !line.contains("_seconds_max "))
                .map(line -> line.substring(2))
                .sorted()
                .toList();
        List<String> expected = new ArrayList<>();
        for (MetricName name : MetricName.values()) {
            expected.add("HELP " + name.exposed() + " " + name.help());
            expected.add("TYPE " + name.exposed() + " " + name.type().name().toLowerCase(Locale.ROOT));
        }
        assertThat(shown).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** Of a rule that does nothing. */
    private static final class NoFigures implements RuleFigures {
        @Override
        public long received() {
            return 0;
        }

        @Override
        public long sent() {
            return 0;
        }

        @Override
        public long refused() {
            return 0;
        }

        @Override
        public long dropped() {
            return 0;
        }

        @Override
        public long backlog() {
            return 0;
        }

        @Override
        public long backlogBytes() {
            return 0;
        }

        @Override
        public boolean isFailing() {
            return false;
        }
    }

    private static String everything() {
        try (NodeMetrics metrics = new NodeMetrics(new MetricsSettings(10))) {
            TopicMetrics topic = metrics.topic("default", "a");
            topic.received(0, 1);
            topic.delivered(0);
            topic.dropped(DropReason.CLOSED);
            metrics.heldPublishers(() -> 1, () -> 2, () -> 3);
            metrics.admissionWait("connect").record(1);
            metrics.admission("connect", () -> 1, () -> 2, () -> 3);
            metrics.admissionRefused("connect", () -> 1, () -> 2);
            metrics.connectionMemory(() -> 1, () -> 2, () -> 3);
            metrics.sessionRoutes(() -> 1, () -> 2);
            metrics.memory("heap", () -> 1, () -> 2, () -> true);
            metrics.memoryAlarms(() -> 1);
            metrics.trace(() -> 1, () -> 2, () -> 3);
            metrics.disk(() -> 1, () -> 2, () -> true);
            metrics.rateExceeded("default", "client", "messages", () -> 1);
            metrics.reconnects(() -> 1, () -> 2, () -> 3);
            metrics.http("http").refused("LIMIT");
            metrics.rule("default", "out1", new NoFigures());
            metrics.routersPassedOver(() -> 1);
            metrics.deliveriesQueued("default", () -> 1);
            metrics.publishToAck("default").record(1);
            metrics.publishToDelivery("default").record(1);
            metrics.certificate(NodeMetrics.CLUSTER).inUse(Instant.EPOCH);
            metrics.certificate(NodeMetrics.CLUSTER).listsInUse(Instant.ofEpochSecond(1));
            metrics.linkRefused("name");
            ConnectionMetrics mqtt = metrics.connections("mqtt");
            mqtt.connected("default");
            mqtt.disconnected("default", "CLIENT");
            mqtt.refused("LIMIT");
            mqtt.packetRejected("LENGTH");
            metrics.sessions("default", () -> 1, () -> 2);
            metrics.subscriptions("default", () -> 1);
            metrics.subscriptionsRevoked("default").increment();
            metrics.routes("default", () -> 1, () -> 2);
            metrics.retained("default", () -> 1, () -> 1);
            metrics.filters("default", () -> 1, () -> 1);
            metrics.retainedRefused("default");
            metrics.subscriptionsRefused("default", "too_many_filters");
            metrics.cluster(() -> 3);
            metrics.standstills(() -> 1);
            metrics.link("192.0.2.2:25520", () -> 4);
            metrics.links(() -> 1, () -> 2, () -> 3);
            metrics.remoteRoutes(() -> 1, () -> 2, () -> 3, () -> 4);
            metrics.store(() -> new StoreMetrics(1, 2, 3, 4, 5), () -> 6, () -> 7);
            return metrics.scrape();
        }
    }

    private static String row(MetricName name) {
        String labels =
                name.labels().stream().map(label -> "`" + label.text() + "`").collect(Collectors.joining(", "));
        return "| `%s` | %s | %s | %s |"
                .formatted(name.exposed(), name.type().name().toLowerCase(Locale.ROOT), labels, name.help());
    }
}
