package dev.skein.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.Source;
import dev.skein.connectors.testing.Await;
import dev.skein.connectors.testing.Isolated;
import dev.skein.connectors.testing.Outcomes;
import dev.skein.connectors.testing.Received;
import dev.skein.connectors.testing.Records;
import dev.skein.connectors.testing.TestKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a login, and in a class loader of its own, as a node has it. */
class KafkaAccessIT {
    @Test
    @SuppressWarnings("try") // the source is there to be open
    void rightPasswordWorksAndAWrongOneIsTold(@TempDir Path directory) throws Exception {
        Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try (TestKafka server =
                new TestKafka(directory).withUser("skein", "right").start()) {
            try (Connector wrong = connector(server, "wrong");
                    Sink sink = wrong.sink("t", Settings.NONE)) {
                assertThat(wrong.check(Duration.ofSeconds(20)))
                        .hasValueSatisfying(text ->
                                assertThat(text).contains(server.address()).contains("Authentication failed"));
                Outcomes outcomes = new Outcomes(1);
                sink.send(List.of(Records.of("t", "c", 1)), outcomes);
                assertThat(outcomes.only().lasting()).isFalse();
                assertThat(outcomes.only().reason())
                        .contains("Authentication failed")
                        .doesNotContain("wrong");
            }
            try (Connector right = connector(server, "right");
                    Sink sink = right.sink("t", Settings.NONE)) {
                Received received = Received.acknowledging();
                try (Source source = right.source("g", "t", Settings.NONE, received)) {
                    Await.until(
                            () -> right.check(Duration.ofSeconds(20)).equals(Optional.empty()),
                            () -> right.check(Duration.ofSeconds(20)).toString());
                    Outcomes missing = new Outcomes(1);
                    sink.send(List.of(Records.of("t", "c", 1)), missing);
                    assertThat(missing.only().reason()).contains("t");
                }
            }
        }
    }

    private static Connector connector(TestKafka server, String password) throws Exception {
        Map<String, Object> values = new HashMap<>(Map.of(
                "bootstrap-servers",
                server.address(),
                "username",
                "skein",
                "password",
                password,
                "sasl-mechanism",
                "PLAIN"));
        values.put("poll-interval", "500ms");
        values.put("request-timeout", "5s");
        return Isolated.load(Path.of("target/lib")).open(new Settings("skein.connectors.k", values));
    }
}
