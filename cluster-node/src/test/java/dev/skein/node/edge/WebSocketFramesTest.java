package dev.skein.node.edge;

import static dev.skein.node.edge.EdgeFixture.hex;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketFramesTest {

    private final EmbeddedChannel channel = new EmbeddedChannel(new WebSocketFrames());

    @AfterEach
    void endWithoutLeaks() {
        assertThat(channel.finishAndReleaseAll()).isIn(true, false);
    }

    private void receive(byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
    }

    private static String text(ByteBuf buf) {
        try {
            return buf.toString(ISO_8859_1);
        } finally {
            buf.release();
        }
    }

    private String inbound() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
            all.append(text(next));
        }
        return all.toString();
    }

    private String outbound() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.append(text(next));
        }
        return all.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    // [MQTT-6.0.0-2]: a packet may span frames, a frame may hold several packets.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 64, 1_000_000})
    void payloadIsTheSameHoweverItIsCut(int piece) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        StringBuilder expected = new StringBuilder();
        for (int size : new int[] {0, 1, 125, 126, 1000, 65_535, 65_536}) {
            String payload = "0123456789abcdef".repeat(size / 16 + 1).substring(0, size);
            expected.append(payload);
            stream.writeBytes(RawWebSocket.frame(0x82, payload));
            stream.writeBytes(RawWebSocket.frame(0x8a, "pong nobody asked for"));
        }
        stream.writeBytes(RawWebSocket.frame(0x02, "first"));
        stream.writeBytes(RawWebSocket.frame(0x89, "ping"));
        stream.writeBytes(RawWebSocket.frame(0x00, ""));
        stream.writeBytes(RawWebSocket.frame(0x80, "last"));
        expected.append("firstlast");

        byte[] all = stream.toByteArray();
        StringBuilder received = new StringBuilder();
        for (int from = 0; from < all.length; from += piece) {
            receive(Arrays.copyOfRange(all, from, Math.min(all.length, from + piece)));
            received.append(inbound());
        }
        assertThat(received.toString()).isEqualTo(expected.toString());
        assertThat(outbound()).isEqualTo(hex("8a04") + "ping");
    }

    @Test
    void payloadIsPassedOnBeforeItsFrameIsWhole() {
        byte[] frame = RawWebSocket.frame(0x82, "x".repeat(100_000));
        receive(Arrays.copyOf(frame, 50));
        assertThat(inbound()).isEqualTo("x".repeat(50 - 14));
    }

    // [MQTT-6.0.0-1]
    @ParameterizedTest
    @ValueSource(ints = {1, 125, 126, 512, 513, 65_535, 65_536})
    void eachBufferBecomesABinaryFrame(int size) {
        String payload = "x".repeat(size);
        channel.writeOutbound(Unpooled.copiedBuffer(payload, ISO_8859_1));
        String header = size < 126
                ? hex("82") + (char) size
                : size < 65_536
                        ? hex("827e") + (char) (size >> 8) + (char) (size & 0xff)
                        : hex("827f 0000000000010000");
        assertThat(outbound()).isEqualTo(header + payload);
    }

    @Test
    void emptyBufferMakesNoFrame() {
        assertThat(channel.writeOutbound(Unpooled.EMPTY_BUFFER)).isTrue();
        assertThat(outbound()).isEmpty();
    }

    private void closesWith(int code, byte[] frame) {
        receive(frame);
        assertThat(inbound()).isEmpty();
        assertThat(outbound()).isEqualTo(hex("8802") + (char) (code >> 8) + (char) (code & 0xff));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void textIsUnsupportedData() {
        closesWith(1003, RawWebSocket.frame(0x81, "text"));
    }

    @Test
    void unmaskedFrameIsAProtocolError() {
        closesWith(1002, bytes(hex("820161")));
    }

    @Test
    void reservedBitIsAProtocolError() {
        closesWith(1002, RawWebSocket.frame(0xc2, "compressed?"));
    }

    @Test
    void unknownOpcodeIsAProtocolError() {
        closesWith(1002, RawWebSocket.frame(0x83, "?"));
    }

    @Test
    void continuationOfNothingIsAProtocolError() {
        closesWith(1002, RawWebSocket.frame(0x80, "?"));
    }

    @Test
    void newMessageInsideAnotherIsAProtocolError() {
        receive(RawWebSocket.frame(0x02, ""));
        closesWith(1002, RawWebSocket.frame(0x82, "?"));
    }

    @Test
    void fragmentedPingIsAProtocolError() {
        closesWith(1002, RawWebSocket.frame(0x09, "?"));
    }

    @Test
    void longPingIsAProtocolError() {
        closesWith(1002, RawWebSocket.frame(0x89, "?".repeat(126)));
    }

    @Test
    void negativeLengthIsAProtocolError() {
        closesWith(1002, bytes(hex("82ff 8000000000000000 01020304")));
    }

    @Test
    void closeIsAnsweredWithItsCode() {
        closesWith(3999, RawWebSocket.frame(0x88, hex("0f9f") + "good bye"));
    }

    @Test
    void closeWithoutCodeIsAnsweredAsNormal() {
        closesWith(1000, RawWebSocket.frame(0x88, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"03", "03ed", "0001", "1388"})
    void closeWithACodeThatMustNotBeSentIsAProtocolError(String payload) {
        closesWith(1002, RawWebSocket.frame(0x88, hex(payload)));
    }

    @Test
    void nothingIsReadBehindAClose() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(RawWebSocket.frame(0x88, ""));
        stream.writeBytes(RawWebSocket.frame(0x82, "late"));
        closesWith(1000, stream.toByteArray());
    }
}
