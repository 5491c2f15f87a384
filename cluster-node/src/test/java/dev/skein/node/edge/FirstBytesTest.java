package dev.skein.node.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.mqtt.codec.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FirstBytesTest {
    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "'\u0016\u0003\u0001\u0002\u0000\u0001', TLS",
        "'\u0016\u0003', TLS",
        "'\u0016', OTHER",
        "'\u0016\u0002\u0001', OTHER",
        "GET / HTTP/1.1, HTTP",
        "POST, HTTP",
        "PUT /, HTTP",
        "HEAD /, HTTP",
        "OPTIONS *, HTTP",
        "DELETE /, HTTP",
        "PRI * HTTP/2.0, HTTP",
        "GETS, OTHER",
        "GE, OTHER",
        "get /, OTHER",
        "'\u0010\u000c\u0000\u0004MQTT', MQTT",
        "'', OTHER",
        "'0\u0003\u0000\u0001a', OTHER",
    })
    void showWhatAClientSpeaks(String text, FirstBytes expected) {
        assertThat(FirstBytes.of(bytes(text))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0010\u000c\u0000\u0004MQTT", "\u0010", "hello"})
    void whatMayBeMqttGoesOnUnchecked(String text) {
        EmbeddedChannel channel = new EmbeddedChannel(new FirstBytesCheck());
        channel.writeInbound(bytes(text), bytes("GET / is what a message says"));

        assertThat(channel.inboundMessages()).hasSize(2);
        assertThat(channel.pipeline().get(FirstBytesCheck.class)).isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void anotherProtocolIsRefusedOnceAndNothingOfItGoesOn() {
        EmbeddedChannel channel = new EmbeddedChannel(new FirstBytesCheck());
        ByteBuf first = bytes("GET / HTTP/1.1\r\n");
        ByteBuf second = bytes("Host: here\r\n\r\n");

        assertThatThrownBy(() -> channel.writeInbound(first))
                .isInstanceOf(MalformedPacketException.class)
                .hasMessageStartingWith("HTTP request on an MQTT listener (expected: MQTT;");
        channel.writeInbound(second);

        assertThat(channel.inboundMessages()).isEmpty();
        assertThat(first.refCnt() + second.refCnt()).isZero();
    }
}
