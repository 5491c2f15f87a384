package dev.skein.protocol.mqtt.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.testing.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncoderTest {
    private static final TopicName TOPIC = TopicName.of("a/ü");
    private static final byte[] PAYLOAD = "hi".getBytes(UTF_8);

    private static String hex(Consumer<ByteBuf> encode) {
        ByteBuf out = Unpooled.buffer(0);
        encode.accept(out);
        return ByteBufUtil.hexDump(out);
    }

    private static void refuses(Consumer<ByteBuf> encode) {
        ByteBuf out = Unpooled.buffer();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encode.accept(out))
                .withMessageMatching(".+: .+ \\(expected: .+\\)");
        assertThat(out.writerIndex()).isZero();
    }

    @Test // 3.3
    void writesPublish() {
        assertThat(hex(out -> PublishEncoder.encode(out, TOPIC, PAYLOAD, 0, false, false, 0)))
                .isEqualTo(Wire.hex("30 08 s'a/ü' 'hi'"));
        assertThat(hex(out -> PublishEncoder.encode(out, TOPIC, PAYLOAD, 1, false, true, 7)))
                .isEqualTo(Wire.hex("33 0a s'a/ü' 0007 'hi'"));
        assertThat(hex(out -> PublishEncoder.encode(out, TOPIC, PAYLOAD, 2, true, false, 65_535)))
                .isEqualTo(Wire.hex("3c 0a s'a/ü' ffff 'hi'"));
        assertThat(hex(out -> PublishEncoder.encode(out, TOPIC, new byte[0], 0, false, false, 0)))
                .isEqualTo(Wire.hex("30 06 s'a/ü'"));
    }

    @ParameterizedTest // table 2.4: the last and first value of each number of digits
    @CsvSource({
        "0, 00",
        "127, 7f",
        "128, 8001",
        "16383, ff7f",
        "16384, 808001",
        "2097151, ffff7f",
        "2097152, 80808001",
        "268435455, ffffff7f"
    })
    void writesTheRemainingLengthInTheFewestBytes(int remaining, String expected) {
        assertThat(hex(out -> PacketEncoder.writeRemainingLength(out, remaining)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 118, 119, 120, 121, 122, 123, 16_376, 16_377, 16_378, 16_379, 2_097_144, 2_097_147})
    void foreseesSizeAndPlaceOfThePacketId(int payloadLength) {
        for (int qos = 0; qos <= 2; qos++) {
            ByteBuf out = Unpooled.buffer();
            PublishEncoder.encode(out, TOPIC, new byte[payloadLength], qos, false, false, 0x1234);
            assertThat(PublishEncoder.size(TOPIC, payloadLength, qos)).isEqualTo(out.readableBytes());
            int idAt = PublishEncoder.packetIdOffset(TOPIC, payloadLength, qos);
            assertThat(out.readableBytes() - idAt).isEqualTo(payloadLength + (qos > 0 ? 2 : 0));
            if (qos > 0) {
                assertThat(out.getUnsignedShort(idAt)).isEqualTo(0x1234);
            }
        }
    }

    @Test
    void refusesImpossiblePublishes() {
        refuses(out -> PublishEncoder.encode(out, TOPIC, PAYLOAD, 3, false, false, 1));
        refuses(out -> PublishEncoder.encode(out, TOPIC, PAYLOAD, -1, false, false, 1));
        refuses(out -> PublishEncoder.encode(out, TOPIC, PAYLOAD, 1, false, false, 0)); // [MQTT-2.3.1-1]
        refuses(out -> PublishEncoder.encode(out, TOPIC, PAYLOAD, 1, false, false, 65_536));
        refuses(out -> PublishEncoder.encode(out, TOPIC, PAYLOAD, 0, true, false, 0)); // [MQTT-3.3.1-2]
        assertThatIllegalArgumentException().isThrownBy(() -> PublishEncoder.size(TOPIC, Integer.MAX_VALUE, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> PublishEncoder.size(TOPIC, 268_435_450, 0));
    }

    @Test
    void writesSmallPackets() {
        assertThat(hex(out -> PacketEncoder.connack(out, false, 0))).isEqualTo("20020000");
        assertThat(hex(out -> PacketEncoder.connack(out, true, 0))).isEqualTo("20020100");
        assertThat(hex(out -> PacketEncoder.connack(out, false, 5))).isEqualTo("20020005");
        assertThat(hex(out -> PacketEncoder.puback(out, 1))).isEqualTo("40020001");
        assertThat(hex(out -> PacketEncoder.pubrec(out, 0x1234))).isEqualTo("50021234");
        assertThat(hex(out -> PacketEncoder.pubrel(out, 0xFFFF))).isEqualTo("6202ffff");
        assertThat(hex(out -> PacketEncoder.pubcomp(out, 0x8000))).isEqualTo("70028000");
        assertThat(hex(out -> PacketEncoder.unsuback(out, 9))).isEqualTo("b0020009");
        assertThat(hex(PacketEncoder::pingresp)).isEqualTo("d000");
        assertThat(hex(out -> PacketEncoder.suback(out, 10, Wire.bytes("00 01 02 80"))))
                .isEqualTo("9006000a00010280");
        assertThat(hex(out -> PacketEncoder.suback(out, 10, new byte[126]))).startsWith("908001000a00");
    }

    @Test
    void refusesImpossiblePackets() {
        refuses(out -> PacketEncoder.connack(out, true, 2)); // [MQTT-3.2.2-4]
        refuses(out -> PacketEncoder.connack(out, false, 6));
        refuses(out -> PacketEncoder.connack(out, false, -1));
        refuses(out -> PacketEncoder.puback(out, 0));
        refuses(out -> PacketEncoder.pubrel(out, 65_536));
        refuses(out -> PacketEncoder.suback(out, 0, new byte[1]));
        refuses(out -> PacketEncoder.suback(out, 1, new byte[0]));
        refuses(out -> PacketEncoder.suback(out, 1, Wire.bytes("03"))); // [MQTT-3.9.3-2]
        refuses(out -> PacketEncoder.suback(out, 1, Wire.bytes("81")));
    }
}
