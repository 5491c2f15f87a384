package dev.skein.node.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.auth.TopicRules.Consequence;
import dev.skein.node.auth.TopicRules.Held;
import dev.skein.node.auth.TopicRules.Kind;
import dev.skein.node.auth.TopicRules.Violation;
import dev.skein.node.registry.InstanceView;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicRulesTest {
    private static final InstanceView OPEN = Views.fleet("mode = open");
    private static final InstanceView LIMITED =
            Views.fleet("mode = open, limits { topic-length = 5, body-bytes = 2, filters = 1 }");
    private static final InstanceView APSARA = Views.fleet("mode = apsara, parent-topics = [news]");
    private static final Held NONE = new Held(0, 0);
    private static final String LEVELS_63 = "news/" + "x".repeat(58);

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "open,    a/b,                 70000, null,                  null",
                "open,    /,                   0,     null,                  null",
                "open,    x/p2p/y,             0,     null,                  null",
                "open,    $SYS/broker/version, 0,     RESERVED,              DROP_MESSAGE",
                "open,    $SYS,                0,     RESERVED,              DROP_MESSAGE",
                "open,    $SYS/,               0,     RESERVED,              DROP_MESSAGE",
                "open,    $SYSTEM/a,           0,     null,                  null",
                "open,    a/$SYS/b,            0,     null,                  null",
                "open,    $aws/things/a,       0,     null,                  null",
                "open,    $share/g/t,          0,     null,                  null",
                "limited, a/b,                 2,     null,                  null",
                "limited, äöüßé,               2,     null,                  null",
                "limited, a/bcde,              0,     TOPIC_TOO_LONG,        CLOSE",
                "limited, a/b,                 3,     BODY_TOO_LARGE,        CLOSE",
                "apsara,  news,                65536, null,                  null",
                "apsara,  news/a/b,            0,     null,                  null",
                "apsara,  news/p2p/GID_x@@@1,  0,     null,                  null",
                "apsara,  news/a,              65537, BODY_TOO_LARGE,        CLOSE",
                "apsara,  olds/a,              0,     PARENT_NOT_REGISTERED, CLOSE",
                "apsara,  News/a,              0,     PARENT_NOT_REGISTERED, CLOSE",
                "apsara,  /news,               0,     PARENT_NOT_REGISTERED, CLOSE",
                "apsara,  $SYS/a,              0,     PARENT_NOT_REGISTERED, CLOSE",
            })
    void publishesAreLookedAt(
            String instance, String topic, int bodyBytes, @Nullable Kind kind, @Nullable Consequence consequence) {
        check(TopicRules.publish(view(instance), topic, bodyBytes), kind, consequence);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "open,    '#',       1000000, null,                  null",
                "open,    $SYS/#,    0,       RESERVED,              NOT_ADDED",
                "open,    $SYS,      0,       RESERVED,              NOT_ADDED",
                "open,    $SYSTEM/#, 0,       null,                  null",
                "open,    $aws/#,    0,       null,                  null",
                "open,    $share/g/t,0,       null,                  null",
                "open,    $share/g,  0,       SHARED_FILTER,         NOT_ADDED",
                "open,    $share//t, 0,       SHARED_FILTER,         NOT_ADDED",
                "open,    $share/+/t,0,       SHARED_FILTER,         NOT_ADDED",
                "open,    $share,    0,       SHARED_FILTER,         NOT_ADDED",
                "open,    $shared/t, 0,       null,                  null",
                "limited, $share/g/t,1,       TOO_MANY_FILTERS,      NOT_ADDED",
                "apsara,  $share/g/t,0,       PARENT_NOT_REGISTERED, CLOSE",
                "apsara,  $SYS/#,    0,       PARENT_NOT_REGISTERED, CLOSE",
                "limited, '#',       0,       null,                  null",
                "limited, '#',       1,       TOO_MANY_FILTERS,      NOT_ADDED",
                "limited, a/b/c/#,   0,       TOPIC_TOO_LONG,        NOT_ADDED",
                "apsara,  news/#,    29,      null,                  null",
                "apsara,  news/+/x,  29,      null,                  null",
                "apsara,  news/#,    30,      TOO_MANY_FILTERS,      NOT_ADDED",
                "apsara,  '#',       0,       WILDCARD_PARENT,       CLOSE",
                "apsara,  +/x,       0,       WILDCARD_PARENT,       CLOSE",
                "apsara,  olds/#,    0,       PARENT_NOT_REGISTERED, CLOSE",
            })
    void filtersAreLookedAt(
            String instance, String filter, int held, @Nullable Kind kind, @Nullable Consequence consequence) {
        check(TopicRules.subscribe(view(instance), filter, new Held(held, held)), kind, consequence);
    }

    @Test
    void wholeTopicHasAtMostSixtyFourCharactersInApsaraMode() {
        assertThat(TopicRules.publish(APSARA, LEVELS_63 + "x", 0)).isNull();
        check(TopicRules.publish(APSARA, LEVELS_63 + "xx", 0), Kind.TOPIC_TOO_LONG, Consequence.CLOSE);
        check(TopicRules.subscribe(APSARA, LEVELS_63 + "/#", new Held(0, 0)), Kind.TOPIC_TOO_LONG, Consequence.CLOSE);
        InstanceView longer = Views.fleet("mode = apsara, parent-topics = [news], limits.topic-length = 128");
        assertThat(TopicRules.publish(longer, "news/" + "x".repeat(123), 0)).isNull();
        check(TopicRules.publish(longer, "news/" + "x".repeat(124), 0), Kind.TOPIC_TOO_LONG, Consequence.CLOSE);
    }

    @Test
    void aTopicHasAtMostSoManyLevels() {
        assertThat(TopicRules.publish(OPEN, "/".repeat(127), 0)).isNull();
        check(TopicRules.publish(OPEN, "/".repeat(128), 0), Kind.TOPIC_TOO_LONG, Consequence.CLOSE);
        check(TopicRules.subscribe(OPEN, "/".repeat(127) + "/#", NONE), Kind.TOPIC_TOO_LONG, Consequence.NOT_ADDED);
        InstanceView flat = Views.fleet("mode = open, limits.topic-levels = 2");
        assertThat(TopicRules.publish(flat, "a/b", 0)).isNull();
        check(TopicRules.publish(flat, "a/b/", 0), Kind.TOPIC_TOO_LONG, Consequence.CLOSE);
    }

    @Test
    void filtersWithMoreThanOnePlusAreFew() {
        InstanceView two = Views.fleet("mode = open, limits.multi-wildcard-filters = 2");
        assertThat(TopicRules.subscribe(two, "+/+/x", new Held(70, 1))).isNull();
        check(TopicRules.subscribe(two, "+/+/x", new Held(70, 2)), Kind.TOO_MANY_FILTERS, Consequence.NOT_ADDED);
        assertThat(TopicRules.subscribe(two, "+/x/#", new Held(70, 2))).isNull();
        check(TopicRules.subscribe(OPEN, "+/+/x", new Held(100, 100)), Kind.TOO_MANY_FILTERS, Consequence.NOT_ADDED);
    }

    @Test
    void refusedPermissionsFollowTheMode() {
        check(TopicRules.publishNotPermitted(OPEN, "a"), Kind.NOT_PERMITTED, Consequence.DROP_MESSAGE);
        check(TopicRules.subscribeNotPermitted(OPEN, "a"), Kind.NOT_PERMITTED, Consequence.NOT_ADDED);
        check(TopicRules.publishNotPermitted(APSARA, "a"), Kind.NOT_PERMITTED, Consequence.CLOSE);
        check(TopicRules.subscribeNotPermitted(APSARA, "a"), Kind.NOT_PERMITTED, Consequence.CLOSE);
    }

    @Test
    void detailsNameWhatWasWrongAndWhatIsExpected() {
        assertThat(TopicRules.publish(APSARA, "olds/\n", 0))
                .extracting(Violation::detail)
                .isEqualTo("topic: olds/? (expected: a registered parent topic)");
        assertThat(TopicRules.publish(APSARA, "news", 65_537))
                .extracting(Violation::detail)
                .isEqualTo("body: 65537 bytes (expected: at most 65536)");
    }

    private static InstanceView view(String name) {
        return switch (name) {
            case "open" -> OPEN;
            case "limited" -> LIMITED;
            case "apsara" -> APSARA;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static void check(@Nullable Violation violation, @Nullable Kind kind, @Nullable Consequence consequence) {
        if (kind == null) {
            assertThat(violation).isNull();
        } else {
            assertThat(violation).isNotNull();
            assertThat(violation.kind()).isEqualTo(kind);
            assertThat(violation.consequence()).isEqualTo(consequence);
        }
    }
}
