package dev.skein.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class P2pTopicsTest {
    @Test
    void targetIsAllThatFollowsTheP2pLevel() {
        assertThat(P2pTopics.target("devices/p2p/GID_a@@@1")).isEqualTo("GID_a@@@1");
        assertThat(P2pTopics.target("d/p2p/a/b")).isEqualTo("a/b");
        assertThat(P2pTopics.target("d/p2p//")).isEqualTo("/");
        assertThat(P2pTopics.target("d/p2p/p2p/x")).isEqualTo("p2p/x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"d", "d/p2p", "d/p2p/", "/p2p/x", "p2p/x", "d/x/p2p/y", "d//p2p/x", "d/P2P/x", "d/p2px/y", "/"})
    void otherTopicsAddressNobody(String topic) {
        assertThat(P2pTopics.target(topic)).isNull();
    }

    @Test
    void ofIsTheInverseOfTarget() {
        assertThat(P2pTopics.of("devices", "GID_a@@@1")).isEqualTo("devices/p2p/GID_a@@@1");
        assertThat(P2pTopics.target(P2pTopics.of("devices", "a/b"))).isEqualTo("a/b");
    }
}
