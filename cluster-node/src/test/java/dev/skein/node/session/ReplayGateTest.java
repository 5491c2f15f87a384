package dev.skein.node.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.AnyMessage;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.TopicName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which of a live and a retained message of one topic comes first, and which is left out. */
class ReplayGateTest {
    private static final int MESSAGES = 3;
    private static final int BYTES = 10;

    private final ReplayGate gate = new ReplayGate(MESSAGES, BYTES);
    private final List<String> released = new ArrayList<>();

    private static Message message(String topic, String text, boolean retain) {
        return AnyMessage.of("default", TopicName.of(topic), text.getBytes(UTF_8), 1, retain);
    }

    private boolean live(String topic, String text) {
        return gate.take(message(topic, text, false), 1);
    }

    private void release() {
        gate.release((message, qos) ->
                released.add(message.topic().value() + " " + new String(message.payload(), UTF_8) + " " + qos));
    }

    @Test
    void liveMessagesOfASubscriptionThatAsksAreHeldAndComeBackInOrder() {
        gate.add("a/#");
        assertThat(live("x", "0")).isFalse();
        assertThat(live("a/b", "1")).isTrue();
        assertThat(live("a/c", "3")).isTrue();
        assertThat(live("a/b", "4")).isTrue();

        release();

        assertThat(released).containsExactly("a/b 1 1", "a/c 3 1", "a/b 4 1");
        assertThat(gate.held()).isZero();
        assertThat(live("a/b", "5")).isFalse();
    }

    @Test
    void whatComesBehindAHeldMessageDoesNotOvertakeIt() {
        gate.add("a/#");
        assertThat(live("a/b", "1")).isTrue();
        assertThat(live("x", "2")).isTrue();
        release();
        assertThat(released).containsExactly("a/b 1 1", "x 2 1");
        assertThat(gate.isOvertaken("x")).isFalse();
    }

    @Test
    void aRetainedMessageIsOvertakenOnceALiveOneOfItsTopicWentOut() {
        gate.add("a/#");
        live("a/b", "1");
        assertThat(gate.isOvertaken("a/b")).isFalse();
        release();
        live("a/c", "2");
        assertThat(gate.isOvertaken("a/b")).isTrue();
        assertThat(gate.isOvertaken("a/c")).isTrue();
        assertThat(gate.isOvertaken("a/d")).isFalse();
    }

    @Test
    void topicsThatWereShownAreNotHeldAgain() {
        gate.add("a/#");
        live("a/b", "1");
        release();
        gate.hold();
        assertThat(live("a/b", "2")).isFalse();
        assertThat(live("a/c", "3")).isTrue();
    }

    @Test // [MQTT-3.8.4-3]
    void whatWasShownBeforeASubscriptionDoesNotOvertakeItsRetainedMessages() {
        gate.add("a/#");
        release();
        live("a/b", "1");
        live("a/c", "1");
        gate.add("a/b");
        assertThat(gate.isOvertaken("a/b")).isFalse();
        assertThat(gate.isOvertaken("a/c")).isTrue();
        assertThat(live("a/b", "2")).isTrue();
        release();
        assertThat(gate.isOvertaken("a/b")).isTrue();
    }

    @Test
    void aFilterThatIsServedHoldsNothing() {
        gate.add("a/b");
        gate.add("a/+");
        gate.remove("a/+");
        assertThat(live("a/c", "1")).isFalse();
        assertThat(live("a/b", "1")).isTrue();
        gate.remove("a/b");
        release();
        assertThat(gate.isOvertaken("a/b")).isFalse();
    }

    @Test
    void aHeldMessageWithRetainIsTheRetainedOne() {
        gate.add("a/b");
        gate.take(message("a/b", "kept", true), 1);
        gate.take(message("a/b", "not kept", false), 1);
        assertThat(gate.holdsCopy("a/b", "kept".getBytes(UTF_8))).isTrue();
        assertThat(gate.holdsCopy("a/b", "older".getBytes(UTF_8))).isFalse();
        assertThat(gate.holdsCopy("a/b", "not kept".getBytes(UTF_8))).isFalse();
        assertThat(gate.holdsCopy("a/c", "kept".getBytes(UTF_8))).isFalse();
    }

    @Test
    void itIsFullByMessagesAndByBytes() {
        gate.add("#");
        live("a", "1");
        live("b", "2");
        assertThat(gate.isFull()).isFalse();
        live("c", "3");
        assertThat(gate.isFull()).isTrue();
        release();
        gate.hold();
        live("d", "12345678901");
        assertThat(gate.isFull()).isTrue();
        release();
        assertThat(gate.isFull()).isFalse();
    }
}
