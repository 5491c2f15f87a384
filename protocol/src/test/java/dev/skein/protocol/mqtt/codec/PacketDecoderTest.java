package dev.skein.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the application sees behind a framer that decodes. */
class PacketDecoderTest {
    private static FramerProbe pipeline() {
        return FramerProbe.decoding(new TopicNameCache(), FramerProbe.MAX_PACKET_SIZE);
    }

    private static MqttMessage only(FramerProbe probe) {
        assertThat(probe.failures).isEmpty();
        assertThat(probe.received).hasSize(1);
        return (MqttMessage) probe.received.getFirst();
    }

    @Test
    void seesAConnectOf311() {
        try (FramerProbe probe = pipeline()) {
            MqttConnectMessage connect =
                    (MqttConnectMessage) only(probe.write("10 19 s'MQTT' 04 ee 003c s'p' s'w' s'm' s'u' s's'"));
            assertThat(connect.decoderResult().isSuccess()).isTrue();
            assertThat(connect.variableHeader().version()).isEqualTo(4);
            assertThat(connect.variableHeader().keepAliveTimeSeconds()).isEqualTo(60);
            assertThat(connect.variableHeader().isCleanSession()).isTrue();
            assertThat(connect.variableHeader().willQos()).isEqualTo(1);
            assertThat(connect.variableHeader().isWillRetain()).isTrue();
            assertThat(connect.payload().clientIdentifier()).isEqualTo("p");
            assertThat(connect.payload().willTopic()).isEqualTo("w");
            assertThat(connect.payload().willMessageInBytes()).asString().isEqualTo("m");
            assertThat(connect.payload().userName()).isEqualTo("u");
            assertThat(connect.payload().passwordInBytes()).asString().isEqualTo("s");
        }
    }

    @Test // [MQTT-3.1.3-7]
    void seesAnEmptyClientIdOf311AsAnEmptyString() {
        try (FramerProbe probe = pipeline()) {
            MqttConnectMessage connect = (MqttConnectMessage) only(probe.write("10 0c s'MQTT' 04 02 0000 0000"));
            assertThat(connect.decoderResult().isSuccess()).isTrue();
            assertThat(connect.payload().clientIdentifier()).isEmpty();
        }
    }

    @Test
    void seesAConnectOf31() {
        try (FramerProbe probe = pipeline()) {
            MqttConnectMessage connect = (MqttConnectMessage) only(probe.write("10 0f s'MQIsdp' 03 02 003c s'p'"));
            assertThat(connect.decoderResult().isSuccess()).isTrue();
            assertThat(connect.variableHeader().version()).isEqualTo(3);
        }
    }

    @Test // 3.1 asks for 1 to 23 characters: the application answers CONNACK 0x02
    void seesAnEmptyClientIdOf31AsAnEmptyString() {
        try (FramerProbe probe = pipeline()) {
            MqttConnectMessage connect = (MqttConnectMessage) only(probe.write("10 0e s'MQIsdp' 03 02 003c 0000"));
            assertThat(connect.payload().clientIdentifier()).isEmpty();
        }
    }

    @Test // 3.1, CONNECT flags: bit 0 is not used; without a will flag neither are the will's others
    void seesAConnectOf31WithUnusedFlagsSet() {
        try (FramerProbe probe = pipeline()) {
            MqttConnectMessage connect = (MqttConnectMessage) only(probe.write("10 0f s'MQIsdp' 03 3b 003c s'p'"));
            assertThat(connect.variableHeader().isWillFlag()).isFalse();
            assertThat(connect.variableHeader().willQos()).isZero();
            assertThat(connect.variableHeader().isCleanSession()).isTrue();
        }
    }

    @Test
    void seesALongClientIdOf31() {
        try (FramerProbe probe = pipeline()) {
            MqttConnectMessage connect =
                    (MqttConnectMessage) only(probe.write("10 26 s'MQIsdp' 03 02 003c s'123456789012345678901234'"));
            assertThat(connect.decoderResult().isSuccess()).isTrue();
        }
    }

    @ParameterizedTest // [MQTT-3.1.2-2]: CONNACK 0x01
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "10 0d s'MQTT' 06 02 003c s'p'",
                "10 0d s'MQTT' 03 02 003c s'p'",
                "10 0d s'MQTT' 00 02 003c s'p'",
                "10 0d s'MQTT' 84 02 003c s'p'", // a bridge of mosquitto
                "10 0f s'MQIsdp' 04 02 003c s'p'",
                "10 0f s'MQIsdp' 05 02 003c s'p'",
                "10 0f s'MQIsdp' 83 02 003c s'p'",
                "10 0e s'MQTT' 06 02 003c 00 s'p'",
                "10 0a s'MQTT' 06 02 003c",
                "10 0e s'MQTT' 06 03 003c 00 s'p'",
                "10 07 s'MQTT' 06", // what follows an unknown level has no known form
                "10 08 s'MQTT' 06 ff",
            })
    void seesAnUnknownLevelAsAFailureToBeAnswered(String connect) {
        try (FramerProbe probe = pipeline()) {
            MqttMessage message = only(probe.write(connect).write("c0 00 f0"));
            assertThat(message.decoderResult().cause())
                    .isExactlyInstanceOf(MqttUnacceptableProtocolVersionException.class);
            assertThat(message.fixedHeader().messageType()).isEqualTo(MqttMessageType.CONNECT);
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "10 0e s'MQTT' 06 02 003c 00 s'p', protocol level: 6 of MQTT (expected: 3 of MQIsdp",
                "10 0f s'MQIsdp' 83 02 003c s'p', protocol level: 131 of MQIsdp (expected: 3 of MQIsdp",
            })
    void namesTheUnknownLevel(String connect, String text) {
        try (FramerProbe probe = pipeline()) {
            assertThat(only(probe.write(connect)).decoderResult().cause()).hasMessageStartingWith(text);
        }
    }

    @Test
    void seesPublishesBetweenOtherPacketsInOrder() {
        try (FramerProbe probe = pipeline()) {
            probe.write("10 0d s'MQTT' 04 02 003c s'p' 30 03 s'a' 82 06 0001 s'a' 01 30 03 s'b' 40 02 0001 e0 00");
            assertThat(probe.failures).isEmpty();
            assertThat(probe.received.stream()
                            .map(m -> m instanceof MqttMessage message
                                    ? message.fixedHeader().messageType().toString()
                                    : m.toString()))
                    .containsExactly(
                            "CONNECT",
                            "PUBLISH a qos 0 id 0, 0 bytes",
                            "SUBSCRIBE",
                            "PUBLISH b qos 0 id 0, 0 bytes",
                            new InboundAck(InboundAck.Kind.PUBACK, 1).toString(),
                            "DISCONNECT");
        }
    }

    @Test // 3.1 leaves the upper bits of a requested QoS open
    void seesTheQosOfASloppy31Client() {
        try (FramerProbe probe = pipeline()) {
            probe.write("10 0f s'MQIsdp' 03 02 003c s'p' 82 06 0001 s'a' fe");
            MqttSubscribeMessage subscribe = (MqttSubscribeMessage) probe.received.get(1);
            assertThat(subscribe
                            .payload()
                            .topicSubscriptions()
                            .getFirst()
                            .qualityOfService()
                            .value())
                    .isEqualTo(2);
        }
    }
}
