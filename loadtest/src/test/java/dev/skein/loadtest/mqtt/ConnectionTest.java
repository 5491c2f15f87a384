package dev.skein.loadtest.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTest {
    private static final String CONNACK = "20 02 00 00";
    private static final String PUBLISH_QOS_0 = "30 05 00 01 61 AA BB"; // topic a, body AA BB
    private static final String PUBLISH_QOS_1 = "32 06 00 01 61 00 07 CC"; // identifier 7, body CC

    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final ConnectOptions options = new ConnectOptions(true, 60, null, null);
    private final Connection connection = new Connection("c1", options, new Recorder());

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static void receive(EmbeddedChannel channel, byte[] bytes) {
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    }

    @AfterEach
    void release() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    private EmbeddedChannel channel(Connection of) {
        EmbeddedChannel channel = new EmbeddedChannel(of);
        channels.add(channel);
        return channel;
    }

    private static String sent(EmbeddedChannel channel) {
        StringBuilder all = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            all.append(ByteBufUtil.hexDump(out));
            out.release();
        }
        return all.toString();
    }

    private final class Recorder implements Role {
        @Override
        public void connected(Connection from) {
            events.add("connected");
        }

        @Override
        public void subscribed(Connection from, int lowestGranted) {
            events.add("subscribed " + lowestGranted);
        }

        @Override
        public void published(Connection from, ByteBuf in, int at, int size, int qos, int packetId, long now) {
            events.add("publish " + qos + " " + packetId + " " + ByteBufUtil.hexDump(in, at, size));
            if (qos == 1) {
                from.puback(packetId);
            }
        }

        @Override
        public void puback(Connection from, int packetId) {
            events.add("puback " + packetId);
        }

        @Override
        public void pubrec(Connection from, int packetId) {
            from.pubrel(packetId);
        }

        @Override
        public void pubrel(Connection from, int packetId) {
            from.pubcomp(packetId);
        }

        @Override
        public void pubcomp(Connection from, int packetId) {
            events.add("pubcomp " + packetId);
        }

        @Override
        public void closed(Connection from, String reason) {
            events.add("closed " + reason);
        }
    }

    private static ConnectOptions mqtt5(boolean clean, int receiveMaximum, boolean aliases) {
        return new ConnectOptions(clean, 60, null, null).with(new Protocol(5, receiveMaximum, aliases));
    }

    @Test // MQTT 5, 3.1
    void connectOfMqtt5SaysWhatTheOptionsSay() {
        EmbeddedChannel plain =
                channel(new Connection("c1", mqtt5(true, Protocol.NO_RECEIVE_MAXIMUM, false), new Recorder()));
        EmbeddedChannel all = channel(new Connection("d", mqtt5(false, 20, true), new Recorder()));

        assertThat(sent(plain)).isEqualTo("10" + "0f" + "00044d515454" + "05" + "02" + "003c" + "00" + "00026331");
        // session expiry: never, receive maximum, topic alias maximum
        assertThat(sent(all))
                .isEqualTo("10" + "19" + "00044d515454" + "05" + "00" + "003c" + "0b" + "11ffffffff" + "210014"
                        + "220010" + "000164");
    }

    @Test
    void packetsOfMqtt5AreUnderstood() {
        Connection five = new Connection("c", mqtt5(true, Protocol.NO_RECEIVE_MAXIMUM, true), new Recorder());
        EmbeddedChannel channel = channel(five);
        // CONNACK: receive maximum 7, reason string "x", user property a: b, topic alias maximum 9
        receive(channel, bytes("20 14 00 00 11 21 00 07 1F 00 01 78 26 00 01 61 00 01 62 22 00 09"));
        receive(channel, bytes("90 08 00 01 04 1F 00 01 78 01")); // SUBACK: reason string, QoS 1
        // PUBLISH: identifier 7, expiry 60 s, alias 1; then by the alias alone
        receive(channel, bytes("32 10 00 01 61 00 07 08 02 00 00 00 3C 23 00 01 AA BB"));
        receive(channel, bytes("30 07 00 00 03 23 00 01 CC"));
        receive(channel, bytes("40 02 00 05 40 03 00 06 10")); // no subscriber: a success
        receive(channel, bytes("E0 02 8E 00"));

        assertThat(five.receiveMaximum()).isEqualTo(7);
        assertThat(five.topicAliasMaximum()).isEqualTo(9);
        assertThat(events)
                .containsExactly(
                        "connected",
                        "subscribed 1",
                        "publish 1 7 aabb",
                        "publish 0 0 cc",
                        "puback 5",
                        "puback 6",
                        "closed DISCONNECT by the broker: reason code 0x8e");
    }

    @ParameterizedTest
    @CsvSource({
        "20 03 00 87 00, refused: CONNACK reason code 0x87",
        "20 03 00 00 05, properties: cut off (expected: whole)",
        "20 05 00 00 02 55 00, property: 0x55 (expected: one of MQTT 5)",
        "40 04 00 01 97 00, acknowledgement: reason code 0x97 (expected: one of success)",
        "30 05 00 00 00 AA BB, 'PUBLISH: no topic (expected: one, as no alias is taken)'",
    })
    void whatMqtt5DoesNotAllowEndsTheConnection(String packet, String reason) {
        EmbeddedChannel channel =
                channel(new Connection("c", mqtt5(true, Protocol.NO_RECEIVE_MAXIMUM, false), new Recorder()));
        receive(channel, bytes(packet));

        assertThat(events).containsExactly("closed " + reason);
    }

    @Test // 3.1
    void connectSaysWhatTheOptionsSay() {
        EmbeddedChannel plain = channel(connection);
        EmbeddedChannel named = channel(new Connection("d", new ConnectOptions(false, 300, "u", "pw"), new Recorder()));

        // header, protocol name, level 4, flags: clean, keep-alive 60, client ID
        assertThat(sent(plain)).isEqualTo("10" + "0e" + "00044d515454" + "04" + "02" + "003c" + "00026331");
        // flags: user name, password; keep-alive 300
        assertThat(sent(named))
                .isEqualTo("10" + "14" + "00044d515454" + "04" + "c0" + "012c" + "000164" + "000175" + "00027077");
    }

    @Test
    void everySplitOfTheStreamReadsTheSame() {
        byte[] stream = bytes(CONNACK + PUBLISH_QOS_0 + PUBLISH_QOS_1 + "40 02 00 09" + "D0 00" + PUBLISH_QOS_0);
        for (int first = 1; first < stream.length; first++) {
            for (int second = first; second <= stream.length; second++) {
                events.clear();
                EmbeddedChannel channel = channel(new Connection("c1", options, new Recorder()));
                receive(channel, Arrays.copyOfRange(stream, 0, first));
                receive(channel, Arrays.copyOfRange(stream, first, second));
                receive(channel, Arrays.copyOfRange(stream, second, stream.length));

                assertThat(events)
                        .containsExactly(
                                "connected", "publish 0 0 aabb", "publish 1 7 cc", "puback 9", "publish 0 0 aabb");
            }
        }
    }

    @Test
    void longRemainingLengthsAreRead() {
        EmbeddedChannel channel = channel(connection);
        byte[] packet = new byte[4 + 3 + 20_000];
        packet[0] = 0x30;
        packet[1] = (byte) ((20_003 & 0x7F) | 0x80);
        packet[2] = (byte) (((20_003 >> 7) & 0x7F) | 0x80);
        packet[3] = (byte) (20_003 >> 14);
        packet[5] = 1;
        packet[6] = 'a';
        for (byte part : packet) {
            receive(channel, new byte[] {part});
        }

        assertThat(events).singleElement().asString().hasSize("publish 0 0 ".length() + 40_000);
    }

    @Test
    void answersOfABatchGoOutInOneWrite() {
        EmbeddedChannel channel = channel(connection);
        receive(channel, bytes(CONNACK));
        sent(channel);

        receive(channel, bytes(PUBLISH_QOS_1 + PUBLISH_QOS_1 + "50 02 00 03" + "62 02 00 04"));

        ByteBuf only = channel.readOutbound();
        assertThat(ByteBufUtil.hexDump(only)).isEqualTo("40020007" + "40020007" + "62020003" + "70020004");
        only.release();
        assertThat(channel.<Object>readOutbound()).isNull();
    }

    @Test
    void subscribeListsEveryFilterAndSubackTellsTheLowestGrant() {
        EmbeddedChannel channel = channel(connection);
        sent(channel);
        connection.subscribe(List.of("a", "b/+"), 1);
        connection.flush();
        assertThat(sent(channel)).isEqualTo("82" + "0c" + "0001" + "00016101" + "0003622f2b01");

        receive(channel, bytes(CONNACK + "90 04 00 01 01 00"));
        receive(channel, bytes("90 05 00 01 01 80 00"));
        assertThat(events).containsExactly("connected", "subscribed 0", "subscribed 128");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "30 80 80 80 80 01", // remaining length of five bytes
                "40 03 00 01 02", // PUBACK of three bytes
                "36 05 00 01 61 00 01", // QoS 3
                "30 03 00 09 61", // topic longer than the packet
                "30 01 00", // no topic length
                "82 00", // a client's packet
                "20 02 00 00", // a second CONNACK
            })
    void whatNoServerMaySendEndsTheConnection(String hex) {
        EmbeddedChannel channel = channel(connection);
        receive(channel, bytes(CONNACK));

        receive(channel, bytes(hex));

        assertThat(channel.isActive()).isFalse();
        assertThat(events).hasSize(2).last().asString().startsWith("closed ");
    }

    @Test
    void refusalNamesTheCode() {
        EmbeddedChannel channel = channel(connection);

        receive(channel, bytes("20 02 00 04"));

        assertThat(events).containsExactly("closed refused: CONNACK 4 (bad user name or password)");
        assertThat(channel.isActive()).isFalse();
    }
}
