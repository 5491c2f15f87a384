package dev.skein.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.message.TopicName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Mqtt5CodecTest {
    private static final String CONNECT = "10 0e s'MQTT' 05 02 003c 00 s'p'";
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1000));

    private static FramerProbe connected() {
        MqttFramer framer = new MqttFramer(
                FramerProbe.MAX_PACKET_SIZE, new TopicNameCache(), PacketDecoder.INSTANCE, _ -> {}, CLOCK);
        framer.topicAliasMaximum(2);
        FramerProbe probe = new FramerProbe(framer).write(CONNECT);
        assertThat(probe.failures).isEmpty();
        probe.received.clear();
        return probe;
    }

    @Test
    void connectTellsWhatItAsksFor() {
        try (FramerProbe probe = FramerProbe.decoding(new TopicNameCache(), FramerProbe.MAX_PACKET_SIZE)) {
            probe.write("10 1f s'MQTT' 05 02 003c 11 11 ffffffff 21 0005 26 s'k' s'v' 17 00 s'p'");
            assertThat(probe.failures).isEmpty();
            MqttProperties said = ((MqttConnectMessage) probe.received.getFirst())
                    .variableHeader()
                    .properties();
            assertThat(said.getProperty(MqttProperties.SESSION_EXPIRY_INTERVAL).value())
                    .isEqualTo(-1);
            assertThat(said.getProperty(MqttProperties.RECEIVE_MAXIMUM).value()).isEqualTo(5);
            assertThat(said.getProperties(MqttProperties.USER_PROPERTY)).hasSize(1);
        }
    }

    @Test
    void publishKeepsWhatItsReceiversAreToSee() {
        try (FramerProbe probe = connected()) {
            probe.write("30 1b s't' 16 02 0000000a 26 s'b' s'2' 23 0001 26 s'a' s'1' 61");
            Content content = probe.publish().content();
            Properties properties = content.properties();
            assertThat(properties).isNotNull();
            assertThat(properties.expiresAt()).isEqualTo(11_000);
            assertThat(ByteBufUtil.hexDump(properties.encoded())).isEqualTo("2600016200013226000161000131");
            assertThat(content.payload()).containsExactly('a');
        }
    }

    @Test
    void aliasStandsForItsTopicUntilItIsSetAnew() {
        try (FramerProbe probe = connected()) {
            probe.write("30 08 s't' 03 23 0002 61"); // sets it
            probe.write("30 06 0000 03 23 0002"); // uses it
            probe.write("30 08 s'u' 03 23 0002 61"); // sets it to another
            probe.write("30 06 0000 03 23 0002");
            assertThat(probe.failures).isEmpty();
            assertThat(probe.received)
                    .extracting(each -> ((InboundPublish) each).topic().value())
                    .containsExactly("t", "t", "u", "u");
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "30 06 0000 03 23 0001, PROTOCOL_VIOLATION", // not set
                "30 06 0000 03 23 0003, TOPIC_ALIAS_INVALID", // above the maximum
                "30 08 s't' 03 23 0000 61, TOPIC_ALIAS_INVALID",
                "30 03 0000 00, PROTOCOL_VIOLATION", // no topic and no alias
                "30 08 s't' 04 01 01 01 01, PROTOCOL_VIOLATION", // twice
                "30 06 s't' 02 01 02, PROTOCOL_VIOLATION", // neither 0 nor 1
                "30 05 s't' 09 01, MALFORMED", // longer than the packet
                "30 06 s't' 80 00 61, MALFORMED", // a length not in the fewest bytes
                "40 04 0001 00 05, MALFORMED", // properties longer than the packet
                "82 09 0001 00 s'a' 40 00, MALFORMED", // reserved bits of the options
                "82 0d 0001 02 0b 00 s'a' 00, PROTOCOL_VIOLATION", // identifier 0
            })
    void wrongPacketIsRefusedUnderItsReason(String packet, Reason reason) {
        try (FramerProbe probe = connected()) {
            probe.write(packet);
            if (probe.failures.isEmpty()) {
                probe.write(new byte[64]); // the packet says that it is longer
            }
            assertThat(probe.failure().reason()).isEqualTo(reason);
        }
    }

    @Test
    void optionsOfASubscriptionAreRead() {
        try (FramerProbe probe = connected()) {
            probe.write("82 09 0001 02 0b 07 s'a' 2d");
            assertThat(probe.failures).isEmpty();
            MqttSubscribeMessage subscribe = (MqttSubscribeMessage) probe.received.getFirst();
            var option = subscribe.payload().topicSubscriptions().getFirst().option();
            assertThat(option.qos().value()).isEqualTo(1);
            assertThat(option.isNoLocal()).isTrue();
            assertThat(option.isRetainAsPublished()).isTrue();
            assertThat(option.retainHandling().value()).isEqualTo(2);
        }
    }

    @Test
    void acknowledgementTellsItsReason() {
        try (FramerProbe probe = connected()) {
            probe.write("40 02 0001 40 03 0002 10 50 04 0003 87 00");
            assertThat(probe.failures).isEmpty();
            assertThat(probe.received)
                    .isEqualTo(List.of(
                            new InboundAck(InboundAck.Kind.PUBACK, 1, 0),
                            new InboundAck(InboundAck.Kind.PUBACK, 2, 0x10),
                            new InboundAck(InboundAck.Kind.PUBREC, 3, 0x87)));
        }
    }

    @Test
    void whatIsWrittenHasTheSizeThatWasTold() {
        Properties properties =
                new Properties.Builder().user("k", "v".repeat(200)).build();
        Content content = new Content(new byte[300], properties);
        byte[] topic = TopicName.of("a/b").wire();
        Publish5Encoder.Extra extra = new Publish5Encoder.Extra(3, 77, new int[] {1, 200, 70_000});
        for (int qos = 0; qos <= 2; qos++) {
            ByteBuf out = Unpooled.buffer();
            Publish5Encoder.encode(out, Publish5Encoder.firstByte(qos, false, true), topic, content, 9, extra);
            assertThat((long) out.readableBytes()).isEqualTo(Publish5Encoder.size(topic.length, content, qos, extra));
        }
    }

    @Test
    void plainPublishIsOneByteLongerThanThatOf311() {
        ByteBuf out = Unpooled.buffer();
        byte[] topic = TopicName.of("t").wire();
        Content content = Content.of(new byte[] {'x'});
        Publish5Encoder.encode(
                out, Publish5Encoder.firstByte(0, false, false), topic, content, 0, Publish5Encoder.Extra.NONE);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("30050001740078");
    }
}
