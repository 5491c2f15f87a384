package dev.skein.connectors.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import dev.skein.connectors.testing.Await;
import dev.skein.connectors.testing.Isolated;
import dev.skein.connectors.testing.Outcomes;
import dev.skein.connectors.testing.Outcomes.Result;
import dev.skein.connectors.testing.Received;
import dev.skein.connectors.testing.Records;
import dev.skein.connectors.testing.TestRocketMq;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Limits, credentials, a broker that hangs and one that moves: RocketMQ 4, with access control. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RocketMqFaultsIT {
    private static final Map<String, Object> ACCESS = Map.of("access-key", "skeinKey", "secret-key", "right-secret");

    private RocketMqTarget target;

    @BeforeAll
    void start(@TempDir Path directory) {
        TestRocketMq server = new TestRocketMq(TestRocketMq.Version.FOUR, directory)
                .with("maxMessageSize", "20000")
                .withAccess("skeinKey", "right-secret");
        target = new RocketMqTarget(server.with("autoCreateTopicEnable", "true").start());
    }

    @AfterAll
    void stop() {
        target.close();
    }

    @Test
    void oneMessageOverTheLimitOfTheBrokerIsLastingAndItsNeighboursAreTaken() {
        List<SinkRecord> records = new ArrayList<>(Records.of("large", "c", 0, 200));
        records.set(120, body("large", 30_000));
        // alone within the limit, together beyond it
        records.set(121, body("large", 15_000));
        records.set(122, body("large", 15_000));
        try (Connector connector = target.connector(ACCESS);
                Sink sink = connector.sink("large", Settings.NONE)) {
            Outcomes outcomes = new Outcomes(records.size());
            sink.send(records, outcomes);
            List<Result> all = outcomes.all();
            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i).taken()).as(i + " " + all.get(i)).isEqualTo(i != 120);
            }
            assertThat(all.get(120).lasting()).isTrue();
            assertThat(all.get(120).reason()).contains(target.server().broker());
        }
    }

    @Test
    void wrongSecretIsToldByCheckAndBySends() {
        Map<String, Object> wrong = Map.of("access-key", "skeinKey", "secret-key", "wrong-secret");
        try (Connector connector = target.connector(wrong);
                Sink sink = connector.sink("large", Settings.NONE)) {
            assertThat(connector.check(Duration.ofSeconds(20)))
                    .hasValueSatisfying(text -> assertThat(text)
                            .contains(target.server().broker())
                            .contains("ignature")
                            .doesNotContain("wrong-secret"));
            Outcomes outcomes = new Outcomes(1);
            sink.send(List.of(Records.of("large", "c", 1)), outcomes);
            assertThat(outcomes.only().taken()).isFalse();
            assertThat(outcomes.only().lasting()).isFalse();
        }
        try (Connector connector = target.connector(ACCESS)) {
            assertThat(connector.check(Duration.ofSeconds(20))).isEmpty();
        }
    }

    @Test
    @SuppressWarnings("try") // the source is there to be open
    void brokerThatHangsThenMovesIsFoundAgain() {
        Received received = Received.acknowledging();
        try (Connector connector = target.connector(ACCESS);
                Sink sink = connector.sink("moved", Settings.NONE);
                var source =
                        connector.source("g_moved", "moved", new Settings("o", Map.of("from", "first")), received)) {
            awaitTaken(sink, "moved", 1);
            received.awaitDistinct(1);
            target.server().hang();
            Outcomes outcomes = new Outcomes(1);
            sink.send(List.of(Records.of("moved", "c", 2)), outcomes);
            assertThat(outcomes.only().taken()).isFalse();
            assertThat(outcomes.only().lasting()).isFalse();
            target.server().kill();
            target.server().moveBroker();
            target.server().start();
            awaitTaken(sink, "moved", 3);
            Await.until(() -> received.distinct().contains("c/3"), () -> received.bodies() + " " + received.problems());
        }
    }

    @Test
    void recordsThatNoBrokerTakesAreRefusedHere() {
        try (Connector connector = target.connector(ACCESS);
                Sink sink = connector.sink("large", Settings.NONE)) {
            for (SinkRecord bad : List.of(
                    with("bad topic", Map.of()),
                    with("large", Map.of("KEYS", "x")),
                    with("large", Map.of("p", "a\u0002b")),
                    with("large", Map.of("p", "x".repeat(40_000))))) {
                Outcomes outcomes = new Outcomes(1);
                sink.send(List.of(bad), outcomes);
                assertThat(outcomes.only().lasting())
                        .as(outcomes.only().reason())
                        .isTrue();
            }
        }
    }

    /** As a node loads it: `mvn verify` has made target/lib. */
    @Test
    @SuppressWarnings("try") // the source is there to be open
    void worksInAClassLoaderOfItsOwn() throws Exception {
        Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
        Map<String, Object> values = Map.of(
                "name-servers", target.server().nameServer(), "access-key", "skeinKey", "secret-key", "right-secret");
        Received received = Received.acknowledging();
        try (Connector connector =
                        Isolated.load(Path.of("target/lib")).open(new Settings("skein.connectors.rmq", values));
                Sink sink = connector.sink("alone", Settings.NONE);
                var source =
                        connector.source("g_alone", "alone", new Settings("o", Map.of("from", "first")), received)) {
            awaitTaken(sink, "alone", 1);
            received.awaitDistinct(1);
        }
    }

    private static void awaitTaken(Sink sink, String topic, int number) {
        List<Result> last = new ArrayList<>(List.of(new Result(false, false, "")));
        Await.until(
                () -> {
                    Outcomes outcomes = new Outcomes(1);
                    sink.send(List.of(Records.of(topic, "c", number)), outcomes);
                    last.set(0, outcomes.only());
                    return last.getFirst().taken();
                },
                () -> last.getFirst().reason());
    }

    private static SinkRecord body(String topic, int bytes) {
        return new SinkRecord(topic, "k", "", "c", Map.of(), "x".repeat(bytes).getBytes(StandardCharsets.UTF_8));
    }

    private static SinkRecord with(String topic, Map<String, String> properties) {
        return new SinkRecord(topic, "k", "", "c", properties, new byte[1]);
    }
}
