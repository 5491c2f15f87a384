package dev.skein.protocol.mqtt.codec;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.TopicName;

/** One PUBLISH from a client, fully checked. Holds no buffer: nothing to release. */
public final class InboundPublish {
    private final TopicName topic;
    private final Content content;
    private final int qos;
    private final boolean dup;
    private final boolean retain;
    private final int packetId;

    /**
     * A checked PUBLISH.
     *
     * @param content shared by all receivers
     * @param qos 0..2
     * @param packetId 1..65535, or 0 at QoS 0
     */
    public InboundPublish(TopicName topic, Content content, int qos, boolean dup, boolean retain, int packetId) {
        this.topic = topic;
        this.content = content;
        this.qos = qos;
        this.dup = dup;
        this.retain = retain;
        this.packetId = packetId;
    }

    /** Where it is published; the shared instance of the event loop's cache where there is one. */
    public TopicName topic() {
        return topic;
    }

    /** The application message. Shared by all its receivers. */
    public Content content() {
        return content;
    }

    /** What it takes in memory: content and topic. */
    public int bytes() {
        return content.bytes() + topic.wire().length;
    }

    /** Its payload, read only; may be empty. */
    public byte[] payload() {
        return content.payload();
    }

    /** Quality of service, 0..2. */
    public int qos() {
        return qos;
    }

    /** Whether the client says that it sent this before. Never at QoS 0. */
    public boolean dup() {
        return dup;
    }

    /** Whether it is to be retained. */
    public boolean retain() {
        return retain;
    }

    /** Packet identifier, 1..65535; 0 at QoS 0. */
    public int packetId() {
        return packetId;
    }

    @Override
    public String toString() {
        return "PUBLISH " + topic + " qos " + qos + (dup ? " dup" : "") + (retain ? " retain" : "") + " id " + packetId
                + ", " + content;
    }
}
