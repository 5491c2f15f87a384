package dev.skein.protocol.mqtt.codec;

import static dev.skein.protocol.message.Reason.MALFORMED;
import static dev.skein.protocol.message.Reason.PROTOCOL_VIOLATION;

import dev.skein.protocol.mqtt.codec.PacketChecks.Level;
import dev.skein.protocol.wire.FailureText;

/** The first byte of a packet: its type and flags (MQTT 3.1.1 section 2.2). */
final class FixedHeader {
    static final int CONNECT = 1;
    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBSCRIBE = 8;
    static final int SUBACK = 9;
    static final int UNSUBSCRIBE = 10;
    static final int UNSUBACK = 11;
    static final int PINGREQ = 12;
    static final int PINGRESP = 13;
    static final int DISCONNECT = 14;
    static final int AUTH = 15;

    static final int DUP = 0x08;
    static final int RETAIN = 0x01;

    private static final int QOS_FLAGS = 0x06;

    /** Flags of PUBREL, SUBSCRIBE and UNSUBSCRIBE; every other type but PUBLISH has none. */
    static final int QOS_1_FLAGS = 0x02;

    private FixedHeader() {}

    static int type(int firstByte) {
        return firstByte >>> 4;
    }

    static int qos(int firstByte) {
        return (firstByte >>> 1) & 0x03;
    }

    /** Refuses a first byte that no client may send; the flags of CONNECT have their check when its level is known. */
    static void check(int firstByte, Level level) throws MalformedPacketException {
        int type = type(firstByte);
        int flags = firstByte & 0x0F;
        switch (type) {
            case PUBLISH -> publishFlags(flags, level);
            case CONNECT -> {}
            case PUBACK, PUBREC, PUBCOMP, PINGREQ, DISCONNECT -> flags(type, level == Level.V3_1 ? 0 : flags, 0);
            case PUBREL, SUBSCRIBE, UNSUBSCRIBE ->
                flags(type, level == Level.V3_1 ? flags & QOS_FLAGS : flags, QOS_1_FLAGS);
            case CONNACK, SUBACK, UNSUBACK, PINGRESP ->
                throw new MalformedPacketException(
                        PROTOCOL_VIOLATION, "MQTT-4.8.0-1", FailureText.of("type", type, "a packet of a client"));
            case AUTH -> auth(flags, level);
            default -> throw new MalformedPacketException(MALFORMED, "2.2.1", FailureText.of("type", type, "1..14"));
        }
    }

    private static void auth(int flags, Level level) throws MalformedPacketException {
        if (level != Level.V5) {
            throw new MalformedPacketException(MALFORMED, "2.2.1", FailureText.of("type", AUTH, "1..14"));
        }
        flags(AUTH, flags, 0); // [MQTT-3.15.1-1]
    }

    /** Refuses flags of a CONNECT, which MQTT 3.1 does not look at. */
    static void checkConnect(int firstByte, Level level) throws MalformedPacketException {
        if (level != Level.V3_1) {
            flags(CONNECT, firstByte & 0x0F, 0);
        }
    }

    /**
     * The first byte with the flags that 3.1.1 wants, not for PUBLISH. MQTT 3.1 does not use DUP, QoS and RETAIN of
     * most packets; a repeated PUBREL, SUBSCRIBE or UNSUBSCRIBE has DUP.
     */
    static int as311(int firstByte) {
        return switch (type(firstByte)) {
            case PUBREL, SUBSCRIBE, UNSUBSCRIBE -> (firstByte & 0xF0) | QOS_1_FLAGS;
            default -> firstByte & 0xF0;
        };
    }

    private static void publishFlags(int flags, Level level) throws MalformedPacketException {
        int qos = qos(flags);
        if (qos == 3) {
            throw new MalformedPacketException(MALFORMED, "MQTT-3.3.1-4", FailureText.of("qos", qos, "0..2"));
        }
        if (qos == 0 && (flags & DUP) != 0 && level != Level.V3_1) { // 3.1 gives DUP no meaning at QoS 0
            throw new MalformedPacketException(
                    PROTOCOL_VIOLATION, "MQTT-3.3.1-2", FailureText.of("dup", 1, "0 at QoS 0"));
        }
    }

    private static void flags(int type, int flags, int expected) throws MalformedPacketException {
        if (flags != expected) {
            throw new MalformedPacketException(
                    MALFORMED, "MQTT-2.2.2-2", FailureText.of("flags of type " + type, flags, "" + expected));
        }
    }
}
