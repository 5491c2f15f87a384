package dev.skein.node.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.topic.TopicFilters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares the set questions with counting topics one by one, over every filter of up to three levels. */
class LevelFilterTest {
    // "z" is in no filter: it stands for all levels that no filter names.
    private static final List<String> TOPICS = topics(List.of("", "a", "b", "$s", "z"), 4);
    private static final List<String> FILTERS = filters(List.of("", "a", "$s", "+"), 3);

    @Test // [MQTT-4.7.1-2], [MQTT-4.7.1-3], [MQTT-4.7.2-1]
    void matchingAgreesWithTheReferenceMatcher() {
        for (String filter : FILTERS) {
            for (String topic : TOPICS) {
                assertThat(LevelFilter.of(filter).matches(topic, false))
                        .as("%s matches %s", filter, topic)
                        .isEqualTo(TopicFilters.matches(filter, topic));
            }
        }
    }

    @Test
    void reachingDollarDropsOnlyTheRuleOfTheFirstLevel() {
        for (String filter : FILTERS) {
            for (String topic : TOPICS) {
                assertThat(LevelFilter.of(filter).matches(topic, true))
                        .as("%s reaches %s", filter, topic)
                        .isEqualTo(reaches(filter, topic));
            }
        }
    }

    @Test
    void aFilterCoversAnotherWhenItMatchesEveryTopicOfIt() {
        for (String rule : FILTERS) {
            for (String other : FILTERS) {
                boolean expected = TOPICS.stream()
                        .allMatch(topic -> !TopicFilters.matches(other, topic) || TopicFilters.matches(rule, topic));
                assertThat(LevelFilter.of(rule).covers(LevelFilter.of(other)))
                        .as("%s covers %s", rule, other)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void filtersOverlapWhenOneTopicMatchesBoth() {
        for (String rule : FILTERS) {
            for (String other : FILTERS) {
                boolean expected = TOPICS.stream()
                        .anyMatch(topic -> TopicFilters.matches(other, topic) && TopicFilters.matches(rule, topic));
                assertThat(LevelFilter.of(rule).overlaps(LevelFilter.of(other), false))
                        .as("%s overlaps %s", rule, other)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aDenialThatReachesDollarOverlapsWhatItReaches() {
        for (String rule : FILTERS) {
            for (String other : FILTERS) {
                boolean expected =
                        TOPICS.stream().anyMatch(topic -> TopicFilters.matches(other, topic) && reaches(rule, topic));
                assertThat(LevelFilter.of(rule).overlaps(LevelFilter.of(other), true))
                        .as("%s denies of %s", rule, other)
                        .isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a/#,      a,       true",
        "a/#,      a/+/b,   true",
        "a/+,      a/b,     true",
        "a/+,      a/#,     false",
        "a/b,      a/+,     false",
        "+/#,      '#',     true",
        "'#',      $SYS/#,  false",
        "+/x,      $SYS/x,  false",
        "$SYS/#,   $SYS/a,  true",
    })
    void coveringOfWellKnownPairs(String rule, String other, boolean covers) {
        assertThat(LevelFilter.of(rule).covers(LevelFilter.of(other))).isEqualTo(covers);
    }

    // A "$" in front is no more than a character once a plain level stands before everything.
    private static boolean reaches(String filter, String topic) {
        return TopicFilters.matches("x/" + filter, "x/" + topic) && !(filter.equals("#") && topic.isEmpty());
    }

    private static List<String> topics(List<String> levels, int depth) {
        List<String> all = new ArrayList<>();
        paths(levels, "", depth, all);
        all.remove("");
        return all;
    }

    private static List<String> filters(List<String> levels, int depth) {
        List<String> all = topics(levels, depth);
        List<String> filters = new ArrayList<>(all);
        filters.add("#");
        filters.add("/#");
        all.forEach(path -> filters.add(path + "/#"));
        return filters.stream().distinct().toList();
    }

    private static void paths(List<String> levels, String before, int depth, List<String> out) {
        for (String level : levels) {
            String path = before + level;
            out.add(path);
            if (depth > 1) {
                paths(levels, path + "/", depth - 1, out);
            }
        }
    }
}
