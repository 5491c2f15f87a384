package dev.skein.persistence.api;

import dev.skein.protocol.mqtt.MessageId;

/** One message in the queue of one persistent session. The payload array is shared and must not be written to. */
public final class QueuedMessage {
    private final MessageId id;
    private final String topic;
    private final int qos;
    private final int sentPacketId;
    private final boolean retain;
    private final byte[] payload;

    /** Keeps {@code payload} without a copy. */
    public QueuedMessage(MessageId id, String topic, int qos, boolean retain, int sentPacketId, byte[] payload) {
        this.retain = retain;
        this.id = id;
        this.topic = topic;
        this.qos = qos;
        this.sentPacketId = sentPacketId;
        this.payload = payload;
    }

    /** Identity and place in the queue. */
    public MessageId id() {
        return id;
    }

    /** Topic name as published. */
    public String topic() {
        return topic;
    }

    /** QoS of this delivery, 0..2. */
    public int qos() {
        return qos;
    }

    /** RETAIN flag of this delivery. */
    public boolean retain() {
        return retain;
    }

    /** Packet identifier recorded by {@link StoreCommand.Sent} (QoS 2 only), or 0. */
    public int sentPacketId() {
        return sentPacketId;
    }

    /** 0..268435455 bytes; shared, read only. */
    public byte[] payload() {
        return payload;
    }

    @Override
    public String toString() {
        return "QueuedMessage[" + id + ", " + topic + ", qos " + qos + ", " + payload.length + " bytes]";
    }
}
