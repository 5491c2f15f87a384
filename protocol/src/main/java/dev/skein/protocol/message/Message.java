package dev.skein.protocol.message;

import dev.skein.protocol.topic.SharedFilters;
import org.jspecify.annotations.Nullable;

/** One published message on its way through a node. Shared between threads; nothing changes after it was handed on. */
public final class Message {
    private final String instance;
    private final TopicName topic;
    private final Content content;
    private final int qos;
    private final boolean retain;
    private final Origin origin;
    private final MessageId id;
    private final @Nullable Via via;
    private long sampledNanos;
    private boolean once;

    /** One subscription, and who keeps the message until its receiver has taken it. */
    private record Via(String filter, @Nullable Handover handover) {}

    /**
     * A message.
     *
     * @param qos QoS of the PUBLISH, 0..2
     * @param retain RETAIN flag of the PUBLISH
     * @param id that of its event loop, or of its commit when it comes from a store
     */
    public Message(
            String instance, TopicName topic, Content content, int qos, boolean retain, Origin origin, MessageId id) {
        this.instance = instance;
        this.topic = topic;
        this.content = content;
        this.qos = qos;
        this.retain = retain;
        this.origin = origin;
        this.id = id;
        this.via = null;
    }

    private Message(Message of, MessageId id, @Nullable Via via) {
        this.instance = of.instance;
        this.topic = of.topic;
        this.content = of.content;
        this.qos = of.qos;
        this.retain = of.retain;
        this.origin = of.origin;
        this.id = id;
        this.via = via;
        this.sampledNanos = of.sampledNanos;
        this.once = of.once;
    }

    /** The same as the store committed it: its identity orders it in the queues of persistent sessions. */
    public Message committedAs(MessageId committed) {
        return new Message(this, committed, via);
    }

    /** The same on its way to one receiver by its subscription {@code filter} alone: a shared one, or a new one. */
    public Message by(String filter) {
        return by(filter, null);
    }

    /** As {@link #by(String)}; {@code handover} says which other node keeps it, or is null. */
    public Message by(String filter, @Nullable Handover handover) {
        return new Message(this, id, new Via(filter, handover));
    }

    /**
     * The one subscription by which it goes to its receiver, as the receiver wrote its filter; null: by all that match
     * and are not shared.
     */
    public @Nullable String via() {
        return via == null ? null : via.filter();
    }

    /** Whether it goes to one member of a shared subscription, {@link #via}. */
    public boolean isShared() {
        return via != null && SharedFilters.isShared(via.filter());
    }

    /** Which other node keeps it until its receiver has taken it; null: none. */
    public @Nullable Handover handover() {
        return via == null ? null : via.handover();
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

    /** Instance id. */
    public String instance() {
        return instance;
    }

    /** Topic as published; what every receiver is shown. */
    public TopicName topic() {
        return topic;
    }

    /** What its publisher sent, shared with every copy of this message. */
    public Content content() {
        return content;
    }

    /** What it takes in memory: content and topic. A topic may be larger than what is published on it. */
    public int bytes() {
        return content.bytes() + topic.wire().length;
    }

    /** 0..268435455 bytes, read only. */
    public byte[] payload() {
        return content.payload();
    }

    /** QoS of the PUBLISH, 0..2. */
    public int qos() {
        return qos;
    }

    /** RETAIN flag of the PUBLISH. */
    public boolean retain() {
        return retain;
    }

    /** Who published it. */
    public Origin origin() {
        return origin;
    }

    /** Identity, for trace and API. */
    public MessageId id() {
        return id;
    }

    @Override
    public String toString() {
        return "Message[" + id + ", " + topic.value() + ", qos " + qos + ", " + content + "]";
    }
}
