package dev.skein.protocol.mqtt.codec;

import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.wire.FailureText;
import io.netty.buffer.ByteBuf;

/**
 * Writes PUBLISH packets of MQTT 3.1 and 3.1.1 in their shortest legal form. Stateless; allocates nothing but what the
 * buffer needs to grow.
 */
public final class PublishEncoder {
    private static final int PUBLISH = 0x30;

    private PublishEncoder() {}

    /**
     * Size of the whole packet, in bytes.
     *
     * @param payloadLength in bytes
     * @param qos 0..2
     */
    public static int size(TopicName topic, int payloadLength, int qos) {
        int remaining = remainingLength(topic, payloadLength, qos);
        return 1 + lengthBytes(remaining) + remaining;
    }

    /**
     * Where the packet identifier stands, in bytes from the beginning of the packet; at QoS 0 the payload stands there.
     *
     * @param payloadLength in bytes
     * @param qos 0..2
     */
    public static int packetIdOffset(TopicName topic, int payloadLength, int qos) {
        return 1 + lengthBytes(remainingLength(topic, payloadLength, qos)) + topic.wire().length;
    }

    /**
     * Appends one PUBLISH.
     *
     * @param qos 0..2
     * @param dup must be false at QoS 0 [MQTT-3.3.1-2]
     * @param packetId 1..65535; not used at QoS 0 [MQTT-2.3.1-5]
     * @throws IllegalArgumentException when an argument is out of range; nothing is written then
     */
    public static void encode(
            ByteBuf out, TopicName topic, byte[] payload, int qos, boolean dup, boolean retain, int packetId) {
        if (qos < 0 || qos > 2) {
            throw new IllegalArgumentException(FailureText.of("qos", qos, "0..2"));
        }
        if (dup && qos == 0) {
            throw new IllegalArgumentException(FailureText.of("dup", 1, "0 at QoS 0"));
        }
        if (qos > 0) {
            PacketEncoder.checkPacketId(packetId);
        }
        int remaining = remainingLength(topic, payload.length, qos);
        out.ensureWritable(1 + lengthBytes(remaining) + remaining);
        out.writeByte(PUBLISH | (dup ? FixedHeader.DUP : 0) | (qos << 1) | (retain ? FixedHeader.RETAIN : 0));
        PacketEncoder.writeRemainingLength(out, remaining);
        out.writeBytes(topic.wire());
        if (qos > 0) {
            out.writeShort(packetId);
        }
        out.writeBytes(payload);
    }

    private static int remainingLength(TopicName topic, int payloadLength, int qos) {
        long remaining = (long) topic.wire().length + (qos > 0 ? Short.BYTES : 0) + payloadLength;
        if (remaining > MqttFramer.MAX_REMAINING_LENGTH) {
            throw new IllegalArgumentException(
                    FailureText.of("remainingLength", remaining, "<= " + MqttFramer.MAX_REMAINING_LENGTH));
        }
        return (int) remaining;
    }

    public static int lengthBytes(int remaining) {
        return remaining < 1 << 7 ? 1 : remaining < 1 << 14 ? 2 : remaining < 1 << 21 ? 3 : 4;
    }
}
