package dev.skein.connectors.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.connectors.api.Connector;
import dev.skein.connectors.api.Settings;
import dev.skein.connectors.api.Sink;
import dev.skein.connectors.api.SinkRecord;
import dev.skein.connectors.api.Source;
import dev.skein.connectors.api.SourceRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the sources of every connector must do, against the real back end. It sends by the connector's own sink. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("try") // sources are there to be open
public abstract class SourceContract {
    /** Sources begin with the oldest message. */
    private static final Settings FIRST = new Settings("rule.options", Map.of("from", "first"));

    /** The back end, started. */
    protected abstract Target target();

    @Test
    void whatIsAcknowledgedDoesNotComeAgainAndWhatIsNotDoes() {
        target().createTopic("acknowledged");
        publish("acknowledged", spread("acknowledged", 0, 200));
        Received first = Received.acknowledging();
        try (Connector connector = target().connector();
                Source source = connector.source("g_ack", "acknowledged", FIRST, first)) {
            first.awaitDistinct(200);
        }
        assertOrder(first);
        SourceRecord one = first.messages().getFirst();
        assertThat(List.of(one.key(), one.properties().getOrDefault("messageId", "")))
                .contains("id-" + Received.body(one));
        assertThat(one.tag()).isEqualTo("t");
        assertThat(one.properties()).containsKey("p");
        assertThat(Set.of("p", "messageId")).containsAll(one.properties().keySet());
        assertThat(one.topic()).isEqualTo("acknowledged");

        publish("acknowledged", spread("acknowledged", 200, 40));
        Received silent = new Received((message, acknowledgement) -> {});
        try (Connector connector = target().connector();
                Source source = connector.source("g_ack", "acknowledged", FIRST, silent)) {
            silent.awaitDistinct(40);
        }
        assertThat(silent.distinct()).doesNotContainAnyElementsOf(first.distinct());

        Received again = Received.acknowledging();
        try (Connector connector = target().connector();
                Source source = connector.source("g_ack", "acknowledged", FIRST, again)) {
            again.awaitDistinct(40);
        }
        assertThat(again.distinct()).isEqualTo(silent.distinct());
    }

    @Test
    void laterComesAgainAndDoesNotHoldUpWhatFollows() {
        target().createTopic("later");
        Set<String> refused = ConcurrentHashMap.newKeySet();
        Received received = new Received((message, acknowledgement) -> {
            String body = Received.body(message);
            if (body.equals("c1/0") && refused.add(body)) {
                acknowledgement.later();
            } else {
                acknowledgement.done();
            }
        });
        try (Connector connector = target().connector();
                Source source = connector.source("g_later", "later", FIRST, received)) {
            publish("later", Records.of("later", "c1", 0, 10));
            Await.until(() -> received.bodies().size() >= 11, () -> received.bodies() + " " + received.problems());
        }
        assertThat(received.bodies()).endsWith("c1/9", "c1/0").hasSize(11);
    }

    @Test
    void pauseHoldsBackAndResumeGoesOn() {
        target().createTopic("paused");
        Received paused = Received.acknowledging();
        Received control = Received.acknowledging();
        try (Connector connector = target().connector();
                Source source = connector.source("g_paused", "paused", FIRST, paused);
                Source other = connector.source("g_control", "paused", FIRST, control)) {
            publish("paused", Records.of("paused", "c1", 0, 10));
            paused.awaitDistinct(10);
            source.pause();
            // What is under way may come still: a request that waits at the back end for the next message.
            publish("paused", Records.of("paused", "c1", 10, 1));
            control.awaitDistinct(11);
            publish("paused", Records.of("paused", "c1", 11, 20));
            control.awaitDistinct(31);
            assertThat(paused.distinct()).hasSizeBetween(10, 11);
            source.resume();
            paused.awaitDistinct(31);
            assertOrder(paused);
        }
    }

    @Test
    void sourcesOfOneGroupShareAndTakeOver() {
        target().createTopic("shared");
        Received one = Received.acknowledging();
        Received two = Received.acknowledging();
        try (Connector first = target().connector();
                Connector second = target().connector();
                Source stays = first.source("g_shared", "shared", FIRST, one)) {
            int sent = 0;
            try (Source goes = second.source("g_shared", "shared", FIRST, two)) {
                while (one.distinct().isEmpty() || two.distinct().isEmpty()) {
                    publish("shared", spread("shared", sent, 20));
                    sent += 20;
                    assertThat(sent).as("until both have some").isLessThan(20_000);
                    int all = sent;
                    Await.until(
                            () -> union(one, two).size() >= all,
                            () -> union(one, two).size() + " of " + all);
                }
            }
            publish("shared", spread("shared", sent, 200));
            int all = sent + 200;
            Await.until(
                    () -> union(one, two).size() >= all, () -> union(one, two).size() + " of " + all);
        }
    }

    @Test
    void topicThatAppearsLaterIsTaken() {
        Received received = Received.acknowledging();
        try (Connector connector = target().connector();
                Source source = connector.source("g_young", "young", Settings.NONE, received)) {
            Await.until(
                    () -> received.problems().stream()
                            .flatMap(Optional::stream)
                            .anyMatch(text -> text.contains("young")),
                    () -> received.problems().toString());
            target().createTopic("young");
            publish("young", spread("young", 0, 100));
            received.awaitDistinct(100);
            Await.until(
                    () -> received.problems().getLast().isEmpty(),
                    () -> received.problems().toString());
        }
    }

    @Test
    void backEndThatGoesAwayAndComesBackIsFoundAgain() {
        target().createTopic("back");
        target().kill();
        Received received = Received.acknowledging();
        try (Connector connector = target().connector();
                Source source = connector.source("g_back", "back", FIRST, received)) {
            awaitProblem(received);
            target().start();
            publish("back", spread("back", 0, 50));
            received.awaitDistinct(50);
            target().kill();
            int before = received.problems().size();
            Await.until(() -> received.problems().size() > before, () -> "no problem was told");
            target().start();
            publish("back", spread("back", 50, 50));
            received.awaitDistinct(100);
        }
    }

    private void awaitProblem(Received received) {
        Await.until(
                () -> received.problems().stream()
                        .flatMap(Optional::stream)
                        .anyMatch(text -> text.contains(target().address())),
                () -> received.problems().toString());
    }

    private void publish(String topic, List<SinkRecord> records) {
        try (Connector connector = target().connector();
                Sink sink = connector.sink(topic, Settings.NONE)) {
            new Publisher(sink, records).run();
        }
    }

    /** Over ten keys. */
    private static List<SinkRecord> spread(String topic, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(number -> Records.of(topic, "c" + number % 10, number))
                .toList();
    }

    private static Set<String> union(Received one, Received other) {
        Set<String> union = new HashSet<>(one.distinct());
        union.addAll(other.distinct());
        return union;
    }

    /** The first of each body of a key come in the order of their numbers. */
    private static void assertOrder(Received received) {
        Map<String, List<Integer>> byKey = new ConcurrentHashMap<>();
        received.bodies().stream().distinct().forEach(body -> {
            int slash = body.indexOf('/');
            byKey.computeIfAbsent(body.substring(0, slash), key -> new ArrayList<>())
                    .add(Integer.parseInt(body.substring(slash + 1)));
        });
        byKey.values().forEach(numbers -> assertThat(numbers).isSorted());
    }
}
