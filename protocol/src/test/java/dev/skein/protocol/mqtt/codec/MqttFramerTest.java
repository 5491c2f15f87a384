package dev.skein.protocol.mqtt.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.skein.protocol.message.Reason;
import dev.skein.protocol.testing.Wire;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MqttFramerTest {
    private static final String CONNECT = "10 0d s'MQTT' 04 02 003c s'p'";
    private static final String CONNECT_3_1 = "10 0f s'MQIsdp' 03 02 003c s'p'";

    @Test // 3.3
    void readsAPublishAtQos0() {
        try (FramerProbe probe = new FramerProbe()) {
            InboundPublish publish = probe.write("30 07 s'a/b' 'hi'").publish();
            assertThat(publish.topic().value()).isEqualTo("a/b");
            assertThat(publish.payload()).isEqualTo("hi".getBytes(UTF_8));
            assertThat(publish.qos()).isZero();
            assertThat(publish.packetId()).isZero();
            assertThat(publish.dup()).isFalse();
            assertThat(publish.retain()).isFalse();
        }
    }

    @Test // 3.3.1
    void readsEveryFlagOfAPublish() {
        try (FramerProbe probe = new FramerProbe()) {
            InboundPublish publish = probe.write("3d 06 s'a' ffff 'x'").publish();
            assertThat(publish.qos()).isEqualTo(2);
            assertThat(publish.packetId()).isEqualTo(65_535);
            assertThat(publish.dup()).isTrue();
            assertThat(publish.retain()).isTrue();
            assertThat(publish).hasToString("PUBLISH a qos 2 dup retain id 65535, 1 bytes");
        }
    }

    @Test // 3.3.3: a zero-length payload is valid
    void readsAnEmptyPayload() {
        try (FramerProbe probe = new FramerProbe()) {
            assertThat(probe.write("33 05 s'a' 0001").publish().payload()).isEmpty();
        }
    }

    @Test // [MQTT-1.5.3-3]
    void keepsAByteOrderMarkInATopic() {
        try (FramerProbe probe = new FramerProbe()) {
            assertThat(probe.write("30 06 0004 efbbbf 'a'").publish().topic().value())
                    .isEqualTo("\uFEFFa");
        }
    }

    @Test
    void sharesTheTopicsOfTheCache() {
        TopicNameCache topics = new TopicNameCache();
        try (FramerProbe one = new FramerProbe(topics, 100);
                FramerProbe other = new FramerProbe(topics, 100)) {
            assertThat(one.write("30 03 s'a'").publish().topic())
                    .isSameAs(other.write("30 04 s'a' 'x'").publish().topic());
        }
    }

    @Test
    void handsOnPacketsInTheirOrder() {
        try (FramerProbe probe = new FramerProbe()) {
            probe.write(CONNECT + " 30 03 s'a'");
            probe.write("c0 00 30 03 s'b' 82 08 0001 s'a/#' 01 62 02 0007 e0 00");
            assertThat(probe.failures).isEmpty();
            assertThat(probe.received.stream().map(Object::toString))
                    .containsExactly(
                            Wire.hex(CONNECT),
                            "PUBLISH a qos 0 id 0, 0 bytes",
                            "c000",
                            "PUBLISH b qos 0 id 0, 0 bytes",
                            Wire.hex("82 08 0001 s'a/#' 01"),
                            "62020007",
                            "e000");
        }
    }

    @Test // 2.2.3: 3.1.1 does not ask for the shortest form
    void acceptsALongerFormOfTheRemainingLength() {
        try (FramerProbe probe = new FramerProbe()) {
            probe.write("30 83 80 80 00 s'a' c0 80 00");
            assertThat(probe.received).hasSize(2).last().isEqualTo("c08000");
        }
    }

    @Test
    void refusesALargePacketBeforeItsBodyArrives() {
        try (FramerProbe probe = new FramerProbe(new TopicNameCache(), 127)) {
            probe.write("30 80 01");
            assertThat(probe.failure().reason()).isEqualTo(Reason.PACKET_TOO_LARGE);
            assertThat(probe.failure()).hasMessage("remainingLength: 128 (expected: <= 127)");
        }
    }

    @Test
    void acceptsAPacketOfExactlyTheLimit() {
        try (FramerProbe probe = new FramerProbe(new TopicNameCache(), 127)) {
            byte[] packet = new byte[129];
            System.arraycopy(Wire.bytes("30 7f s'a'"), 0, packet, 0, 5);
            assertThat(probe.write(packet).publish().payload()).hasSize(124);
        }
    }

    @Test
    void limitMayChangeBetweenPackets() {
        try (FramerProbe probe = new FramerProbe(new TopicNameCache(), 5)) {
            probe.onMessage(() -> probe.framer.maxPacketSize(3));
            probe.write("30 05 s'a' 'xy' 30 05 s'a' 'xy'");
            assertThat(probe.received).hasSize(1);
            assertThat(probe.failure().reason()).isEqualTo(Reason.PACKET_TOO_LARGE);
            assertThat(probe.framer.maxPacketSize()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 268_435_456})
    void limitMustBePossible(int maxPacketSize) {
        assertThatIllegalArgumentException().isThrownBy(() -> new MqttFramer(maxPacketSize, new TopicNameCache()));
    }

    @Test
    void reportsOnceAndDiscardsWhatFollows() {
        try (FramerProbe probe = new FramerProbe()) {
            probe.write("30 03 s'a' f0 00 30 03 s'b'").write("c0 00").write("f0");
            assertThat(probe.received).hasSize(1);
            assertThat(probe.failure().reason()).isEqualTo(Reason.MALFORMED);
            assertThat(probe.failure().getStackTrace()).isEmpty();
        }
    }

    @Test // [MQTT-3.14.4-2]
    void discardsWhatFollowsADisconnect() {
        try (FramerProbe probe = new FramerProbe()) {
            probe.write("e0 00 30 03 s'a' f0");
            assertThat(probe.received).containsExactly("e000");
            assertThat(probe.failures).isEmpty();
        }
    }

    @Test
    void givesBackAnUnfinishedPacketWhenTheConnectionEnds() {
        try (FramerProbe probe = new FramerProbe()) {
            probe.write("30 20 s'a'");
            assertThat(probe.memory.metric().usedHeapMemory()).isPositive();
            probe.channel.finish();
            assertThat(probe.memory.metric().usedHeapMemory()).isZero();
        }
    }

    @Test
    void givesBackAnUnfinishedPacketWhenRemoved() {
        try (FramerProbe probe = new FramerProbe()) {
            probe.write("30 20 s'a'");
            probe.channel.pipeline().remove(probe.framer);
            assertThat(probe.memory.metric().usedHeapMemory()).isZero();
        }
    }

    @Test
    void keepsOrderWhenAHandlerCausesAReadInTheMiddleOfAPacket() {
        try (FramerProbe probe = new FramerProbe()) {
            probe.onMessage(() -> {
                if (probe.received.size() == 1) {
                    probe.write("'b' 30 03 s'c'");
                }
            });
            probe.write("30 03 s'a' 30 03 0001");
            assertThat(probe.received.stream()
                            .map(p -> ((InboundPublish) p).topic().value()))
                    .containsExactly("a", "b", "c");
        }
    }

    @Test
    void copesWithReadOnlyInput() {
        try (FramerProbe probe = new FramerProbe()) {
            probe.write(CONNECT_3_1);
            probe.channel.writeInbound(
                    Unpooled.wrappedBuffer(Wire.bytes("8a 06 0001 s'a' 01")).asReadOnly());
            assertThat(probe.received).last().isEqualTo(Wire.hex("82 06 0001 s'a' 01"));
        }
    }

    @Test
    void passesOnWhatIsNotBytes() {
        try (FramerProbe probe = new FramerProbe()) {
            probe.channel.writeInbound("text");
            assertThat(probe.received).containsExactly("text");
        }
    }

    @Test
    void readsOnWithoutAutoReadUntilAPacketIsWhole() {
        try (FramerProbe probe = new FramerProbe()) {
            ReadCounter reads = new ReadCounter();
            probe.channel.pipeline().addFirst(reads);
            probe.channel.config().setAutoRead(false);
            reads.count = 0;
            probe.write("30 03 00");
            assertThat(reads.count).isEqualTo(1);
            probe.write("01 'a'");
            assertThat(probe.received).hasSize(1);
            assertThat(reads.count).isEqualTo(1);
        }
    }

    @Test // 3.1, fixed header: DUP marks a repeated packet, and RETAIN is for PUBLISH alone
    void clearsTheFlagsThatOnly31Allows() {
        try (FramerProbe probe = new FramerProbe()) {
            probe.write("1f 0f s'MQIsdp' 03 03 003c s'p'").write("6a 02 0001 8b 06 0002 s'a' fd a3 05 0003 s'a'");
            probe.write("4f 02 0004 51 02 0005 78 02 0006 cf 00 e2 00");
            assertThat(probe.failures).isEmpty();
            assertThat(probe.received)
                    .containsExactly(
                            Wire.hex(CONNECT_3_1),
                            "62020001",
                            Wire.hex("82 06 0002 s'a' 01"),
                            Wire.hex("a2 05 0003 s'a'"),
                            "40020004",
                            "50020005",
                            "70020006",
                            "c000",
                            "e000");
        }
    }

    @ParameterizedTest // 3.1: these use QoS level 1
    @ValueSource(strings = {"60 02 0001", "64 02 0001", "80 06 0001 s'a' 00", "a6 05 0001 s'a'"})
    void refusesAnotherQosOf31(String packet) {
        try (FramerProbe probe = new FramerProbe()) {
            probe.write(CONNECT_3_1).write(packet);
            assertThat(probe.failure().clause()).isEqualTo("MQTT-2.2.2-2");
        }
    }

    @Test // 3.1, DUP: applies to messages of QoS above 0
    void ignoresDupAtQos0Of31() {
        try (FramerProbe probe = new FramerProbe()) {
            probe.write(CONNECT_3_1).write("39 03 s'a'");
            assertThat(probe.failures).isEmpty();
            assertThat(probe.received).last().hasToString("PUBLISH a qos 0 retain id 0, 0 bytes");
        }
    }

    @Test // 3.1, CONNECT: the remaining length takes precedence over the flags
    void clearsFlagsOfCredentialsThatA31ClientLeftOut() {
        try (FramerProbe probe = new FramerProbe()) {
            probe.write("10 0f s'MQIsdp' 03 c2 003c s'p'");
            assertThat(probe.received).containsExactly(Wire.hex(CONNECT_3_1));
        }
        try (FramerProbe probe = new FramerProbe()) {
            probe.write("10 12 s'MQIsdp' 03 c2 003c s'p' s'u'");
            assertThat(probe.received).containsExactly(Wire.hex("10 12 s'MQIsdp' 03 82 003c s'p' s'u'"));
        }
    }

    @Test
    void decodesAllPacketsOnRequest() {
        try (FramerProbe probe = FramerProbe.decoding(new TopicNameCache(), 100)) {
            probe.write(CONNECT_3_1 + " 40 02 0001 50 82 00 0002 6a 02 1234 70 02 ffff c0 00");
            assertThat(probe.failures).isEmpty();
            assertThat(probe.received).hasSize(6);
            assertThat(probe.received.getFirst()).isInstanceOf(MqttConnectMessage.class);
            assertThat(probe.received.subList(1, 5))
                    .containsExactly(
                            new InboundAck(InboundAck.Kind.PUBACK, 1),
                            new InboundAck(InboundAck.Kind.PUBREC, 2),
                            new InboundAck(InboundAck.Kind.PUBREL, 0x1234),
                            new InboundAck(InboundAck.Kind.PUBCOMP, 0xFFFF));
            assertThat(((MqttMessage) probe.received.getLast()).fixedHeader().messageType())
                    .isEqualTo(MqttMessageType.PINGREQ);
        }
    }

    @Test
    void whatAnUnfinishedPacketTakesIsToldAfterEachReadUntilItIsWhole() {
        List<Integer> told = new ArrayList<>();
        MqttFramer framer = new MqttFramer(FramerProbe.MAX_PACKET_SIZE, new TopicNameCache(), null, told::add);
        try (FramerProbe probe = new FramerProbe(framer)) {
            probe.write((byte) 0xC0, (byte) 0);
            assertThat(told).as("a whole packet").isEmpty();

            probe.write((byte) 0x30, (byte) 0xE8, (byte) 0x07, (byte) 0, (byte) 1, (byte) 'a'); // PUBLISH of 1000 bytes
            assertThat(told)
                    .singleElement()
                    .satisfies(bytes -> assertThat(bytes).isBetween(6, 1000));

            probe.write(new byte[900]);
            assertThat(told.getLast()).isBetween(906, 4096);

            probe.write(new byte[97]);
            assertThat(told.getLast()).isZero();

            probe.write((byte) 0xC0);
            assertThat(told.getLast()).isPositive();
            probe.channel.pipeline().fireChannelInactive();
            assertThat(told.getLast()).isZero();
        }
    }
}
