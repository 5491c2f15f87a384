package dev.skein.protocol.mqtt.codec;

import dev.skein.protocol.wire.FailureText;
import io.netty.buffer.ByteBuf;

/** Writes the packets of MQTT 5 other than PUBLISH. Stateless. */
public final class Packet5Encoder {
    private static final int CONNACK = 0x20;
    private static final int SUBACK = 0x90;
    private static final int UNSUBACK = 0xB0;
    private static final int DISCONNECT = 0xE0;
    private static final int AUTH = 0xF0;

    private Packet5Encoder() {}

    /** The acknowledgements of a PUBLISH. */
    public enum Ack {
        /** PUBACK. */
        PUBACK(0x40),
        /** PUBREC. */
        PUBREC(0x50),
        /** PUBREL. */
        PUBREL(0x62),
        /** PUBCOMP. */
        PUBCOMP(0x70);

        private final int firstByte;

        Ack(int firstByte) {
            this.firstByte = firstByte;
        }
    }

    /**
     * CONNACK.
     *
     * @param sessionPresent false unless {@code code} is 0 [MQTT-3.2.2-6]
     * @param code reason code, 0..255
     */
    public static void connack(ByteBuf out, boolean sessionPresent, int code, PropertyBuffer properties) {
        if (sessionPresent && code != 0) {
            throw new IllegalArgumentException(FailureText.of("code", code, "0 with sessionPresent"));
        }
        out.writeByte(CONNACK);
        PacketEncoder.writeRemainingLength(out, 2 + size(properties));
        out.writeByte(sessionPresent ? 1 : 0).writeByte(code);
        properties.writeTo(out);
    }

    /**
     * An acknowledgement without properties, in its shortest form.
     *
     * @param code reason code, 0..255
     */
    public static void ack(ByteBuf out, Ack type, int packetId, int code) {
        PacketEncoder.checkPacketId(packetId);
        out.writeByte(type.firstByte);
        if (code == 0) {
            out.writeByte(Short.BYTES).writeShort(packetId);
        } else {
            out.writeByte(Short.BYTES + 1).writeShort(packetId).writeByte(code);
        }
    }

    /** SUBACK with a reason code for each filter, in its order. */
    public static void suback(ByteBuf out, int packetId, byte[] codes) {
        codes(out, SUBACK, packetId, codes);
    }

    /** UNSUBACK with a reason code for each filter, in its order. */
    public static void unsuback(ByteBuf out, int packetId, byte[] codes) {
        codes(out, UNSUBACK, packetId, codes);
    }

    private static void codes(ByteBuf out, int firstByte, int packetId, byte[] codes) {
        PacketEncoder.checkPacketId(packetId);
        if (codes.length == 0) {
            throw new IllegalArgumentException(FailureText.of("codes", 0, "at least one"));
        }
        out.writeByte(firstByte);
        PacketEncoder.writeRemainingLength(out, Short.BYTES + 1 + codes.length);
        out.writeShort(packetId).writeByte(0).writeBytes(codes);
    }

    /** DISCONNECT. */
    public static void disconnect(ByteBuf out, int code, PropertyBuffer properties) {
        reason(out, DISCONNECT, code, properties);
    }

    /** AUTH. */
    public static void auth(ByteBuf out, int code, PropertyBuffer properties) {
        reason(out, AUTH, code, properties);
    }

    private static void reason(ByteBuf out, int firstByte, int code, PropertyBuffer properties) {
        out.writeByte(firstByte);
        PacketEncoder.writeRemainingLength(out, 1 + size(properties));
        out.writeByte(code);
        properties.writeTo(out);
    }

    /** Properties with their length in front. */
    private static int size(PropertyBuffer properties) {
        return PublishEncoder.lengthBytes(properties.size()) + properties.size();
    }
}
