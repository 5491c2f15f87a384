package dev.skein.protocol.mqtt.codec;

import static dev.skein.protocol.message.Reason.MALFORMED;
import static dev.skein.protocol.message.Reason.PROTOCOL_VIOLATION;

import dev.skein.protocol.mqtt.codec.PropertyChecks.Place;
import dev.skein.protocol.wire.FailureText;
import io.netty.buffer.ByteBuf;

/** What {@link PacketChecks} does, for packets of MQTT 5 that have another form there. */
final class Packet5Checks {
    private static final int NO_LOCAL = 0x04;
    private static final int HANDLING_SHIFT = 4;
    private static final int HANDLING = 3;
    private static final int RESERVED = 0xC0;
    private static final int QOS = 3;
    private static final byte[] SHARE = {'$', 's', 'h', 'a', 'r', 'e', '/'};

    private Packet5Checks() {}

    /** PUBACK, PUBREC, PUBREL, PUBCOMP: a packet identifier, then perhaps a reason code, then perhaps properties. */
    static void acknowledgement(String packet, ByteBuf in, int at, int end) throws MalformedPacketException {
        int next = PacketChecks.packetId(packet, in, at, end);
        if (next == end) {
            return;
        }
        int code = in.getUnsignedByte(next);
        if (!isAcknowledgementCode(packet, code)) {
            throw code(packet, code);
        }
        properties(packet, in, next + 1, end, Place.ACKNOWLEDGEMENT);
    }

    private static boolean isAcknowledgementCode(String packet, int code) {
        return switch (packet) {
            case "PUBREL", "PUBCOMP" -> code == 0 || code == 0x92;
            default ->
                switch (code) {
                    case 0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99 -> true;
                    default -> false;
                };
        };
    }

    /** DISCONNECT of a client: perhaps a reason code, then perhaps properties. */
    static void disconnect(ByteBuf in, int at, int end) throws MalformedPacketException {
        if (at == end) {
            return;
        }
        int code = in.getUnsignedByte(at);
        boolean known = switch (code) {
            case 0, 4, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99 -> true;
            default -> false;
        };
        if (!known) {
            throw code("DISCONNECT", code);
        }
        properties("DISCONNECT", in, at + 1, end, Place.DISCONNECT);
    }

    /** AUTH of a client: perhaps a reason code, then perhaps properties. */
    static void auth(ByteBuf in, int at, int end) throws MalformedPacketException {
        if (at == end) {
            return;
        }
        int code = in.getUnsignedByte(at);
        if (code != 0x18 && code != 0x19) {
            throw code("AUTH", code);
        }
        properties("AUTH", in, at + 1, end, Place.AUTH);
    }

    private static void properties(String packet, ByteBuf in, int at, int end, Place place)
            throws MalformedPacketException {
        if (at != end && PropertyChecks.check(in, at, end, place) != end) {
            throw PacketChecks.length(packet, end - at, "nothing behind the properties");
        }
    }

    /** The byte behind a filter: QoS, no local, retain as published, retain handling. */
    static void subscriptionOptions(ByteBuf in, int filterAt, int at) throws MalformedPacketException {
        int options = in.getUnsignedByte(at);
        if ((options & RESERVED) != 0) {
            throw new MalformedPacketException(
                    MALFORMED,
                    "MQTT-3.8.3-5",
                    FailureText.of("subscription options", "0x" + Integer.toHexString(options), "bits 6 and 7 clear"));
        }
        if ((options & QOS) == QOS) {
            throw new MalformedPacketException(PROTOCOL_VIOLATION, "3.8.3.1", FailureText.of("qos", 3, "0..2"));
        }
        if ((options >> HANDLING_SHIFT & HANDLING) == HANDLING) {
            throw new MalformedPacketException(
                    PROTOCOL_VIOLATION, "3.8.3.1", FailureText.of("retain handling", 3, "0..2"));
        }
        if ((options & NO_LOCAL) != 0 && isShared(in, filterAt)) {
            throw new MalformedPacketException(
                    PROTOCOL_VIOLATION, "MQTT-3.8.3-4", FailureText.of("no local", 1, "0 on a shared subscription"));
        }
    }

    private static boolean isShared(ByteBuf in, int filterAt) {
        if (in.getUnsignedShort(filterAt) < SHARE.length) {
            return false;
        }
        for (int i = 0; i < SHARE.length; i++) {
            if (in.getByte(filterAt + Short.BYTES + i) != SHARE[i]) {
                return false;
            }
        }
        return true;
    }

    private static MalformedPacketException code(String packet, int code) {
        return new MalformedPacketException(
                PROTOCOL_VIOLATION,
                "2.4",
                FailureText.of(
                        "reason code of " + packet, "0x" + Integer.toHexString(code), "one that a client sends"));
    }
}
