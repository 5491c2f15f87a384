package dev.skein.persistence.api;

import dev.skein.protocol.mqtt.MessageId;

/** The last retained message of a topic. The payload array is shared and must not be written to. */
public final class RetainedMessage {
    private final MessageId id;
    private final String topic;
    private final int qos;
    private final byte[] payload;

    /** Keeps {@code payload} without a copy. */
    public RetainedMessage(MessageId id, String topic, int qos, byte[] payload) {
        this.id = id;
        this.topic = topic;
        this.qos = qos;
        this.payload = payload;
    }

    /** Identity of the PUBLISH that set it. */
    public MessageId id() {
        return id;
    }

    /** Topic name. */
    public String topic() {
        return topic;
    }

    /** QoS of the PUBLISH that set it, 0..2. */
    public int qos() {
        return qos;
    }

    /** 1..268435455 bytes; shared, read only. */
    public byte[] payload() {
        return payload;
    }

    @Override
    public String toString() {
        return "RetainedMessage[" + id + ", " + topic + ", qos " + qos + ", " + payload.length + " bytes]";
    }
}
