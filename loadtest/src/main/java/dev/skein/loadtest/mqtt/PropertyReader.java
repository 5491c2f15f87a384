package dev.skein.loadtest.mqtt;

import io.netty.buffer.ByteBuf;

/** Walks over the properties of an MQTT 5 packet in place (section 2.2.2). Allocates nothing. */
final class PropertyReader {
    static final int MESSAGE_EXPIRY = 0x02;
    static final int SESSION_EXPIRY = 0x11;
    static final int RECEIVE_MAXIMUM = 0x21;
    static final int TOPIC_ALIAS_MAXIMUM = 0x22;
    static final int TOPIC_ALIAS = 0x23;
    static final int USER_PROPERTY = 0x26;

    private PropertyReader() {}

    /** The variable byte integer at {@code at}. */
    static int integer(ByteBuf in, int at, int to) {
        int value = 0;
        int shift = 0;
        for (int i = at; i < to && shift < 28; i++, shift += 7) {
            byte digit = in.getByte(i);
            value |= (digit & 0x7F) << shift;
            if (digit >= 0) {
                return value;
            }
        }
        throw cutOff();
    }

    /** Where the variable byte integer at {@code at} ends; it was read with {@link #integer}. */
    static int afterInteger(ByteBuf in, int at) {
        int end = at;
        while (in.getByte(end) < 0) {
            end++;
        }
        return end + 1;
    }

    /** Where the properties end whose length stands at {@code at}. */
    static int end(ByteBuf in, int at, int to) {
        int length = integer(in, at, to);
        int end = afterInteger(in, at) + length;
        if (end > to) {
            throw cutOff();
        }
        return end;
    }

    /** Where the property ends whose identifier stands at {@code at}. */
    static int next(ByteBuf in, int at, int to) {
        int end = switch (in.getByte(at)) {
            case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A -> at + 2;
            case 0x13, RECEIVE_MAXIMUM, TOPIC_ALIAS_MAXIMUM, TOPIC_ALIAS -> at + 3;
            case MESSAGE_EXPIRY, SESSION_EXPIRY, 0x18, 0x27 -> at + 5;
            case 0x0B -> at + 1 + integerBytes(in, at + 1, to);
            case 0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F -> afterString(in, at + 1, to);
            case USER_PROPERTY -> afterString(in, afterString(in, at + 1, to), to);
            default ->
                throw new IllegalStateException(
                        "property: 0x" + Integer.toHexString(in.getUnsignedByte(at)) + " (expected: one of MQTT 5)");
        };
        if (end > to) {
            throw cutOff();
        }
        return end;
    }

    private static int integerBytes(ByteBuf in, int at, int to) {
        int unused = integer(in, at, to);
        return afterInteger(in, at) - at;
    }

    private static int afterString(ByteBuf in, int at, int to) {
        if (at + 2 > to) {
            throw cutOff();
        }
        return at + 2 + in.getUnsignedShort(at);
    }

    private static IllegalStateException cutOff() {
        return new IllegalStateException("properties: cut off (expected: whole)");
    }
}
