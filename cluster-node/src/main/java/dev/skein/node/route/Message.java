package dev.skein.node.route;

import dev.skein.protocol.mqtt.MessageId;
import dev.skein.protocol.mqtt.codec.TopicName;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * One published message on its way through a node. Shared between threads; nothing changes after it was handed on, and
 * the payload array must not be written to.
 */
public final class Message {
    private static final AtomicIntegerFieldUpdater<Message> QUEUES =
            AtomicIntegerFieldUpdater.newUpdater(Message.class, "queues");

    private final String instance;
    private final TopicName topic;
    private final byte[] payload;
    private final int qos;
    private final boolean retain;
    private long sequence;
    private long writer;
    private long sampledNanos;
    private boolean once;

    @SuppressWarnings("UnusedVariable") // used through QUEUES
    private volatile int queues;

    /**
     * A message without an identity yet.
     *
     * @param payload kept without a copy
     * @param qos QoS of the PUBLISH, 0..2
     * @param retain RETAIN flag of the PUBLISH
     */
    public Message(String instance, TopicName topic, byte[] payload, int qos, boolean retain) {
        this.instance = instance;
        this.topic = topic;
        this.payload = payload;
        this.qos = qos;
        this.retain = retain;
    }

    /** Gives the message its identity: that of its event loop at first, that of its commit when it is stored. */
    public void identify(long sequence, long writer) {
        this.sequence = sequence;
        this.writer = writer;
    }

    /** Makes it one of the sample whose times are measured, before it is handed on; {@code nanoTime} is now. */
    public void sample(long nanoTime) {
        sampledNanos = nanoTime | 1; // 0 means none
    }

    /** What {@link #sample} was told, or 0: its times are not measured. */
    public long sampledNanos() {
        return sampledNanos;
    }

    /** It may be handed on once more, by this node or another: who has it already drops it. Before it is handed on. */
    public void markOnce() {
        once = true;
    }

    /** See {@link #markOnce}. */
    public boolean isOnce() {
        return once;
    }

    /** It waits for one more receiver. Returns whether that is the first: then its body is held. Any thread. */
    public boolean queued() {
        return QUEUES.getAndIncrement(this) == 0;
    }

    /** It waits for one receiver less. Returns whether that was the last. Any thread. */
    public boolean unqueued() {
        return QUEUES.decrementAndGet(this) == 0;
    }

    /** Instance id. */
    public String instance() {
        return instance;
    }

    /** Topic as published; what every receiver is shown. */
    public TopicName topic() {
        return topic;
    }

    /** 0..268435455 bytes, read only. */
    public byte[] payload() {
        return payload;
    }

    /** QoS of the PUBLISH, 0..2. */
    public int qos() {
        return qos;
    }

    /** RETAIN flag of the PUBLISH. */
    public boolean retain() {
        return retain;
    }

    /** Identity, for trace and API. */
    public MessageId id() {
        return new MessageId(sequence, writer);
    }

    @Override
    public String toString() {
        return "Message[" + id() + ", " + topic.value() + ", qos " + qos + ", " + payload.length + " bytes]";
    }
}
