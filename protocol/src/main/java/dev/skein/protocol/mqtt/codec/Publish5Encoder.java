package dev.skein.protocol.mqtt.codec;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.wire.FailureText;
import io.netty.buffer.ByteBuf;

/**
 * Writes PUBLISH packets of MQTT 5 in their shortest legal form. Stateless; allocates nothing but what the buffer needs
 * to grow.
 */
public final class Publish5Encoder {
    private static final byte[] NO_PROPERTIES = new byte[0];
    private static final int[] NO_IDENTIFIERS = new int[0];
    private static final int FOUR_BYTE_PROPERTY = 1 + Integer.BYTES;
    private static final int TWO_BYTE_PROPERTY = 1 + Short.BYTES;

    private Publish5Encoder() {}

    /** What one delivery says beside its message. */
    public static final class Extra {
        /** Nothing. */
        public static final Extra NONE = new Extra(0, -1, NO_IDENTIFIERS);

        private final int alias;
        private final long expirySeconds;
        private final int[] identifiers;

        /**
         * Keeps {@code identifiers} without a copy.
         *
         * @param alias topic alias, 0 for none
         * @param expirySeconds for how long the message is of use from now on; -1: for ever
         * @param identifiers of the subscriptions that it comes by, read only
         */
        public Extra(int alias, long expirySeconds, int[] identifiers) {
            this.alias = alias;
            this.expirySeconds = expirySeconds;
            this.identifiers = identifiers;
        }

        private int bytes() {
            int bytes = (alias == 0 ? 0 : TWO_BYTE_PROPERTY) + (expirySeconds < 0 ? 0 : FOUR_BYTE_PROPERTY);
            for (int identifier : identifiers) {
                bytes += 1 + PublishEncoder.lengthBytes(identifier);
            }
            return bytes;
        }
    }

    /**
     * The first byte of the packet.
     *
     * @param qos 0..2
     * @param dup must be false at QoS 0 [MQTT-3.3.1-2]
     */
    public static int firstByte(int qos, boolean dup, boolean retain) {
        if (dup && qos == 0) {
            throw new IllegalArgumentException(FailureText.of("dup", 1, "0 at QoS 0"));
        }
        return 0x30 | (dup ? FixedHeader.DUP : 0) | (qos << 1) | (retain ? FixedHeader.RETAIN : 0);
    }

    /**
     * Size of the whole packet, in bytes.
     *
     * @param topicBytes length of the topic in UTF-8 with its two bytes of length
     */
    public static long size(int topicBytes, Content content, int qos, Extra extra) {
        long remaining = remaining(topicBytes, content, qos, extra);
        return 1 + PublishEncoder.lengthBytes((int) Math.min(remaining, Integer.MAX_VALUE)) + remaining;
    }

    /**
     * Appends one PUBLISH.
     *
     * @param topic two bytes of length and UTF-8; no character when the alias says it
     * @param packetId 1..65535; not used at QoS 0
     * @throws IllegalArgumentException when the packet would be larger than MQTT allows; nothing is written then
     */
    public static void encode(ByteBuf out, int firstByte, byte[] topic, Content content, int packetId, Extra extra) {
        int qos = FixedHeader.qos(firstByte);
        if (qos > 0) {
            PacketEncoder.checkPacketId(packetId);
        }
        long size = remaining(topic.length, content, qos, extra);
        if (size > MqttFramer.MAX_REMAINING_LENGTH) {
            throw new IllegalArgumentException(
                    FailureText.of("remainingLength", size, "<= " + MqttFramer.MAX_REMAINING_LENGTH));
        }
        int remaining = (int) size;
        out.ensureWritable(1 + PublishEncoder.lengthBytes(remaining) + remaining);
        out.writeByte(firstByte);
        PacketEncoder.writeRemainingLength(out, remaining);
        out.writeBytes(topic);
        if (qos > 0) {
            out.writeShort(packetId);
        }
        byte[] properties = properties(content);
        PacketEncoder.writeRemainingLength(out, properties.length + extra.bytes());
        write(out, extra);
        out.writeBytes(properties).writeBytes(content.payload());
    }

    private static void write(ByteBuf out, Extra extra) {
        if (extra.alias != 0) {
            out.writeByte(PropertyChecks.TOPIC_ALIAS).writeShort(extra.alias);
        }
        if (extra.expirySeconds >= 0) {
            out.writeByte(PropertyChecks.MESSAGE_EXPIRY).writeInt((int) extra.expirySeconds);
        }
        for (int identifier : extra.identifiers) {
            out.writeByte(PropertyChecks.SUBSCRIPTION_IDENTIFIER);
            PacketEncoder.writeRemainingLength(out, identifier);
        }
    }

    private static byte[] properties(Content content) {
        Properties properties = content.properties();
        return properties == null ? NO_PROPERTIES : properties.encoded();
    }

    private static long remaining(int topicBytes, Content content, int qos, Extra extra) {
        int properties = properties(content).length + extra.bytes();
        return (long) topicBytes
                + (qos > 0 ? Short.BYTES : 0)
                + PublishEncoder.lengthBytes(properties)
                + properties
                + content.payload().length;
    }
}
