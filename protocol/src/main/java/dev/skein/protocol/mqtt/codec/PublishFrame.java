package dev.skein.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * One PUBLISH, encoded once for all its receivers at one QoS: each of them costs one copy and two bytes of packet
 * identifier. Immutable and shared between threads; holds no buffer to release.
 */
public final class PublishFrame {
    private final byte[] bytes;
    private final int packetIdAt;
    private final int qos;

    private PublishFrame(byte[] bytes, int packetIdAt, int qos) {
        this.bytes = bytes;
        this.packetIdAt = packetIdAt;
        this.qos = qos;
    }

    /**
     * Encodes a message with DUP clear, as every first delivery is.
     *
     * @param qos 0..2
     * @param retain true only when a retained message answers a new subscription [MQTT-3.3.1-8]
     */
    public static PublishFrame of(TopicName topic, byte[] payload, int qos, boolean retain) {
        byte[] bytes = new byte[PublishEncoder.size(topic, payload.length, qos)];
        ByteBuf out = Unpooled.wrappedBuffer(bytes).writerIndex(0);
        PublishEncoder.encode(out, topic, payload, qos, false, retain, 1);
        return new PublishFrame(bytes, PublishEncoder.packetIdOffset(topic, payload.length, qos), qos);
    }

    /** Size of the whole packet, in bytes. */
    public int size() {
        return bytes.length;
    }

    /** Quality of service, 0..2. */
    public int qos() {
        return qos;
    }

    /**
     * Appends the packet.
     *
     * @param packetId 1..65535; not used at QoS 0
     */
    public void writeTo(ByteBuf out, int packetId) {
        if (qos == 0) {
            out.writeBytes(bytes);
            return;
        }
        PacketEncoder.checkPacketId(packetId);
        int start = out.writerIndex();
        out.writeBytes(bytes);
        out.setShort(start + packetIdAt, packetId);
    }
}
