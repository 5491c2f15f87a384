package dev.skein.connectors.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import dev.skein.connectors.testing.Outcomes.Result;
import dev.skein.connectors.testing.Target.Stored;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the sinks of every connector must do, against the real target. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SinkContract {
    private static final int KEYS = 20;
    private static final int EACH = 500;

    /** The target, started. */
    protected abstract Target target();

    @Test
    void recordsOfOneKeyKeepTheirOrder() throws Exception {
        target().createTopic("order");
        try (Connector connector = target().connector();
                Sink sink = connector.sink("order", Settings.NONE)) {
            Publisher publisher = new Publisher(sink, records("order"));
            publisher.run();
            assertThat(publisher.failures()).isZero();
        }
        List<Stored> all =
                target().stored("order").stream().flatMap(List::stream).toList();
        assertThat(all).hasSize(KEYS * EACH);
        assertComplete("order");
        Stored last = all.stream()
                .filter(stored -> stored.body().equals("c7/499"))
                .findAny()
                .orElseThrow();
        assertThat(last.key()).isEqualTo("id-c7/499");
        assertThat(last.property()).isEqualTo("v499");
        assertThat(last.tag()).isIn("t", "");
    }

    @Test
    void nothingIsLostAndOrderIsKeptWhenTheTargetIsKilled() throws Exception {
        target().createTopic("killed");
        try (Connector connector = target().connector();
                Sink sink = connector.sink("killed", Settings.NONE)) {
            Publisher publisher = new Publisher(sink, records("killed"));
            Thread killer = Thread.ofVirtual().start(() -> {
                Await.until(() -> publisher.taken() > 2000, () -> publisher.taken() + " were taken");
                target().kill();
                target().start();
            });
            publisher.run();
            killer.join();
        }
        assertComplete("killed");
    }

    @Test
    void topicThatIsNotThereFailsForAWhileAndWorksWhenItAppears() {
        try (Connector connector = target().connector();
                Sink sink = connector.sink("missing", Settings.NONE)) {
            Result missing = send(sink, Records.of("missing", "c1", 1));
            assertThat(missing.taken()).isFalse();
            assertThat(missing.lasting()).isFalse();
            assertThat(missing.reason()).contains("missing").doesNotContain("\n");
            target().createTopic("missing");
            awaitTaken(sink, Records.of("missing", "c1", 1));
        }
    }

    @Test
    void targetThatIsAwayAtOpenIsFoundWhenItComes() {
        target().createTopic("away");
        target().kill();
        try (Connector connector = target().connector();
                Sink sink = connector.sink("away", Settings.NONE)) {
            Result away = send(sink, Records.of("away", "c1", 1));
            assertThat(away.taken()).isFalse();
            assertThat(away.lasting()).isFalse();
            assertThat(away.reason()).contains(target().address()).doesNotContain("\n");
            assertThat(connector.check(Duration.ofSeconds(10)))
                    .hasValueSatisfying(text -> assertThat(text).contains(target().address()));
            target().start();
            awaitTaken(sink, Records.of("away", "c1", 1));
            Await.until(
                    () -> connector.check(Duration.ofSeconds(10)).isEmpty(),
                    () -> connector.check(Duration.ofSeconds(10)).toString());
        }
    }

    @Test
    void closeTellsWhatIsUnderWayOnce() {
        target().createTopic("closed");
        Connector connector = target().connector();
        Sink sink = connector.sink("closed", Settings.NONE);
        List<SinkRecord> records = records("closed").subList(0, 5000);
        Outcomes outcomes = new Outcomes(records.size());
        sink.send(records, outcomes);
        connector.close();
        assertThat(outcomes.all()).noneMatch(Result::lasting);
        Outcomes after = new Outcomes(1);
        sink.send(records.subList(0, 1), after);
        assertThat(after.only().taken()).isFalse();
        assertThat(after.only().lasting()).isFalse();
        assertThat(outcomes.told()).isEqualTo(records.size());
    }

    @Test
    void emptyBodyGoesOut() throws Exception {
        target().createTopic("empty");
        SinkRecord empty = new SinkRecord("empty", "id-empty", "", "c1", Map.of("p", "v"), new byte[0]);
        try (Connector connector = target().connector();
                Sink sink = connector.sink("empty", Settings.NONE)) {
            awaitTaken(sink, empty);
        }
        assertThat(target().stored("empty").stream().flatMap(List::stream))
                .containsExactly(new Stored("id-empty", "", "", "v"));
    }

    /** Sends one and waits for its outcome. */
    protected static Result send(Sink sink, SinkRecord record) {
        Outcomes outcomes = new Outcomes(1);
        sink.send(List.of(record), outcomes);
        return outcomes.only();
    }

    /** Sends one until it is taken. */
    protected static void awaitTaken(Sink sink, SinkRecord record) {
        List<Result> last = new ArrayList<>(List.of(new Result(false, false, "")));
        Await.until(
                () -> {
                    last.set(0, send(sink, record));
                    return last.getFirst().taken();
                },
                () -> last.getFirst().reason());
    }

    private static List<SinkRecord> records(String topic) {
        List<List<SinkRecord>> byKey = IntStream.range(0, KEYS)
                .mapToObj(key -> Records.of(topic, "c" + key, 0, EACH))
                .toList();
        return IntStream.range(0, EACH)
                .boxed()
                .flatMap(number -> byKey.stream().map(records -> records.get(number)))
                .toList();
    }

    /** Each record is there; those of one key are in one queue; the first of each come in order. */
    private void assertComplete(String topic) throws Exception {
        Map<String, LinkedHashSet<String>> byKey = new LinkedHashMap<>();
        for (List<Stored> queue : target().stored(topic)) {
            Set<String> keys = new HashSet<>();
            for (Stored stored : queue) {
                String key = stored.body().substring(0, stored.body().indexOf('/'));
                if (keys.add(key)) {
                    assertThat(byKey).as("a key is in one queue").doesNotContainKey(key);
                }
            }
            for (Stored stored : queue) {
                String key = stored.body().substring(0, stored.body().indexOf('/'));
                // What was sent behind a record that failed may stand before it, and again behind it.
                byKey.computeIfAbsent(key, any -> new LinkedHashSet<>()).addLast(stored.body());
            }
        }
        assertThat(byKey).hasSize(KEYS);
        byKey.forEach((key, bodies) -> assertThat(bodies)
                .containsExactlyElementsOf(IntStream.range(0, EACH)
                        .mapToObj(number -> key + "/" + number)
                        .toList()));
    }
}
