package dev.skein.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skein.loadtest.TinyBroker.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scenarios against a broker that does everything right. */
class MessageRunTest {
    private static final String SHORT = " --warmup 500ms --duration 600ms --drain 5s";

    private final TinyBroker broker = TinyBroker.start(Fault.NONE);

    @AfterEach
    void close() {
        broker.close();
    }

    @ParameterizedTest
    @CsvSource({
        "pair --pairs 4, 0, 1",
        "pair --pairs 4, 1, 1",
        "pair --pairs 4, 2, 1",
        "pair --pairs 1, 0, 1",
        "fan-out --publishers 2 --subscribers 7, 0, 7",
        "fan-out --publishers 2 --subscribers 7, 1, 7",
        "fan-out --publishers 2 --subscribers 7, 2, 7",
        "fan-out --publishers 12 --subscribers 3, 0, 3",
        "fan-in --publishers 20 --subscribers 1, 0, 1",
        "fan-in --publishers 20 --subscribers 1, 1, 1",
        "fan-in --publishers 5 --subscribers 2, 0, 1",
        "fan-in --publishers 5 --subscribers 2, 2, 1"
    })
    void everyMessageReachesEverySubscriberOnce(String scenario, int qos, int copies) {
        Outcome outcome = Outcome.against(broker, scenario + " --qos " + qos + SHORT);

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        JsonNode json = outcome.json();
        assertThat(json.path("passed").asBoolean()).isTrue();
        assertThat(json.path("sent").asLong()).isPositive();
        assertThat(json.path("latencyMicros").path("p50").asDouble()).isPositive();
        assertThat(outcome.check("sent")).isGreaterThan(json.path("sent").asLong());
        assertThat(outcome.check("delivered")).isEqualTo(outcome.check("sent") * copies);
        assertThat(outcome.check("lost")).isZero();
        assertThat(outcome.check("stalls")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "pair --pairs 4, 0",
        "pair --pairs 4 --user-properties 3 --message-expiry 60, 1",
        "pair --pairs 4 --topic-aliases --receive-maximum 20, 2",
        "fan-in --publishers 20 --topic-aliases --user-properties 1, 1"
    })
    void mqtt5CarriesEveryMessageWithItsProperties(String scenario, int qos) {
        Outcome outcome = Outcome.against(broker, scenario + " --mqtt-version 5 --qos " + qos + SHORT);

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.check("violations")).isZero();
        assertThat(outcome.check("delivered")).isPositive().isEqualTo(outcome.check("sent"));
        assertThat(broker.byAlias() > 0).isEqualTo(scenario.contains("aliases"));
    }

    @Test
    void publishersKeepTheReceiveMaximumOfTheBroker() {
        try (TinyBroker silent = TinyBroker.start(Fault.KEEPS_ACKNOWLEDGEMENTS)) {
            Outcome outcome = Outcome.against(silent, "pair --pairs 1 --mqtt-version 5 --qos 1 --window 20" + SHORT);

            assertThat(outcome.check("sent")).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 0, 1", "3, 1, 1", "5, 2, 1", "5, 1, 12"})
    void groupGetsEachMessageOnce(int version, int qos, int publishers) {
        Outcome outcome = Outcome.against(
                broker,
                "fan-out --share g --subscribers 4 --publishers " + publishers + " --mqtt-version " + version
                        + " --qos " + qos + SHORT);

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.check("lost")).isZero();
        assertThat(outcome.check("delivered")).isPositive().isEqualTo(outcome.check("sent"));
        JsonNode members = outcome.json().path("members");
        assertThat(members.path("count").asInt()).isEqualTo(4);
        long smallest = members.path("smallest").asLong();
        assertThat(members.path("largest").asLong()).isBetween(smallest, smallest + publishers);
        assertThat(members.path("median").asLong()).isGreaterThanOrEqualTo(smallest);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void openLoopKeepsItsRate(int qos) {
        Outcome outcome =
                Outcome.against(broker, "pair --pairs 3 --rate 600 --qos " + qos + " --warmup 500ms --duration 1s");

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.check("sent")).isBetween(400L, 900L);
        JsonNode schedule = outcome.json().path("schedule");
        assertThat(schedule.path("askedPerSecond").asDouble()).isEqualTo(600);
        assertThat(schedule.path("unsent").asLong()).isEqualTo(900 - outcome.check("sent"));
    }

    @Test
    void runThatCannotKeepItsRateSaysSo() {
        Outcome outcome = Outcome.against(broker, "pair --pairs 1 --rate 50000000" + SHORT);

        assertThat(outcome.json().path("schedule").path("kept").asBoolean()).isFalse();
        assertThat(outcome.err()).contains("NOT KEPT");
    }

    @Test
    void windowByDeliveryWorksBesideAcknowledgements() {
        Outcome outcome =
                Outcome.against(broker, "fan-out --subscribers 5 --qos 1 --window 3 --window-by delivery" + SHORT);

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.check("delivered")).isEqualTo(outcome.check("sent") * 5);
    }

    @Test
    void largePayloadsArriveWhole() {
        Outcome outcome = Outcome.against(broker, "pair --pairs 2 --size 200000 --window 3 --qos 1" + SHORT);

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.check("delivered")).isPositive();
    }

    @Test
    void persistentSessionsAreDiscardedAfterTheRun() {
        Outcome outcome = Outcome.against(broker, "pair --pairs 2 --persistent --client-prefix dev-" + SHORT);

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(broker.seen()).contains("dev-p0", "dev-p1", "dev-s0", "dev-s1");
        assertThat(broker.sessions()).isEmpty();
    }

    @Test
    void persistentSessionsAreKeptWhenAsked() {
        Outcome.against(broker, "pair --pairs 1 --persistent --keep-sessions --client-prefix dev-" + SHORT);

        assertThat(broker.sessions()).containsExactlyInAnyOrder("dev-p0", "dev-s0");
    }

    @Test
    void clientsComeFromEverySourceAddress() {
        Outcome outcome = Outcome.against(
                broker, "pair --pairs 2 --source-addresses 127.0.0.2,127.0.0.3 --topic-prefix a/b" + SHORT);

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(broker.peers()).containsExactlyInAnyOrder("127.0.0.2", "127.0.0.3");
        assertThat(broker.seen()).anyMatch(topic -> topic.startsWith("a/b/"));
    }

    @Test
    void summaryHasEveryFigureAndProgressIsPlainLines(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("figures.json");
        Outcome outcome = Outcome.of(
                "pair",
                "--pairs=2",
                "--warmup=100ms",
                "--duration=1200ms",
                "--port=" + broker.port(),
                "--json=" + file,
                "--broker-pid=" + ProcessHandle.current().pid());

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("messages/s", "p99.9", "lost 0   duplicates 0   order breaks 0")
                .containsPattern("broker +[0-9.]+ us CPU a delivery .* resident .* peak")
                .contains("result      ok");
        assertThat(outcome.err()).contains("measuring").doesNotContain("\u001B");
        assertThat(Files.readString(file)).contains("\"cpuMicrosPerDelivery\"", "\"p99.9\"", "\"passed\" : true");
    }
}
