package dev.skein.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.testing.Wire;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every field at the sizes where a decoder may have a bound of its own, and every value of every flag. */
class BoundarySizesTest {
    private static final int LARGEST = 1024 * 1024;
    private static final int[] SIZES = {0, 1, 32_767, 32_768, 65_535};

    private static FramerProbe pipeline() {
        return FramerProbe.decoding(new TopicNameCache(), LARGEST);
    }

    private static byte[] packet(int firstByte, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(firstByte);
        int rest = body.length;
        do {
            out.write(rest % 128 + (rest >= 128 ? 128 : 0));
            rest /= 128;
        } while (rest > 0);
        out.writeBytes(body);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] field(int size) {
        return Wire.bytes("s'" + "x".repeat(size) + "'");
    }

    private static byte[] connect(int flags, int... sizes) {
        byte[] fields = Wire.bytes("s'MQTT' 04 " + Wire.hex(new byte[] {(byte) flags}) + " 003c");
        for (int size : sizes) {
            fields = join(fields, field(size));
        }
        return packet(0x10, fields);
    }

    private static void onlyReasons(FramerProbe probe, String input) {
        assertThat(probe.failures).as(input).hasSizeLessThan(2).allMatch(MalformedPacketException.class::isInstance);
        assertThat(probe.received)
                .as(input)
                .allMatch(message -> !(message instanceof MqttMessage mqtt)
                        || mqtt.decoderResult().isSuccess()
                        || mqtt.decoderResult().cause() instanceof MqttUnacceptableProtocolVersionException);
    }

    @Test // [MQTT-1.5.3], [MQTT-3.1.3-10]: 65,535 bytes
    void everyFieldOfAConnectMayHaveEverySize() {
        for (int field = 0; field < 5; field++) {
            for (int size : SIZES) {
                int[] sizes = {1, 1, 1, 1, 1};
                sizes[field] = size;
                try (FramerProbe probe = pipeline()) {
                    probe.write(connect(0xC6, sizes));
                    if (field == 1 && size == 0) {
                        assertThat(probe.failure().clause()).isEqualTo("MQTT-4.7.3-1");
                        continue;
                    }
                    assertThat(probe.failures).isEmpty();
                    MqttConnectMessage connect = (MqttConnectMessage) probe.received.getFirst();
                    assertThat(connect.decoderResult().isSuccess()).isTrue();
                    MqttConnectPayload payload = connect.payload();
                    assertThat(payload.clientIdentifier()).hasSize(sizes[0]);
                    assertThat(payload.willTopic()).hasSize(sizes[1]);
                    assertThat(payload.willMessageInBytes()).hasSize(sizes[2]);
                    assertThat(payload.userName()).hasSize(sizes[3]);
                    assertThat(payload.passwordInBytes()).hasSize(sizes[4]);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 32_767, 32_768, 65_535})
    void filtersAndTopicsMayHaveEverySize(int size) {
        try (FramerProbe probe = pipeline()) {
            probe.write(packet(0x82, join(Wire.bytes("0001"), field(size), Wire.bytes("01"))));
            probe.write(packet(0xA2, join(Wire.bytes("0001"), field(size), field(1))));
            probe.write(packet(0x33, join(field(size), Wire.bytes("0001"))));
            assertThat(probe.failures).isEmpty();
            MqttSubscribeMessage subscribe = (MqttSubscribeMessage) probe.received.getFirst();
            assertThat(subscribe.payload().topicSubscriptions().getFirst().topicFilter())
                    .hasSize(size);
            MqttUnsubscribeMessage unsubscribe = (MqttUnsubscribeMessage) probe.received.get(1);
            assertThat(unsubscribe.payload().topics().getFirst()).hasSize(size);
            assertThat(((InboundPublish) probe.received.get(2)).topic().value()).hasSize(size);
        }
    }

    @Test // a field that declares more than there is, by one byte and by all that it can
    void fieldsThatReachBeyondThePacketAreRefused() {
        byte[] whole = connect(0xC6, 1, 1, 1, 1, 1);
        int[] fieldsAt = {2, 12, 15, 18, 21, 24};
        for (int at : fieldsAt) {
            for (int declared : new int[] {0, 2, 5, 32_767, 32_768, 65_535}) {
                byte[] input = whole.clone();
                input[at] = (byte) (declared >>> 8);
                input[at + 1] = (byte) declared;
                try (FramerProbe probe = pipeline()) {
                    onlyReasons(probe.write(input), Wire.hex(input));
                    assertThat(probe.failures).as(Wire.hex(input)).hasSize(1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 0x83, 0x84})
    void everyValueOfTheConnectFlagsHasAReason(int level) {
        String name = (level & 0x7F) == 3 ? "s'MQIsdp' " : "s'MQTT' ";
        for (int flags = 0; flags < 256; flags++) {
            for (String payload : new String[] {"", "s'p'", "s'p' s'w' s'm' s'u' s's'"}) {
                String fields = name + Wire.hex(new byte[] {(byte) level, (byte) flags}) + " 003c " + payload;
                byte[] input = packet(0x10, Wire.bytes(fields));
                try (FramerProbe probe = pipeline()) {
                    onlyReasons(probe.write(input), Wire.hex(input));
                    assertThat(probe.received.size() + probe.failures.size()).isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10 0d s'MQTT' 04 02 003c s'p'", "10 0f s'MQIsdp' 03 02 003c s'p'"})
    void everyFirstByteHasAReasonAtEveryLength(String before) {
        for (int first = 0; first < 256; first++) {
            for (int length = 0; length < 12; length++) {
                for (int filler : new int[] {0, 1, 2, 'a', 0x7F, 0xFF}) {
                    byte[] body = new byte[length];
                    Arrays.fill(body, (byte) filler);
                    byte[] input = packet(first, body);
                    try (FramerProbe probe = pipeline()) {
                        if (!before.isEmpty()) {
                            probe.write(before);
                        }
                        onlyReasons(probe.write(input), Wire.hex(input));
                    }
                }
            }
        }
    }

    @Test
    void everyFormOfTheRemainingLengthHasAReason() {
        int[] digits = {0x00, 0x01, 0x7F, 0x80, 0x81, 0xFF};
        for (int first : new int[] {0x10, 0x30, 0x32, 0x40, 0x62, 0x82, 0xA2, 0xC0, 0xE0}) {
            for (int i = 0; i < digits.length * digits.length * digits.length * digits.length; i++) {
                byte[] input = {
                    (byte) first,
                    (byte) digits[i % 6],
                    (byte) digits[i / 6 % 6],
                    (byte) digits[i / 36 % 6],
                    (byte) digits[i / 216],
                };
                try (FramerProbe probe = pipeline()) {
                    onlyReasons(probe.write(input), Wire.hex(input));
                }
            }
        }
    }
}
