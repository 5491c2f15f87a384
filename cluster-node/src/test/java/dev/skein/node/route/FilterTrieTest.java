package dev.skein.node.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.topic.TopicFilters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterTrieTest {
    private static final int DEEPEST = 32_767;

    private final FilterTrie<SessionRoute> trie = new FilterTrie<>();

    @ParameterizedTest // [MQTT-4.7.1-2], [MQTT-4.7.1-3], [MQTT-4.7.2-1], [MQTT-4.7.3-1]
    @CsvSource({
        "a/b,   a/b,    true",
        "a/b,   a/b/,   false",
        "a/#,   a,      true",
        "a/#,   a/,     true",
        "a/#,   ab,     false",
        "a/+,   a,      false",
        "a/+,   a/,     true",
        "a/+,   a/b/c,  false",
        "+,     /,      false",
        "+/+,   /,      true",
        "/+,    /,      true",
        "#,     /,      true",
        "#,     $SYS,   false",
        "+/a,   $SYS/a, false",
        "$SYS/#,$SYS/a, true",
        "$SYS/+,$SYS/a, true",
        "+/#,   a,      true",
        "a/+/#, a,      false",
        "a/+/#, a/b,    true",
        "A,     a,      false",
    })
    void filterMatchesAsTheStandardSays(String filter, String topic, boolean matches) {
        trie.add(filter, route(1));

        assertThat(match(topic)).hasSize(matches ? 1 : 0);
    }

    @Test
    void entryUnderSeveralFiltersIsGivenForEachOfThem() {
        trie.add("a/#", route(1));
        trie.add("a/+", route(1));
        trie.add("#", route(2));

        assertThat(match("a/b")).containsExactlyInAnyOrder(1L, 1L, 2L);
    }

    @Test
    void removedEntryIsGoneAndOthersStay() {
        SessionRoute first = route(1);
        SessionRoute second = route(2);
        trie.add("a/b", first);
        trie.add("a/b", second);

        assertThat(trie.remove("a/b", first)).isTrue();
        assertThat(trie.remove("a/b", first)).isFalse();
        assertThat(trie.remove("a/c", second)).isFalse();

        assertThat(match("a/b")).containsExactly(2L);
        assertThat(trie.size()).isEqualTo(1);
    }

    @Test
    void filtersAndTopicsMayHaveAsManyLevelsAsFit() {
        String slashes = "/".repeat(DEEPEST);
        String pluses = "+/".repeat(DEEPEST) + "+";
        SessionRoute exact = route(1);
        SessionRoute wild = route(2);
        trie.add(slashes, exact);
        trie.add(pluses, wild);

        assertThat(match(slashes)).containsExactlyInAnyOrder(1L, 2L);
        assertThat(trie.remove(slashes, exact)).isTrue();
        assertThat(trie.remove(pluses, wild)).isTrue();
        assertThat(match(slashes)).isEmpty();
        assertThat(trie.size()).isZero();
    }

    @Test
    void matchesWhatANaiveListMatchesAfterAnyAddsAndRemoves() throws Exception {
        Seeds.run(200, random -> {
            FilterTrie<SessionRoute> one = new FilterTrie<>();
            Map<SessionRoute, String> model = new HashMap<>();
            List<SessionRoute> known = new ArrayList<>();
            for (int step = 0; step < 400; step++) {
                change(random, one, model, known, step);
                if (step % 5 == 0) {
                    compare(one, model, GeneratedTopics.topic(random));
                }
            }
            assertThat(one.size()).isEqualTo(model.size());
            known.forEach(route -> one.remove(model.getOrDefault(route, "a"), route));
            assertThat(one.size()).isZero();
            compare(one, Map.of(), GeneratedTopics.topic(random));
        });
    }

    private static void change(
            SplittableRandom random,
            FilterTrie<SessionRoute> one,
            Map<SessionRoute, String> model,
            List<SessionRoute> known,
            int step) {
        if (known.isEmpty() || random.nextInt(100) < 55) {
            SessionRoute route = route(step);
            String filter = GeneratedTopics.filter(random);
            one.add(filter, route);
            model.put(route, filter);
            known.add(route);
        } else {
            SessionRoute route = known.remove(random.nextInt(known.size()));
            String filter = model.remove(route);
            assertThat(one.remove(String.valueOf(filter), route)).isTrue();
        }
    }

    private static void compare(FilterTrie<SessionRoute> one, Map<SessionRoute, String> model, String topic) {
        List<Long> expected = model.entrySet().stream()
                .filter(each -> TopicFilters.matches(each.getValue(), topic))
                .map(each -> each.getKey().sessionId())
                .toList();
        List<Long> found = new ArrayList<>();
        one.match(topic, route -> found.add(route.sessionId()));
        assertThat(found).as("topic %s", topic).containsExactlyInAnyOrderElementsOf(expected);
    }

    private List<Long> match(String topic) {
        List<Long> found = new ArrayList<>();
        trie.match(topic, route -> found.add(route.sessionId()));
        return found;
    }

    private static SessionRoute route(long sessionId) {
        return new SessionRoute(sessionId, "c" + sessionId, 1);
    }
}
