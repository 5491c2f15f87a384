package dev.skein.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"a", "/", "//", "/a", "a/", "a//b", "$SYS/x", " ", "a b/c", "ümlaut/\uD83D\uDE00", "\uFEFF"})
    void acceptsEveryNameThatTheStandardAllows(String topic) {
        assertThat(TopicNames.violation(topic)).isNull();
    }

    @Test // [MQTT-4.7.3-1]
    void refusesAnEmptyName() {
        assertThat(TopicNames.violation("")).isEqualTo("topic:  (expected: at least one character)");
    }

    @ParameterizedTest // [MQTT-4.7.1-1]
    @ValueSource(strings = {"a/+", "+", "#", "a/#", "a+b", "a#"})
    void refusesWildcards(String topic) {
        assertThat(TopicNames.violation(topic)).isEqualTo("topic: " + topic + " (expected: no wildcard)");
    }

    @Test // [MQTT-4.7.3-2]
    void refusesTheNullCharacter() {
        assertThat(TopicNames.violation("a\u0000b")).isEqualTo("topic: a?b (expected: no U+0000)");
    }

    @ParameterizedTest // [MQTT-1.5.3-1]
    @ValueSource(strings = {"a\uD800", "\uDC00a", "\uDC00\uD800", "\uD800\uD800\uDC00", "\uD800x"})
    void refusesLoneSurrogates(String topic) {
        assertThat(TopicNames.violation(topic)).endsWith("(expected: no lone surrogate)");
    }

    @Test // [MQTT-4.7.3-3]
    void countsLengthInBytesOfUtf8() {
        assertThat(TopicNames.violation("a".repeat(65_535))).isNull();
        assertThat(TopicNames.violation("a".repeat(65_536))).endsWith("(expected: <= 65535 bytes of UTF-8)");
        assertThat(TopicNames.violation("ü".repeat(32_767) + "a")).isNull();
        assertThat(TopicNames.violation("ü".repeat(32_768))).isNotNull();
        assertThat(TopicNames.violation("€".repeat(21_845))).isNull();
        assertThat(TopicNames.violation("€".repeat(21_845) + "a")).isNotNull();
        assertThat(TopicNames.violation("\uD83D\uDE00".repeat(16_383) + "aaa")).isNull();
        assertThat(TopicNames.violation("\uD83D\uDE00".repeat(16_384))).isNotNull();
    }

    @Test
    void parentIsTheFirstLevel() {
        assertThat(TopicNames.parent("a")).isEqualTo("a");
        assertThat(TopicNames.parent("a/b/c")).isEqualTo("a");
        assertThat(TopicNames.parent("/a")).isEmpty();
        assertThat(TopicNames.parent("$SYS/x")).isEqualTo("$SYS");
    }
}
