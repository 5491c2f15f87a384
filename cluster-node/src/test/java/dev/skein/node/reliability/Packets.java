package dev.skein.node.reliability;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MQTT packets, written and read without any code of the broker; of 3.1.1 where no properties are asked for. Bodies are
 * text in ISO 8859-1.
 */
final class Packets {
    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBACK = 9;
    static final int UNSUBACK = 11;
    static final int PINGRESP = 13;

    private static final byte[] NO_PROPERTIES = {};
    private static final byte[] PINGREQ = {(byte) 0xC0, 0};
    private static final byte[] DISCONNECT = {(byte) 0xE0, 0};
    private static final int LENGTH_BYTES_MAX = 4;

    private Packets() {}

    /** One packet as it came: type 1..14, the four flag bits, and everything behind the fixed header. */
    record Packet(int type, int flags, ByteBuffer body) {
        /** The next two bytes. */
        int number() {
            return body.getShort() & 0xFFFF;
        }

        /** The next string with its length before it. */
        String string() {
            byte[] bytes = new byte[number()];
            body.get(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** All that is left. */
        String rest() {
            byte[] bytes = new byte[body.remaining()];
            body.get(bytes);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    /** Writes the body of a packet. */
    private interface Body {
        void write(DataOutputStream to) throws IOException;
    }

    private static byte[] packet(int head, Body body) {
        try {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            body.write(new DataOutputStream(content));
            ByteArrayOutputStream whole = new ByteArrayOutputStream(content.size() + 1 + LENGTH_BYTES_MAX);
            whole.write(head);
            int length = content.size();
            while (length > 0x7F) {
                whole.write((length & 0x7F) | 0x80);
                length >>>= 7;
            }
            whole.write(length);
            content.writeTo(whole);
            return whole.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] connect(String clientId, boolean cleanSession, TestClient.@Nullable Will will) {
        return connect(4, clientId, cleanSession, will, NO_PROPERTIES, NO_PROPERTIES);
    }

    /** MQTT 5; properties with their length before them. */
    static byte[] connect5(
            String clientId, boolean cleanSession, TestClient.@Nullable Will will, byte[] properties, byte[] ofWill) {
        return connect(5, clientId, cleanSession, will, properties, ofWill);
    }

    private static byte[] connect(
            int level,
            String clientId,
            boolean cleanSession,
            TestClient.@Nullable Will will,
            byte[] properties,
            byte[] ofWill) {
        int flags = (cleanSession ? 2 : 0) | (will == null ? 0 : 4 | will.qos() << 3 | (will.retain() ? 0x20 : 0));
        return packet(0x10, to -> {
            to.writeUTF("MQTT");
            to.writeByte(level);
            to.writeByte(flags);
            to.writeShort(0); // no keep-alive: a machine that is busy is not an error
            to.write(properties);
            to.writeUTF(clientId);
            if (will != null) {
                to.write(ofWill);
                to.writeUTF(will.topic());
                to.writeShort(will.payload().length());
                to.write(will.payload().getBytes(StandardCharsets.ISO_8859_1));
            }
        });
    }

    static byte[] publish(String topic, String payload, int qos, boolean retain, boolean dup, int packetId) {
        return publish(topic, payload, publishHead(qos, retain, dup), packetId, NO_PROPERTIES);
    }

    /** The first byte of a PUBLISH. */
    static int publishHead(int qos, boolean retain, boolean dup) {
        return 0x30 | (dup ? 8 : 0) | qos << 1 | (retain ? 1 : 0);
    }

    static byte[] publish(String topic, String payload, int head, int packetId, byte[] properties) {
        return packet(head, to -> {
            to.writeUTF(topic);
            if (packetId > 0) {
                to.writeShort(packetId);
            }
            to.write(properties);
            to.write(payload.getBytes(StandardCharsets.ISO_8859_1));
        });
    }

    /** PUBACK, PUBREC, PUBREL or PUBCOMP. */
    static byte[] acknowledgement(int type, int packetId) {
        return packet(type << 4 | (type == PUBREL ? 2 : 0), to -> to.writeShort(packetId));
    }

    static byte[] subscribe(int packetId, String filter, int qos) {
        return subscribe(packetId, List.of(filter), qos);
    }

    static byte[] subscribe(int packetId, List<String> filters, int qos) {
        return subscribe(packetId, filters, qos, NO_PROPERTIES);
    }

    static byte[] subscribe(int packetId, List<String> filters, int qos, byte[] properties) {
        return packet(0x82, to -> {
            to.writeShort(packetId);
            to.write(properties);
            for (String filter : filters) {
                to.writeUTF(filter);
                to.writeByte(qos);
            }
        });
    }

    static byte[] unsubscribe(int packetId, String filter) {
        return unsubscribe(packetId, filter, NO_PROPERTIES);
    }

    static byte[] unsubscribe(int packetId, String filter, byte[] properties) {
        return packet(0xA2, to -> {
            to.writeShort(packetId);
            to.write(properties);
            to.writeUTF(filter);
        });
    }

    static byte[] pingreq() {
        return PINGREQ.clone();
    }

    static byte[] disconnect() {
        return DISCONNECT.clone();
    }

    /** The next packet; {@link java.io.EOFException} at the end. */
    static Packet read(DataInputStream from) throws IOException {
        int head = from.readUnsignedByte();
        int length = 0;
        for (int i = 0; ; i++) {
            int next = from.readUnsignedByte();
            length |= (next & 0x7F) << (7 * i);
            if (next < 0x80) {
                break;
            }
            if (i == LENGTH_BYTES_MAX - 1) {
                throw new IOException("length: more than 4 bytes (expected: 4 at the most)");
            }
        }
        byte[] body = new byte[length];
        from.readFully(body);
        return new Packet(head >>> 4, head & 0xF, ByteBuffer.wrap(body));
    }
}
