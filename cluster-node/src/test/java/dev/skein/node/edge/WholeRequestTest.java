package dev.skein.node.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeRequestTest {
    private static final int MAX = 1000;
    private static final String REQUEST = "GET /mqtt HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\n\r\n";

    private final ConnectionMemory memory = new ConnectionMemory(4096);
    private int refused;
    private final EmbeddedChannel channel = channel();

    private EmbeddedChannel channel() {
        return new EmbeddedChannel(new WholeRequest(MAX, memory, (_, _) -> refused++));
    }

    @AfterEach
    void nothingIsHeldInTheEnd() {
        channel.finishAndReleaseAll();
        assertThat(memory.used()).isZero();
    }

    private static void receive(EmbeddedChannel to, String text) {
        to.writeInbound(Unpooled.buffer(text.length()).writeBytes(text.getBytes(ISO_8859_1)));
    }

    private String passedOn() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
            all.append(next.toString(ISO_8859_1));
            next.release();
        }
        return all.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 1000})
    void requestGoesOnWhenItIsWholeHoweverItIsCut(int piece) {
        String all = REQUEST + "\u0082what follows";
        for (int from = 0; from < all.length(); from += piece) {
            int to = Math.min(all.length(), from + piece);
            receive(channel, all.substring(from, to));
            assertThat(memory.used() > 0).isEqualTo(to < REQUEST.length());
            assertThat(passedOn())
                    .isEqualTo(
                            to < REQUEST.length()
                                    ? ""
                                    : from < REQUEST.length() ? all.substring(0, to) : all.substring(from, to));
        }
    }

    @Test
    void whatIsNoRequestGoesOnAtOnce() {
        receive(channel, "\u0082\u000c\u0000\u0004MQTT");
        assertThat(passedOn()).hasSize(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0010\u000c\u0000\u0004MQTT", "\u0016\u0003\u0001\u0002\u0000"})
    void anotherProtocolIsRefused(String text) {
        receive(channel, text);
        receive(channel, text);
        assertThat(passedOn()).isEmpty();
        assertThat(refused).isEqualTo(1);
    }

    @Test
    void whatIsTooLongGoesOnToBeRefused() {
        receive(channel, "G".repeat(MAX));
        assertThat(passedOn()).isEmpty();
        receive(channel, "G");
        assertThat(passedOn()).hasSize(MAX + 1);
    }

    @Test
    void allTogetherKeepAQuarterOfTheMemory() {
        EmbeddedChannel second = channel();
        receive(channel, "G".repeat(600));
        receive(second, "G".repeat(424));
        assertThat(refused).isZero();

        receive(second, "G");
        assertThat(refused).isEqualTo(1);
        assertThat(memory.closed()).isEqualTo(1);
        assertThat(memory.isFull())
                .as("connections without a request are taken in")
                .isFalse();
        second.finishAndReleaseAll();
        assertThat(memory.used()).isEqualTo(600);
    }
}
