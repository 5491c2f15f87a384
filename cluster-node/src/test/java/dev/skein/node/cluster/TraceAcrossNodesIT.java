package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.TestClient;
import dev.skein.node.reliability.Waiting;
import dev.skein.node.rule.FileBackEnd;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What happened on one node is found by asking another, and a node that does not answer is named. */
@Tag("mostly-waiting")
@ResourceLock(Lanes.FIRST)
class TraceAcrossNodesIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OUTBOUND = "skein.instances.default.rules.out1={ kind = outbound, connector = files,"
            + " parent-topic = telemetry, target-topic = t_out }";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path home;

    private JsonNode ask(ClusterNode node, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + node.host() + ":8080/api/v1/instances/default/trace" + path))
                .timeout(DEADLINE)
                .build();
        return JSON.readTree(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    private JsonNode await(ClusterNode at, String path, Predicate<List<String>> wanted) {
        AtomicReference<JsonNode> last = new AtomicReference<>();
        Waiting.until("records of " + path, DEADLINE, () -> {
            try {
                JsonNode answer = ask(at, path);
                last.set(answer);
                return wanted.test(shown(answer));
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        return Objects.requireNonNull(last.get());
    }

    private static List<String> shown(JsonNode answer) {
        List<String> shown = new ArrayList<>();
        answer.path("records")
                .forEach(record -> shown.add(record.path("step").asText() + " "
                        + record.path("clientId").asText("-")));
        return shown;
    }

    private static List<String> nodes(JsonNode answer) {
        List<String> nodes = new ArrayList<>();
        answer.path("records").forEach(record -> nodes.add(record.path("node").asText()));
        return nodes;
    }

    @Test
    void theWayOfAMessageOverTwoNodesIsFoundAtEitherOfThem() throws Exception {
        FileBackEnd backEnd = new FileBackEnd(home);
        String[] settings = backEnd.settings(OUTBOUND, "skein.instances.default.trace.mode=all");
        TestClient.Listener nothing = new TestClient.Listener() {};
        try (ClusterFixture cluster = ClusterFixture.in(home.resolve("cluster"), 2, settings);
                TestClient live = new TestClient("live", true, nothing);
                TestClient kept = new TestClient("kept", false, nothing);
                TestClient from = new TestClient("from", true, nothing)) {
            ClusterNode first = cluster.node(1);
            ClusterNode second = cluster.node(2);
            live.connect(TestClient.nextConnection(), second.address(), null, DEADLINE);
            live.subscribe("telemetry/+", 1).get(60, java.util.concurrent.TimeUnit.SECONDS);
            kept.connect(TestClient.nextConnection(), second.address(), null, DEADLINE);
            kept.subscribe("telemetry/+", 1).get(60, java.util.concurrent.TimeUnit.SECONDS);
            kept.cut();
            await(first, "/clients/kept", found -> found.equals(List.of("connect kept", "close kept")));
            from.connect(TestClient.nextConnection(), first.address(), null, DEADLINE);
            from.publish("telemetry/a", "x", 1, false, "x");
            from.publish("telemetry/bad", "poison", 1, false, "y");
            JsonNode ofLive = await(
                    first,
                    "/clients/live",
                    found -> found.stream().filter("acknowledged live"::equals).count() == 2);
            assertThat(nodes(ofLive)).containsOnly(second.host() + ":" + ClusterFixture.LINK_PORT);

            kept.connect(TestClient.nextConnection(), second.address(), null, DEADLINE);
            JsonNode ofKept = await(
                    first,
                    "/clients/kept",
                    found -> found.stream().filter("acknowledged kept"::equals).count() == 2);
            assertThat(shown(ofKept)).contains("pushed-offline kept");
            String stored = ofKept.path("records").findValuesAsText("messageId").getFirst();
            List<String> way = List.of(
                    "received from",
                    "pushed live",
                    "acknowledged live",
                    "stored from",
                    "rule-sent from",
                    "pushed-offline kept",
                    "acknowledged kept");
            for (ClusterNode each : List.of(first, second)) {
                JsonNode found = await(each, "/messages/" + stored, all -> all.size() == way.size());
                assertThat(shown(found)).containsExactlyInAnyOrderElementsOf(way);
                assertThat(nodes(found)).contains(first.host() + ":25520", second.host() + ":25520");
            }
            JsonNode refused = await(
                    second, "/clients/from?steps=rule-refused", found -> found.equals(List.of("rule-refused from")));
            assertThat(refused.at("/records/0/detail").asText()).startsWith("out1: ");

            second.stop();
            JsonNode without = await(first, "/clients/live", List::isEmpty);
            assertThat(without.path("unanswered"))
                    .singleElement()
                    .satisfies(node -> assertThat(node.asText()).startsWith(second.host()));
            second.proceed();
        }
    }
}
