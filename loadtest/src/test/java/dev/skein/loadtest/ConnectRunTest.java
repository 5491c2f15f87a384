package dev.skein.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skein.loadtest.TinyBroker.Fault;
import org.junit.jupiter.api.Test;

class ConnectRunTest {
    @Test
    void idleConnectionsAreOpenedHeldAndWeighed() {
        try (TinyBroker broker = TinyBroker.start(Fault.NONE)) {
            long pid = ProcessHandle.current().pid();
            Outcome outcome =
                    Outcome.against(broker, "connect --clients 300 --rate 2000 --duration 300ms --broker-pid " + pid);

            assertThat(outcome.exit()).as(outcome.err()).isZero();
            JsonNode json = outcome.json();
            assertThat(json.path("held").asInt()).isEqualTo(300);
            assertThat(json.path("connectMicros").path("count").asInt()).isEqualTo(300);
            assertThat(json.path("rampSeconds").asDouble()).isGreaterThan(0.149);
            assertThat(json.path("memory").path("emptyBytes").asLong()).isPositive();
            assertThat(json.path("memory").has("bytesPerConnection")).isTrue();
            assertThat(outcome.err()).containsPattern("memory +.* resident for each connection");
        }
    }

    @Test
    void keepAliveHoldsConnections() {
        try (TinyBroker broker = TinyBroker.start(Fault.NONE)) {
            Outcome outcome = Outcome.against(broker, "connect --clients 30 --keep-alive 1 --duration 1500ms");

            assertThat(outcome.exit()).as(outcome.err()).isZero();
        }
    }

    @Test
    void refusalOfEveryClientEndsTheRunEarly() {
        try (TinyBroker broker = TinyBroker.start(Fault.REFUSES_CONNECT)) {
            Outcome outcome = Outcome.against(broker, "connect --clients 5000 --rate 500 --duration 1s");

            assertThat(outcome.exit()).isEqualTo(1);
            assertThat(outcome.json().path("connections").path("failed").asInt())
                    .isBetween(20, 4000);
        }
    }
}
