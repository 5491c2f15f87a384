package dev.skein.protocol.mqtt.codec;

import static dev.skein.protocol.message.Reason.MALFORMED;
import static dev.skein.protocol.message.Reason.PROTOCOL_VIOLATION;

import dev.skein.protocol.wire.FailureText;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * What a decoder takes on trust, checked on the raw bytes of one whole packet. In what passes here every field lies
 * inside the frame and has a legal value.
 *
 * <p>MQTT 3.1 (level 3) left some bits undefined that 3.1.1 reserves; for such a client they are cleared in the frame
 * instead of refused, so that a decoder needs to know the rules of 3.1.1 alone.
 */
final class PacketChecks {
    static final int USER_NAME = 0x80;
    static final int PASSWORD = 0x40;
    static final int WILL_RETAIN = 0x20;
    static final int WILL_QOS = 0x18;
    static final int WILL = 0x04;
    static final int CLEAN_SESSION = 0x02;
    private static final int RESERVED = 0x01;
    private static final int QOS_BITS = 0x03;

    private static final byte[] NAME_3_1_1 = {'M', 'Q', 'T', 'T'};
    private static final byte[] NAME_3_1 = {'M', 'Q', 'I', 's', 'd', 'p'};

    private PacketChecks() {}

    /**
     * Checks a CONNECT.
     *
     * @param firstByte of its fixed header
     * @param at where its body begins
     * @param end where it ends
     * @return the protocol; {@link Level#UNKNOWN} when the name is right but the level is not one of ours, and then
     *     nothing behind the level was looked at, because its form is not known [MQTT-3.1.2-2]
     */
    static Level connect(int firstByte, ByteBuf in, int at, int end) throws MalformedPacketException {
        int levelAt = Strings.skipString(in, at, end, "protocolName");
        boolean is311 = isName(in, at, levelAt, NAME_3_1_1);
        if (!is311 && !isName(in, at, levelAt, NAME_3_1)) {
            String name = in.toString(at + Short.BYTES, levelAt - at - Short.BYTES, StandardCharsets.UTF_8);
            throw new MalformedPacketException(
                    PROTOCOL_VIOLATION, "MQTT-3.1.2-1", FailureText.of("protocolName", name, "MQTT or MQIsdp"));
        }
        if (levelAt == end) {
            throw length("CONNECT", end - at, "a protocol level");
        }
        Level level = level(in.getByte(levelAt), is311);
        FixedHeader.checkConnect(firstByte, level);
        if (level == Level.UNKNOWN) {
            return level;
        }
        if (levelAt + 4 > end) {
            throw length("CONNECT", end - at, "flags and keep-alive");
        }
        int flags = in.getUnsignedByte(levelAt + 1);
        connectFlags(flags, level);
        if (level == Level.V3_1 && (flags & RESERVED) != 0) {
            in.setByte(levelAt + 1, flags & ~RESERVED);
        }
        int payload = level == Level.V5
                ? PropertyChecks.check(in, levelAt + 4, end, PropertyChecks.Place.CONNECT)
                : levelAt + 4;
        int next = connectPayload(in, payload, end, levelAt + 1, level);
        if (next != end) {
            throw length("CONNECT", end - at, Integer.toString(next - at));
        }
        return level;
    }

    private static Level level(int number, boolean named311) {
        if (named311) {
            return number == 5 ? Level.V5 : number == 4 ? Level.V3_1_1 : Level.UNKNOWN;
        }
        return number == 3 ? Level.V3_1 : Level.UNKNOWN;
    }

    private static void connectFlags(int flags, Level level) throws MalformedPacketException {
        boolean will = (flags & WILL) != 0;
        if (will && (flags & WILL_QOS) == WILL_QOS) {
            throw flags(flags, "MQTT-3.1.2-14", "will QoS 0..2");
        }
        if ((flags & USER_NAME) == 0 && (flags & PASSWORD) != 0 && level != Level.V5) { // MQTT 5 allows it
            throw flags(flags, "MQTT-3.1.2-22", "no password flag without user name flag");
        }
        if (level == Level.V3_1) {
            return; // 3.1 gives the will bits no meaning without a will, and bit 0 none at all
        }
        if ((flags & RESERVED) != 0) {
            throw flags(flags, "MQTT-3.1.2-3", "bit 0 clear");
        }
        if (!will && (flags & WILL_QOS) != 0) {
            throw flags(flags, "MQTT-3.1.2-13", "will QoS 0 without a will");
        }
        if (!will && (flags & WILL_RETAIN) != 0) {
            throw flags(flags, "MQTT-3.1.2-15", "no will retain without a will");
        }
    }

    private static int connectPayload(ByteBuf in, int at, int end, int flagsAt, Level level)
            throws MalformedPacketException {
        int flags = in.getUnsignedByte(flagsAt);
        int next = Strings.skipString(in, at, end, "clientId");
        if ((flags & WILL) != 0) {
            next = level == Level.V5 ? PropertyChecks.check(in, next, end, PropertyChecks.Place.WILL) : next;
            int topicAt = next + Short.BYTES;
            next = Strings.skip(in, next, end, "willTopic");
            Strings.topicName(in, topicAt, next - topicAt, "willTopic");
            next = Strings.skip(in, next, end, "willMessage");
        }
        if ((flags & USER_NAME) != 0) {
            if (level == Level.V3_1 && next == end) {
                // MQTT 3.1, section 3.1: the remaining length takes precedence over these two flags.
                in.setByte(flagsAt, flags & ~(USER_NAME | PASSWORD));
                return next;
            }
            next = Strings.skipString(in, next, end, "userName");
        }
        if ((flags & PASSWORD) != 0) {
            if (level == Level.V3_1 && next == end) {
                in.setByte(flagsAt, flags & ~PASSWORD);
                return next;
            }
            next = Strings.skip(in, next, end, "password");
        }
        return next;
    }

    /** Checks a SUBSCRIBE. */
    static void subscribe(ByteBuf in, int at, int end, Level level) throws MalformedPacketException {
        int next = packetId("SUBSCRIBE", in, at, end);
        if (level == Level.V5) {
            next = PropertyChecks.check(in, next, end, PropertyChecks.Place.SUBSCRIBE);
        }
        if (next == end) {
            throw new MalformedPacketException(
                    PROTOCOL_VIOLATION, "MQTT-3.8.3-3", FailureText.of("filters", 0, "at least one"));
        }
        while (next < end) {
            int filterAt = next;
            next = Strings.skipFilter(in, next, end);
            if (next == end) {
                throw length("SUBSCRIBE", end - at, "a QoS behind each filter");
            }
            if (level == Level.V5) {
                Packet5Checks.subscriptionOptions(in, filterAt, next);
                next++;
                continue;
            }
            int qos = in.getUnsignedByte(next);
            if (level == Level.V3_1) {
                qos &= QOS_BITS;
                in.setByte(next, qos);
            }
            if (qos > 2) {
                throw new MalformedPacketException(MALFORMED, "MQTT-3-8.3-4", FailureText.of("qos", qos, "0..2"));
            }
            next++;
        }
    }

    /** Checks an UNSUBSCRIBE. */
    static void unsubscribe(ByteBuf in, int at, int end, Level level) throws MalformedPacketException {
        int next = packetId("UNSUBSCRIBE", in, at, end);
        if (level == Level.V5) {
            next = PropertyChecks.check(in, next, end, PropertyChecks.Place.UNSUBSCRIBE);
        }
        if (next == end) {
            throw new MalformedPacketException(
                    PROTOCOL_VIOLATION, "MQTT-3.10.3-2", FailureText.of("filters", 0, "at least one"));
        }
        while (next < end) {
            next = Strings.skipFilter(in, next, end);
        }
    }

    /** Checks a packet that is only a packet identifier: PUBACK, PUBREC, PUBREL, PUBCOMP. */
    static void acknowledgement(String packet, ByteBuf in, int at, int end) throws MalformedPacketException {
        if (packetId(packet, in, at, end) != end) {
            throw length(packet, end - at, "2");
        }
    }

    /** Checks a packet without a body: PINGREQ, DISCONNECT. */
    static void empty(String packet, int at, int end) throws MalformedPacketException {
        if (at != end) {
            throw length(packet, end - at, "0");
        }
    }

    /** Steps over a packet identifier and refuses 0. */
    static int packetId(String packet, ByteBuf in, int at, int end) throws MalformedPacketException {
        if (at + Short.BYTES > end) {
            throw length(packet, end - at, ">= 2");
        }
        if (in.getShort(at) == 0) {
            throw new MalformedPacketException(
                    PROTOCOL_VIOLATION, "MQTT-2.3.1-1", FailureText.of("packetId", 0, "1..65535"));
        }
        return at + Short.BYTES;
    }

    private static boolean isName(ByteBuf in, int at, int end, byte[] name) {
        int from = at + Short.BYTES;
        boolean same = end - from == name.length;
        for (int i = 0; same && i < name.length; i++) {
            same = in.getByte(from + i) == name[i];
        }
        return same;
    }

    private static MalformedPacketException flags(int flags, String clause, String expected) {
        return new MalformedPacketException(
                PROTOCOL_VIOLATION,
                clause,
                FailureText.of("connectFlags", "0x" + Integer.toHexString(flags), expected));
    }

    static MalformedPacketException length(String packet, int length, String expected) {
        return new MalformedPacketException(
                MALFORMED, "2.2.3", FailureText.of(packet + " remainingLength", length, expected));
    }

    /** Which version of MQTT a CONNECT chose. */
    enum Level {
        /** A level that is not served; the application answers CONNACK 0x01. */
        UNKNOWN,
        /** MQTT 3.1: MQIsdp, 3. */
        V3_1,
        /** MQTT 3.1.1: MQTT, 4. */
        V3_1_1,
        /** MQTT 5: MQTT, 5. */
        V5
    }
}
