package dev.skein.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.link.Frame;
import dev.skein.node.route.AnyMessage;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.TopicName;
import org.junit.jupiter.api.Test;

class SeenMessagesTest {
    private final SeenMessages seen = new SeenMessages();

    private boolean first(long sequence, long writer) {
        return first(sequence, writer, Frame.Kind.LIVE);
    }

    private boolean first(long sequence, long writer, Frame.Kind kind) {
        MessageId id = new MessageId(sequence, writer << 32);
        Message message = AnyMessage.of("i", TopicName.of("a"), new byte[0], 2, false, id);
        return seen.first(message, kind);
    }

    @Test
    void aMessageIsFirstOnce() {
        assertThat(first(5, 1)).isTrue();
        assertThat(first(5, 1)).isFalse();
    }

    @Test
    void oneMessageIsFirstForSubscribersAndForSessions() {
        assertThat(first(5, 1, Frame.Kind.LIVE)).isTrue();
        assertThat(first(5, 1, Frame.Kind.SESSION)).isTrue();
        assertThat(first(5, 1, Frame.Kind.LIVE)).isFalse();
        assertThat(first(5, 1, Frame.Kind.SESSION)).isFalse();
    }

    @Test
    void messagesOfSomeWritersInOneMillisecondAreAllFirst() {
        long millisecond = 1_795_000_000_000L << 16;
        for (long writer = 1; writer <= 4; writer++) {
            for (long counter = 0; counter < 200; counter++) {
                assertThat(first(millisecond + counter, writer))
                        .as("counter %s of writer %s", counter, writer)
                        .isTrue();
            }
        }
    }
}
