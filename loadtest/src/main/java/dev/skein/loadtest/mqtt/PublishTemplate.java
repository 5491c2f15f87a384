package dev.skein.loadtest.mqtt;

import dev.skein.protocol.mqtt.codec.Publish5Encoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** One publisher's PUBLISH, encoded once; each message copies it and patches identifier, sequence and time. */
public final class PublishTemplate {
    private final byte[] bytes;
    private final int packetIdAt;
    private final int payloadAt;
    /** Of the messages after the first; null when they are like it. */
    private final @Nullable PublishTemplate next;

    private PublishTemplate(byte[] bytes, int packetIdAt, int payloadAt, @Nullable PublishTemplate next) {
        this.next = next;
        this.bytes = bytes;
        this.packetIdAt = packetIdAt;
        this.payloadAt = payloadAt;
    }

    /**
     * Encodes the fixed parts for MQTT 3.1.1.
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
        out.setBytes(payloadAt, Payload.body(run, publisher, size));
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return new PublishTemplate(bytes, qos == 0 ? -1 : packetIdAt, payloadAt, null);
    }

    /**
     * Encodes the fixed parts for MQTT 5.
     *
     * @param body the payload but for sequence and time, see {@link Payload#body}
     * @param aliased whether an alias stands for the topic from the second message on
     */
    public static PublishTemplate ofMqtt5(
            String topic, int qos, byte[] body, MessageProperties properties, boolean aliased) {
        PublishTemplate next = aliased ? mqtt5("", qos, body, properties, 1, null) : null;
        return mqtt5(topic, qos, body, properties, aliased ? 1 : 0, next);
    }

    private static PublishTemplate mqtt5(
            String topic,
            int qos,
            byte[] body,
            MessageProperties properties,
            int alias,
            @Nullable PublishTemplate next) {
        byte[] name = Packets.utf8("topic", topic);
        ByteBuf wire = Unpooled.buffer(2 + name.length).writeShort(name.length).writeBytes(name);
        ByteBuf out = Unpooled.buffer();
        Publish5Encoder.encode(
                out,
                Publish5Encoder.firstByte(qos, false, false),
                wire.array(),
                properties.content(body),
                1,
                properties.extra(alias));
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        int lengthBytes = 1;
        while (bytes[lengthBytes] < 0) {
            lengthBytes++;
        }
        return new PublishTemplate(
                bytes, qos == 0 ? -1 : 1 + lengthBytes + 2 + name.length, bytes.length - body.length, next);
    }

    /** What the message after this one is made from. */
    public PublishTemplate next() {
        return next == null ? this : next;
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
