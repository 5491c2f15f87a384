package dev.skein.persistence.api;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;

/** The last retained message of a topic. */
public final class RetainedMessage {
    private final MessageId id;
    private final String topic;
    private final Content content;
    private final int qos;
    private final Origin origin;

    /** As the PUBLISH that set it. */
    public RetainedMessage(MessageId id, String topic, Content content, int qos, Origin origin) {
        this.id = id;
        this.topic = topic;
        this.content = content;
        this.qos = qos;
        this.origin = origin;
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

    /** What its publisher sent; the payload is not empty in a store. */
    public Content content() {
        return content;
    }

    /** What it takes in memory: content and topic. */
    public int bytes() {
        return content.bytes() + topic.length();
    }

    /** 1..268435455 bytes; shared, read only. */
    public byte[] payload() {
        return content.payload();
    }

    /** Who published it. */
    public Origin origin() {
        return origin;
    }

    @Override
    public String toString() {
        return "RetainedMessage[" + id + ", " + topic + ", qos " + qos + ", " + content + "]";
    }
}
