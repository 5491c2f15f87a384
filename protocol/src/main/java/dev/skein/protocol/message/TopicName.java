package dev.skein.protocol.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.protocol.topic.P2pTopics;
import dev.skein.protocol.topic.TopicNames;
import org.jspecify.annotations.Nullable;

/**
 * A valid topic name with all that the publish path asks of it, worked out once.
 *
 * <p>Immutable and shared between threads, but for {@link #attachment()}. Equal by {@link #value()}.
 */
public final class TopicName {
    private final String value;
    private final String parent;
    private final @Nullable String p2pTarget;
    private final byte[] wire;
    private @Nullable Object attachment;

    private TopicName(String value, byte[] wire) {
        this.value = value;
        this.wire = wire;
        this.parent = TopicNames.parent(value);
        this.p2pTarget = P2pTopics.target(value);
    }

    /**
     * A topic name from outside the wire: an API call, or a stored message.
     *
     * @throws IllegalArgumentException when it is not a valid topic name; the message is that of
     *     {@link TopicNames#violation}
     */
    public static TopicName of(String value) {
        String violation = TopicNames.violation(value);
        if (violation != null) {
            throw new IllegalArgumentException(violation);
        }
        byte[] utf8 = value.getBytes(UTF_8);
        byte[] wire = new byte[Short.BYTES + utf8.length];
        wire[0] = (byte) (utf8.length >>> 8);
        wire[1] = (byte) utf8.length;
        System.arraycopy(utf8, 0, wire, Short.BYTES, utf8.length);
        return new TopicName(value, wire);
    }

    /** Wraps bytes that were checked already: two bytes of length and the name in UTF-8. Takes the array over. */
    public static TopicName ofChecked(byte[] wire) {
        return new TopicName(new String(wire, Short.BYTES, wire.length - Short.BYTES, UTF_8), wire);
    }

    /** The name as text. */
    public String value() {
        return value;
    }

    /** The first level; empty when the name begins with {@code /}. */
    public String parent() {
        return parent;
    }

    /** The name as a PUBLISH carries it: two bytes of length, then UTF-8. Shared: do not change it. */
    public byte[] wire() {
        return wire;
    }

    /** Whom {@code <parent>/p2p/<clientId>} addresses; null for every other topic. */
    public @Nullable String p2pTarget() {
        return p2pTarget;
    }

    /** What the event loop whose cache holds the name keeps here; other threads must not look. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /** Replaces the attachment. Only for the event loop whose cache holds the name. */
    public void attach(@Nullable Object newAttachment) {
        this.attachment = newAttachment;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof TopicName name && value.equals(name.value));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** The name as text. */
    @Override
    public String toString() {
        return value;
    }
}
