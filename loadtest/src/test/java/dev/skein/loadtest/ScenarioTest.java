package dev.skein.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skein.loadtest.TinyBroker.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A small scenario against a broker with faults: the criteria see them, and say so. */
class ScenarioTest {
    private static final String FILE = """
            about = "pairs that ask and answer"
            drain = 1 s
            groups {
              left { count = 4, client-id = "left{run}{n}", subscribe = [{ filter = "a/{run}/{n}", qos = %1$s }] }
              right { count = 2, client-id = "right{run}{n}", subscribe = [{ filter = "q/{run}/{n}/#", qos = %1$s }] }
            }
            flows {
              ask { from = left, topic = "q/{run}/{n%%right}/{n}", qos = %1$s, size = 16, rate = 50 }
              answer { from = right, answers = ask, topic = "a/{run}/{to.n}", qos = %1$s, size = 40 }
            }
            phases = [{ connect = [left, right] }, { run = 1 s }]
            """;

    @TempDir
    private Path directory = Path.of("");

    private Outcome run(Fault fault, int qos, String more) throws IOException {
        Path file = directory.resolve("mine.conf");
        Files.writeString(file, String.format(java.util.Locale.ROOT, FILE, qos) + more);
        try (TinyBroker broker = TinyBroker.start(fault)) {
            return Outcome.against(broker, "scenario " + file + " --checks-only");
        }
    }

    private static JsonNode flow(Outcome outcome, String name) {
        for (JsonNode flow : outcome.json().path("flows")) {
            if (flow.path("name").asText().equals(name)) {
                return flow;
            }
        }
        throw new AssertionError(name + " in " + outcome.out() + outcome.err());
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "2"})
    void requestsAreAnsweredAtEveryQos(int qos) throws IOException {
        Outcome outcome = run(Fault.NONE, qos, "");

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(flow(outcome, "answer").findValue("delivered").asLong())
                .isEqualTo(flow(outcome, "ask").findValue("sent").asLong())
                .isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LOSES                  | 1 | flow ask to right: lost: ",
                "DUPLICATES             | 2 | flow ask to right: duplicates: ",
                "REORDERS               | 1 | flow ask to right: order breaks: ",
                "TRUNCATES              | 1 | flow ask to right: violations: ",
                "KEEPS_ACKNOWLEDGEMENTS | 1 | flow ask to right: unacknowledged: ",
                "ACKNOWLEDGES_TWICE     | 1 | flow ask to right: violations: ",
                "DISCONNECTS            | 1 | connections: lost: ",
                "REFUSES_CONNECT        | 1 | connections: failed: 6 (expected: 0)",
                "REFUSES_SUBSCRIBE      | 1 | connections: failed: 6 (expected: 0)"
            })
    void faultsFailTheirCriterionByName(Fault fault, int qos, String message) throws IOException {
        Outcome outcome = run(fault, qos, "");

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.err()).contains("FAILED", message);
    }

    @Test
    void aLimitThatIsMissedNamesWhatWasWantedAndMeasured() throws IOException {
        Path file = directory.resolve("mine.conf");
        Files.writeString(file, String.format(java.util.Locale.ROOT, FILE, 1) + "criteria.flows.ask { p50 = 1 us }\n");
        try (TinyBroker broker = TinyBroker.start(Fault.NONE)) {
            Outcome outcome = Outcome.against(broker, "scenario " + file);

            assertThat(outcome.exit()).isEqualTo(1);
            assertThat(outcome.err()).containsPattern("flow ask to right: p50: [0-9.]+ ms \\(expected: <= 0.00 ms\\)");
        }
    }

    @Test
    void lossIsAllowedWhereTheFileSaysSo() throws IOException {
        Outcome outcome = run(Fault.LOSES, 1, "criteria.flows { ask.lost = any, answer.lost = any }\n");

        assertThat(outcome.exit()).as(outcome.err()).isZero();
    }

    @Test
    void aFileThatIsWrongIsWrongUsage() throws IOException {
        Outcome outcome = run(Fault.NONE, 1, "flwos { }\n");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.err()).contains("mine.conf: flwos: unknown key (expected: one of about, criteria");
    }

    @Test
    void scenariosAreListedAndShown() {
        Outcome list = Outcome.of("scenarios");
        Outcome one = Outcome.of("scenarios", "--show", "vehicles");

        assertThat(list.out()).contains("mqttbs-conn", "price-tags", "storm-reconnect");
        assertThat(one.out()).contains("about = ", "groups {");
    }
}
