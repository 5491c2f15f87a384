package dev.skein.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.loadtest.TinyBroker.Fault;
import dev.skein.loadtest.relay.Relay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several brokers in turn. */
class SuiteTest {
    @TempDir
    private Path directory;

    @Test
    void everyBrokerIsRunEveryTimeAndSetAgainstTheBaseline() throws IOException {
        Path json = directory.resolve("s.json");
        Path html = directory.resolve("s.html");
        long pid = ProcessHandle.current().pid();
        try (TinyBroker tiny = TinyBroker.start(Fault.NONE);
                Relay relay = Relay.start(2, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            Outcome outcome = Outcome.of(
                    "suite",
                    "--broker=tiny=127.0.0.1:" + tiny.port() + ":" + pid,
                    "--broker=relay=127.0.0.1:" + relay.address().getPort() + ":" + pid,
                    "--baseline=tiny",
                    "--only=pairs-qos0,one-in-flight,connects-clean,idle-memory",
                    "--runs=2",
                    "--warmup=100ms",
                    "--duration=300ms",
                    "--connects=50",
                    "--idle=50",
                    "--json=" + json,
                    "--html=" + html);

            assertThat(outcome.exit()).as(outcome.err()).isZero();
            assertThat(outcome.out())
                    .contains("| work | figure | tiny | relay | relay : tiny |")
                    .containsPattern("50 pairs, QoS 0 \\| deliveries/s \\| [0-9.,]+ \\| [0-9.,]+ \\| .*x? \\|")
                    .containsPattern("one in flight \\| p50 ms \\| [0-9.,]+ \\| – \\| – \\|")
                    .contains("relay, 20 pairs, QoS 1, one in flight: SUBSCRIBE granted at QoS 0 (expected: 1)");
        }
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("format").asText()).isEqualTo("skein-load-suite/1");
        JsonNode brokers = report.path("rows").path(0).path("figures").path(0).path("brokers");
        assertThat(brokers.path("tiny").path("values")).hasSize(2);
        assertThat(brokers.path("relay").path("values")).hasSize(2);
        assertThat(Files.readString(html)).contains("<svg", "one in flight").doesNotContain("<script", "NaN");

        Outcome compared = Outcome.of("compare", json.toString(), json.toString());
        assertThat(compared.out())
                .contains("50 pairs, QoS 0: relay deliveries/s")
                .contains("equal");
    }

    @Test
    void rowsOfMqtt5AreSetAgainstTheSameOf311() {
        try (TinyBroker tiny = TinyBroker.start(Fault.NONE)) {
            Outcome outcome = Outcome.of(
                    "suite",
                    "--broker=tiny=127.0.0.1:" + tiny.port(),
                    "--only=pairs-qos1-properties,pairs-qos1,pairs-qos1-mqtt5,fan-in-qos1,shared-qos1",
                    "--runs=1",
                    "--warmup=0ms",
                    "--duration=200ms");

            assertThat(outcome.exit()).as(outcome.err()).isZero();
            assertThat(outcome.out())
                    .containsPattern("MQTT 5 : 50 pairs, QoS 1, clean sessions \\| deliveries/s \\| [0-9/.]+x? \\|")
                    .containsPattern("3 user properties : 50 pairs, QoS 1, clean sessions \\| deliveries/s \\| ")
                    .containsPattern("shared group of 100, QoS 1 : fan-in 100 to 1, QoS 1 \\| deliveries/s \\| ");
        }
    }

    @Test
    void brokerThatFailsItsChecksHasNoFigures() {
        try (TinyBroker tiny = TinyBroker.start(Fault.REORDERS)) {
            Outcome outcome = Outcome.of(
                    "suite",
                    "--broker=tiny=127.0.0.1:" + tiny.port(),
                    "--only=pairs-qos1",
                    "--runs=1",
                    "--warmup=0ms",
                    "--duration=200ms");

            assertThat(outcome.exit()).isEqualTo(1);
            assertThat(outcome.out()).contains("deliveries/s | – |").contains("order breaks");
        }
    }
}
