package dev.skein.protocol.mqtt.codec;

import dev.skein.protocol.wire.FailureText;
import io.netty.buffer.ByteBuf;

/**
 * Appends the small packets that a server sends, MQTT 3.1 and 3.1.1. Stateless; allocates nothing but what the buffer
 * needs to grow. Out-of-range arguments are refused with {@link IllegalArgumentException} and nothing is written.
 */
public final class PacketEncoder {
    private static final int CONNACK = 0x20;
    private static final int PUBACK = 0x40;
    private static final int PUBREC = 0x50;
    private static final int PUBREL = 0x62;
    private static final int PUBCOMP = 0x70;
    private static final int SUBACK = 0x90;
    private static final int UNSUBACK = 0xB0;
    private static final int PINGRESP = 0xD0;

    private static final int MAX_CONNACK_CODE = 5;

    private PacketEncoder() {}

    /**
     * CONNACK, 4 bytes.
     *
     * @param sessionPresent false unless {@code code} is 0 [MQTT-3.2.2-4], and for every client of MQTT 3.1
     * @param code return code, 0..5
     */
    public static void connack(ByteBuf out, boolean sessionPresent, int code) {
        if (code < 0 || code > MAX_CONNACK_CODE) {
            throw new IllegalArgumentException(FailureText.of("code", code, "0.." + MAX_CONNACK_CODE));
        }
        if (sessionPresent && code != 0) {
            throw new IllegalArgumentException(FailureText.of("code", code, "0 with sessionPresent"));
        }
        out.ensureWritable(4)
                .writeShort((CONNACK << 8) | 2)
                .writeByte(sessionPresent ? 1 : 0)
                .writeByte(code);
    }

    /** PUBACK, 4 bytes. */
    public static void puback(ByteBuf out, int packetId) {
        packetIdOnly(out, PUBACK, packetId);
    }

    /** PUBREC, 4 bytes. */
    public static void pubrec(ByteBuf out, int packetId) {
        packetIdOnly(out, PUBREC, packetId);
    }

    /** PUBREL, 4 bytes. */
    public static void pubrel(ByteBuf out, int packetId) {
        packetIdOnly(out, PUBREL, packetId);
    }

    /** PUBCOMP, 4 bytes. */
    public static void pubcomp(ByteBuf out, int packetId) {
        packetIdOnly(out, PUBCOMP, packetId);
    }

    /**
     * SUBACK.
     *
     * @param codes one for each filter of the SUBSCRIBE, in its order: 0, 1, 2 or 0x80 [MQTT-3.9.3-1, -2]
     */
    public static void suback(ByteBuf out, int packetId, byte[] codes) {
        checkPacketId(packetId);
        if (codes.length == 0) {
            throw new IllegalArgumentException(FailureText.of("codes", 0, "at least one"));
        }
        for (byte code : codes) {
            if ((code < 0 || code > 2) && code != (byte) 0x80) {
                throw new IllegalArgumentException(FailureText.of("code", code & 0xFF, "0, 1, 2 or 128"));
            }
        }
        out.writeByte(SUBACK);
        writeRemainingLength(out, Short.BYTES + codes.length);
        out.writeShort(packetId).writeBytes(codes);
    }

    /** UNSUBACK, 4 bytes. */
    public static void unsuback(ByteBuf out, int packetId) {
        packetIdOnly(out, UNSUBACK, packetId);
    }

    /** PINGRESP, 2 bytes. */
    public static void pingresp(ByteBuf out) {
        out.writeShort(PINGRESP << 8);
    }

    static void checkPacketId(int packetId) {
        if (packetId < 1 || packetId > 0xFFFF) {
            throw new IllegalArgumentException(FailureText.of("packetId", packetId, "1..65535")); // [MQTT-2.3.1-1]
        }
    }

    /** Section 2.2.3: seven bits a byte, the lowest first, in the fewest bytes. */
    static void writeRemainingLength(ByteBuf out, int remaining) {
        int rest = remaining;
        while (rest > 0x7F) {
            out.writeByte((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    private static void packetIdOnly(ByteBuf out, int firstByte, int packetId) {
        checkPacketId(packetId);
        out.writeInt((firstByte << 24) | (Short.BYTES << 16) | packetId);
    }
}
