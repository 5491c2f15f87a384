package dev.skein.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailureTextTest {
    @Test
    void namesValueAndExpectation() {
        assertThat(FailureText.of("qos", 3, "0..2")).isEqualTo("qos: 3 (expected: 0..2)");
    }

    @Test
    void showsNoCharacterThatCouldForgeALogLine() {
        assertThat(FailureText.of("topic", "a\nb\u001b[0m\uD800", "x")).isEqualTo("topic: a?b?[0m? (expected: x)");
    }

    @Test
    void cutsLongValues() {
        assertThat(FailureText.of("t", "a".repeat(129), "x")).isEqualTo("t: " + "a".repeat(128) + "... (expected: x)");
    }
}
