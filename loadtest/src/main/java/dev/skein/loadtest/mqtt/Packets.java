package dev.skein.loadtest.mqtt;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * The packets that a client sends, written by hand. MQTT 3.1.1 sections 3.1 to 3.14, MQTT 5 the same. What is not here
 * for MQTT 5 is the same in both: acknowledgements without a reason, PINGREQ, and DISCONNECT.
 */
final class Packets {
    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBACK = 9;
    static final int PINGRESP = 13;
    static final int DISCONNECT = 14;

    private static final byte[] CONNECT_START = {0, 4, 'M', 'Q', 'T', 'T'};
    /** Session expiry 0xFFFFFFFF: the session stays until a client discards it (MQTT 5 section 3.1.2.11.2). */
    private static final int NEVER = -1;

    private Packets() {}

    static void connect(ByteBuf out, String clientId, ConnectOptions options) {
        byte[] id = utf8("client ID", clientId);
        String username = options.username();
        String password = options.password();
        byte[] user = username == null ? new byte[0] : utf8("user name", username);
        byte[] secret = password == null ? new byte[0] : utf8("password", password);
        ConnectOptions.Will will = options.will();
        byte[] willTopic = will == null ? new byte[0] : utf8("will topic", will.topic());
        int willBytes = will == null ? 0 : will.body().remaining();
        int flags = (options.clean() ? 0x02 : 0)
                | (username == null ? 0 : 0x80)
                | (password == null ? 0 : 0x40)
                | (will == null ? 0 : 0x04 | (will.qos() << 3) | (will.retain() ? 0x20 : 0));
        boolean mqtt5 = options.protocol().isMqtt5();
        int length = 10
                + (mqtt5 ? 1 + propertyBytes(options) : 0)
                + (mqtt5 && will != null ? 1 : 0)
                + 2
                + id.length
                + (will == null ? 0 : 4 + willTopic.length + willBytes)
                + (username == null ? 0 : 2 + user.length)
                + (password == null ? 0 : 2 + secret.length);
        out.writeByte(0x10);
        remainingLength(out, length);
        out.writeBytes(CONNECT_START);
        out.writeByte(mqtt5 ? 5 : 4);
        out.writeByte(flags);
        out.writeShort(options.keepAliveSeconds());
        if (mqtt5) {
            properties(out, options);
        }
        string(out, id);
        if (will != null) {
            if (mqtt5) {
                out.writeByte(0); // no properties
            }
            string(out, willTopic);
            out.writeShort(willBytes);
            out.writeBytes(will.body().duplicate());
        }
        if (username != null) {
            string(out, user);
        }
        if (password != null) {
            string(out, secret);
        }
    }

    private static int propertyBytes(ConnectOptions options) {
        Protocol protocol = options.protocol();
        return (options.clean() ? 0 : 1 + Integer.BYTES)
                + (protocol.receiveMaximum() == Protocol.NO_RECEIVE_MAXIMUM ? 0 : 1 + Short.BYTES)
                + (protocol.topicAliases() ? 1 + Short.BYTES : 0);
    }

    private static void properties(ByteBuf out, ConnectOptions options) {
        Protocol protocol = options.protocol();
        out.writeByte(propertyBytes(options));
        if (!options.clean()) {
            out.writeByte(PropertyReader.SESSION_EXPIRY).writeInt(NEVER);
        }
        if (protocol.receiveMaximum() != Protocol.NO_RECEIVE_MAXIMUM) {
            out.writeByte(PropertyReader.RECEIVE_MAXIMUM).writeShort(protocol.receiveMaximum());
        }
        if (protocol.topicAliases()) {
            out.writeByte(PropertyReader.TOPIC_ALIAS_MAXIMUM).writeShort(Protocol.ALIASES);
        }
    }

    static void subscribe(ByteBuf out, boolean mqtt5, List<String> filters, IntUnaryOperator qos) {
        int length = mqtt5 ? 3 : 2;
        for (String filter : filters) {
            length += 3 + utf8("filter", filter).length;
        }
        out.writeByte(0x82);
        remainingLength(out, length);
        out.writeShort(1);
        if (mqtt5) {
            out.writeByte(0); // no properties
        }
        for (int i = 0; i < filters.size(); i++) {
            string(out, utf8("filter", filters.get(i)));
            out.writeByte(qos.applyAsInt(i));
        }
    }

    /**
     * The start of a PUBLISH of MQTT 3.1.1, up to its payload of {@code size} bytes; {@code packetId} counts at QoS 1
     * and 2 only.
     */
    static void publish(ByteBuf out, byte[] topic, int flags, int packetId, int size) {
        boolean identified = (flags & 0x06) != 0;
        out.writeByte(0x30 | flags);
        remainingLength(out, 2 + topic.length + (identified ? 2 : 0) + size);
        string(out, topic);
        if (identified) {
            out.writeShort(packetId);
        }
    }

    /** PUBACK, PUBREC, PUBREL or PUBCOMP: two bytes of header and the packet identifier. */
    static void acknowledge(ByteBuf out, int type, int packetId) {
        // [MQTT-3.6.1-1]: PUBREL carries the flags 0010
        out.writeInt((type << 28) | (type == PUBREL ? 0x02000000 : 0) | 0x00020000 | packetId);
    }

    static void ping(ByteBuf out) {
        out.writeShort(0xC000);
    }

    static void disconnect(ByteBuf out) {
        out.writeShort(0xE000);
    }

    static void remainingLength(ByteBuf out, int length) {
        int rest = length;
        do {
            int digit = rest & 0x7F;
            rest >>>= 7;
            out.writeByte(rest > 0 ? digit | 0x80 : digit);
        } while (rest > 0);
    }

    static byte[] utf8(String what, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0xFFFF) {
            throw new IllegalArgumentException(what + ": " + bytes.length + " bytes (expected: <= 65535)");
        }
        return bytes;
    }

    private static void string(ByteBuf out, byte[] bytes) {
        out.writeShort(bytes.length);
        out.writeBytes(bytes);
    }
}
