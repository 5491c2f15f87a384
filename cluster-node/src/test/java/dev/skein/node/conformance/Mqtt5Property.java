package dev.skein.node.conformance;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The properties of MQTT 5: how each is written, and in which packets a server may send it. */
enum Mqtt5Property {
    PAYLOAD_FORMAT(0x01, Type.BYTE, Mqtt5Packet.PUBLISH),
    MESSAGE_EXPIRY(0x02, Type.INT, Mqtt5Packet.PUBLISH),
    CONTENT_TYPE(0x03, Type.STRING, Mqtt5Packet.PUBLISH),
    RESPONSE_TOPIC(0x08, Type.STRING, Mqtt5Packet.PUBLISH),
    CORRELATION_DATA(0x09, Type.BINARY, Mqtt5Packet.PUBLISH),
    SUBSCRIPTION_ID(0x0B, Type.VARIABLE, Mqtt5Packet.PUBLISH),
    SESSION_EXPIRY(0x11, Type.INT, Mqtt5Packet.CONNACK),
    ASSIGNED_CLIENT(0x12, Type.STRING, Mqtt5Packet.CONNACK),
    SERVER_KEEP_ALIVE(0x13, Type.SHORT, Mqtt5Packet.CONNACK),
    AUTH_METHOD(0x15, Type.STRING, Mqtt5Packet.CONNACK, Mqtt5Packet.AUTH),
    AUTH_DATA(0x16, Type.BINARY, Mqtt5Packet.CONNACK, Mqtt5Packet.AUTH),
    REQUEST_PROBLEM(0x17, Type.BYTE),
    WILL_DELAY(0x18, Type.INT),
    REQUEST_RESPONSE(0x19, Type.BYTE),
    RESPONSE_INFORMATION(0x1A, Type.STRING, Mqtt5Packet.CONNACK),
    SERVER_REFERENCE(0x1C, Type.STRING, Mqtt5Packet.CONNACK, Mqtt5Packet.DISCONNECT),
    REASON_STRING(
            0x1F,
            Type.STRING,
            Mqtt5Packet.CONNACK,
            Mqtt5Packet.PUBACK,
            Mqtt5Packet.PUBREC,
            Mqtt5Packet.PUBREL,
            Mqtt5Packet.PUBCOMP,
            Mqtt5Packet.SUBACK,
            Mqtt5Packet.UNSUBACK,
            Mqtt5Packet.DISCONNECT,
            Mqtt5Packet.AUTH),
    RECEIVE_MAXIMUM(0x21, Type.SHORT, Mqtt5Packet.CONNACK),
    TOPIC_ALIAS_MAXIMUM(0x22, Type.SHORT, Mqtt5Packet.CONNACK),
    TOPIC_ALIAS(0x23, Type.SHORT, Mqtt5Packet.PUBLISH),
    MAXIMUM_QOS(0x24, Type.BYTE, Mqtt5Packet.CONNACK),
    RETAIN_AVAILABLE(0x25, Type.BYTE, Mqtt5Packet.CONNACK),
    USER(
            0x26,
            Type.PAIR,
            Mqtt5Packet.CONNACK,
            Mqtt5Packet.PUBLISH,
            Mqtt5Packet.PUBACK,
            Mqtt5Packet.PUBREC,
            Mqtt5Packet.PUBREL,
            Mqtt5Packet.PUBCOMP,
            Mqtt5Packet.SUBACK,
            Mqtt5Packet.UNSUBACK,
            Mqtt5Packet.DISCONNECT,
            Mqtt5Packet.AUTH),
    MAXIMUM_PACKET(0x27, Type.INT, Mqtt5Packet.CONNACK),
    WILDCARD_AVAILABLE(0x28, Type.BYTE, Mqtt5Packet.CONNACK),
    SUBSCRIPTION_ID_AVAILABLE(0x29, Type.BYTE, Mqtt5Packet.CONNACK),
    SHARED_AVAILABLE(0x2A, Type.BYTE, Mqtt5Packet.CONNACK);

    /** How a value is written (section 2.2.2.2). */
    enum Type {
        BYTE,
        SHORT,
        INT,
        VARIABLE,
        STRING,
        BINARY,
        PAIR;

        /** Bytes of the value that begins at {@code at}; -1 when it does not fit before {@code end}. */
        int size(byte[] packet, int at, int end) {
            int size = switch (this) {
                case BYTE -> 1;
                case SHORT -> Short.BYTES;
                case INT -> Integer.BYTES;
                case VARIABLE -> VariableByteInteger.size(packet, at, end);
                case STRING, BINARY -> prefixed(packet, at, end);
                case PAIR -> {
                    int name = prefixed(packet, at, end);
                    int value = name < 0 ? -1 : prefixed(packet, at + name, end);
                    yield value < 0 ? -1 : name + value;
                }
            };
            return size > 0 && at + size <= end ? size : -1;
        }

        private static int prefixed(byte[] packet, int at, int end) {
            if (at + Short.BYTES > end) {
                return -1;
            }
            return Short.BYTES + (((packet[at] & 0xFF) << 8) | (packet[at + 1] & 0xFF));
        }

        /** Whether a number of the notation can be its value. */
        boolean isNumber() {
            return this != STRING && this != BINARY && this != PAIR;
        }
    }

    private final int id;
    private final Type type;
    private final int packets;

    Mqtt5Property(int id, Type type, int... packets) {
        this.id = id;
        this.type = type;
        int bits = 0;
        for (int packet : packets) {
            bits |= 1 << packet;
        }
        this.packets = bits;
    }

    int id() {
        return id;
    }

    Type type() {
        return type;
    }

    /** As the notation writes it, such as {@code session-expiry}. */
    String notation() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a server may send it in a packet of this type. */
    boolean isAllowedIn(int packetType) {
        return (packets & (1 << packetType)) != 0;
    }

    /** Whether one packet may hold it more than once. */
    boolean mayRepeat() {
        return this == USER || this == SUBSCRIPTION_ID;
    }

    /** Bytes of a number as a value of this property. */
    byte[] encode(long number) {
        return switch (type) {
            case BYTE -> new byte[] {(byte) number};
            case SHORT -> new byte[] {(byte) (number >> 8), (byte) number};
            case INT -> new byte[] {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number};
            case VARIABLE -> VariableByteInteger.encode((int) number);
            case STRING, BINARY, PAIR ->
                throw new IllegalArgumentException(notation() + ": " + number + " (expected: 'text')");
        };
    }

    /** The number that {@code value} holds. */
    long decode(byte[] value) {
        if (type == Type.VARIABLE) {
            return VariableByteInteger.decode(value, 0);
        }
        long number = 0;
        for (byte b : value) {
            number = (number << 8) | (b & 0xFF);
        }
        return number;
    }

    static @Nullable Mqtt5Property of(int id) {
        for (Mqtt5Property property : values()) {
            if (property.id == id) {
                return property;
            }
        }
        return null;
    }

    static Mqtt5Property of(String notation) {
        return Arrays.stream(values())
                .filter(p -> p.notation().equals(notation))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("property: " + notation + " (expected: one of "
                        + Arrays.stream(values()).map(Mqtt5Property::notation).toList() + ")"));
    }

    /** The text of a value, for failures. */
    String show(byte[] value) {
        if (type.isNumber()) {
            return notation() + "=" + decode(value);
        }
        return notation() + "='" + new String(value, Short.BYTES, value.length - Short.BYTES, StandardCharsets.UTF_8)
                + "'";
    }
}
