package dev.skein.loadtest.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** One publisher's PUBLISH, encoded once; each message copies it and patches identifier, sequence and time. */
public final class PublishTemplate {
    private final byte[] bytes;
    private final int packetIdAt;
    private final int payloadAt;

    private PublishTemplate(byte[] bytes, int packetIdAt, int payloadAt) {
        this.bytes = bytes;
        this.packetIdAt = packetIdAt;
        this.payloadAt = payloadAt;
    }

    /**
     * Encodes the fixed parts.
     *
     * @param qos 0..2
     * @param size bytes of payload, {@link Payload#MIN_SIZE}..{@link Payload#MAX_SIZE}
     */
    public static PublishTemplate of(String topic, int qos, int run, int publisher, int size) {
        byte[] name = Packets.utf8("topic", topic);
        int identifier = qos == 0 ? 0 : 2;
        int length = 2 + name.length + identifier + size;
        ByteBuf out = Unpooled.buffer(length + 5);
        out.writeByte(0x30 | (qos << 1));
        Packets.remainingLength(out, length);
        out.writeShort(name.length);
        out.writeBytes(name);
        int packetIdAt = out.writerIndex();
        out.writeZero(identifier + size);
        int payloadAt = packetIdAt + identifier;
        out.setLong(payloadAt, Payload.signature(run));
        out.setInt(payloadAt + Payload.PUBLISHER, publisher);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return new PublishTemplate(bytes, qos == 0 ? -1 : packetIdAt, payloadAt);
    }

    /** Bytes of one whole packet. */
    public int length() {
        return bytes.length;
    }

    /** Appends one message; {@code packetId} counts at QoS 1 and 2 only. */
    public void append(ByteBuf out, int packetId, long sequence, long time) {
        int at = out.writerIndex();
        out.writeBytes(bytes);
        if (packetIdAt >= 0) {
            out.setShort(at + packetIdAt, packetId);
        }
        out.setLong(at + payloadAt + Payload.SEQUENCE, sequence);
        out.setLong(at + payloadAt + Payload.TIME, time);
    }
}
