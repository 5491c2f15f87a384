package dev.skein.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.skein.protocol.testing.Seeded;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicFiltersTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "#", "+", "+/+", "/+", "/#", "a/+/b", "a/#", "+/#", "/", "//", "$SYS/#", "$share/g/a"})
    void acceptsEveryFilterThatTheStandardAllows(String filter) {
        assertThat(TopicFilters.violation(filter)).isNull();
    }

    @ParameterizedTest // [MQTT-4.7.1-2]
    @ValueSource(strings = {"a#", "#/", "a/#/b", "#a", "##", "a/b#", "/#/"})
    void refusesAHashThatIsNotAloneInTheLastLevel(String filter) {
        assertThat(TopicFilters.violation(filter))
                .isEqualTo("filter: " + filter + " (expected: # alone in the last level)");
    }

    @ParameterizedTest // [MQTT-4.7.1-3]
    @ValueSource(strings = {"a+", "+a", "a/+b", "a/b+/c", "++", "+#", "+a/+"})
    void refusesAPlusThatSharesItsLevel(String filter) {
        assertThat(TopicFilters.violation(filter)).isEqualTo("filter: " + filter + " (expected: + alone in its level)");
    }

    @ParameterizedTest // [MQTT-4.7.3-1], [MQTT-4.7.3-2], [MQTT-1.5.3-1]
    @ValueSource(strings = {"", "a\u0000", "a/\uD800"})
    void refusesWhatNoMqttStringMayBe(String filter) {
        assertThat(TopicFilters.violation(filter)).isNotNull();
    }

    @Test // [MQTT-4.7.3-3]
    void refusesMoreThan65535Bytes() {
        assertThat(TopicFilters.violation("a".repeat(65_535))).isNull();
        assertThat(TopicFilters.violation("a".repeat(65_534) + "ü")).isNotNull();
    }

    @Test
    void parentIsTheFirstLevelUnlessItIsAWildcard() {
        assertThat(TopicFilters.parent("a/#")).isEqualTo("a");
        assertThat(TopicFilters.parent("a")).isEqualTo("a");
        assertThat(TopicFilters.parent("/+")).isEmpty();
        assertThat(TopicFilters.parent("#")).isNull();
        assertThat(TopicFilters.parent("+")).isNull();
        assertThat(TopicFilters.parent("+/a")).isNull();
    }

    @ParameterizedTest // the examples of sections 4.7.1.2, 4.7.1.3 and 4.7.2
    @CsvSource({
        "sport/tennis/player1/#, sport/tennis/player1, true",
        "sport/tennis/player1/#, sport/tennis/player1/ranking, true",
        "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
        "sport/#, sport, true",
        "sport/#, sports, false",
        "#, a/b/c, true",
        "#, /, true",
        "sport/tennis/+, sport/tennis/player1, true",
        "sport/tennis/+, sport/tennis/player1/ranking, false",
        "sport/+, sport, false",
        "sport/+, sport/, true",
        "+/+, /finance, true",
        "/+, /finance, true",
        "+, /finance, false",
        "+, finance, true",
        "#, $SYS/monitor, false",
        "+/monitor/Clients, $SYS/monitor/Clients, false",
        "$SYS/#, $SYS/monitor, true",
        "$SYS/#, $SYS, true",
        "$SYS/monitor/+, $SYS/monitor/Clients, true",
        "/#, $SYS, false",
        "a/#, a/$b, true",
        "a/+, a/$b, true",
        "a, A, false",
        "a, a/, false",
        "a/, a, false",
        "a//b, a/b, false",
        "+/#, a, true",
        "+/+/#, a, false",
    })
    void matchesAsTheStandardSays(String filter, String topic, boolean expected) {
        assertThat(TopicFilters.matches(filter, topic)).isEqualTo(expected);
    }

    @Test
    void agreesWithANaiveModelOnGeneratedInputs() throws Exception {
        Seeded.run(random -> {
            int matched = 0;
            for (int i = 0; i < 200_000; i++) {
                String filter = filter(random);
                String topic = join(random, List.of("a", "b", "ab", "", "$a"));
                boolean expected = model(List.of(filter.split("/", -1)), List.of(topic.split("/", -1)), true);
                if (TopicFilters.violation(filter) != null || TopicFilters.matches(filter, topic) != expected) {
                    fail("%s on %s (expected: %s)", filter, topic, expected);
                }
                matched += expected ? 1 : 0;
            }
            assertThat(matched).isGreaterThan(10_000);
        });
    }

    private static boolean model(List<String> filter, List<String> topic, boolean first) {
        if (filter.isEmpty()) {
            return topic.isEmpty();
        }
        String level = filter.getFirst();
        boolean hidden = first && topic.getFirst().startsWith("$");
        if (level.equals("#")) {
            return !hidden;
        }
        if (topic.isEmpty() || (level.equals("+") ? hidden : !level.equals(topic.getFirst()))) {
            return false;
        }
        return model(filter.subList(1, filter.size()), topic.subList(1, topic.size()), false);
    }

    private static String filter(SplittableRandom random) {
        String levels = join(random, List.of("a", "b", "ab", "", "+", "+", "$a"));
        return switch (random.nextInt(4)) {
            case 0 -> levels + "/#";
            case 1 -> random.nextInt(8) == 0 ? "#" : levels;
            default -> levels;
        };
    }

    private static String join(SplittableRandom random, List<String> words) {
        while (true) {
            StringBuilder text = new StringBuilder(words.get(random.nextInt(words.size())));
            for (int more = random.nextInt(4); more > 0; more--) {
                text.append('/').append(words.get(random.nextInt(words.size())));
            }
            if (!text.isEmpty()) {
                return text.toString();
            }
        }
    }
}
