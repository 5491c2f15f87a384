package dev.skein.persistence.api;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;

/** One message in the queue of one persistent session. */
public final class QueuedMessage {
    private final MessageId id;
    private final String topic;
    private final Content content;
    private final int qos;
    private final boolean retain;
    private final int sentPacketId;
    private final Origin origin;

    /**
     * A message of a queue.
     *
     * @param qos QoS of this delivery, 0..2
     * @param retain RETAIN flag of this delivery
     * @param sentPacketId recorded by {@link StoreCommand.Sent} (QoS 2 only), or 0
     */
    public QueuedMessage(
            MessageId id, String topic, Content content, int qos, boolean retain, int sentPacketId, Origin origin) {
        this.id = id;
        this.topic = topic;
        this.content = content;
        this.qos = qos;
        this.retain = retain;
        this.sentPacketId = sentPacketId;
        this.origin = origin;
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

    /** What its publisher sent. */
    public Content content() {
        return content;
    }

    /** What it takes in memory: content and topic. */
    public int bytes() {
        return content.bytes() + topic.length();
    }

    /** 0..268435455 bytes; shared, read only. */
    public byte[] payload() {
        return content.payload();
    }

    /** Who published it. */
    public Origin origin() {
        return origin;
    }

    @Override
    public String toString() {
        return "QueuedMessage[" + id + ", " + topic + ", qos " + qos + ", " + content + "]";
    }
}
