package dev.skein.node.edge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.Message;
import dev.skein.protocol.mqtt.codec.TopicName;
import org.junit.jupiter.api.Test;

class SeenMessagesTest {
    private final SeenMessages seen = new SeenMessages();

    private static Message message(long sequence, long writer) {
        Message message = new Message("i", TopicName.of("a"), new byte[0], 2, false);
        message.identify(sequence, writer << 32);
        return message;
    }

    @Test
    void aMessageIsFirstOnce() {
        assertThat(seen.first(message(5, 1))).isTrue();
        assertThat(seen.first(message(5, 1))).isFalse();
    }

    @Test
    void messagesOfSomeWritersInOneMillisecondAreAllFirst() {
        long millisecond = 1_795_000_000_000L << 16;
        for (long writer = 1; writer <= 4; writer++) {
            for (long counter = 0; counter < 200; counter++) {
                assertThat(seen.first(message(millisecond + counter, writer)))
                        .as("counter %s of writer %s", counter, writer)
                        .isTrue();
            }
        }
    }
}
