package dev.skein.protocol.message;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What a message carries: its payload, and the properties that its publisher gave it. One object from the socket of the
 * publisher to those of all receivers; shared between threads. The payload array must not be written to.
 */
public final class Content {
    private static final AtomicIntegerFieldUpdater<Content> QUEUES =
            AtomicIntegerFieldUpdater.newUpdater(Content.class, "queues");

    private final byte[] payload;
    private final @Nullable Properties properties;

    @SuppressWarnings("UnusedVariable") // used through QUEUES
    private volatile int queues;

    /**
     * A content with properties.
     *
     * @param payload kept without a copy
     * @param properties null when there are none
     */
    public Content(byte[] payload, @Nullable Properties properties) {
        this.payload = payload;
        this.properties = properties;
    }

    /** A payload alone, kept without a copy. */
    public static Content of(byte[] payload) {
        return new Content(payload, null);
    }

    /** 0..268435455 bytes, read only. */
    public byte[] payload() {
        return payload;
    }

    /** What its publisher said of it (MQTT 5 section 3.3.2.3), or null. */
    public @Nullable Properties properties() {
        return properties;
    }

    /**
     * When it is of no use to anybody any more, in milliseconds since the Unix epoch; {@link Long#MAX_VALUE}: never.
     */
    public long expiresAt() {
        return properties == null ? Long.MAX_VALUE : properties.expiresAt();
    }

    /** The same, of no use after {@code millis} since the Unix epoch. */
    public Content expiringAt(long millis) {
        return new Content(payload, properties == null ? Properties.of(null, millis) : properties.expiringAt(millis));
    }

    /** Bytes of payload and properties. */
    public int bytes() {
        return payload.length + (properties == null ? 0 : properties.encoded().length);
    }

    /** It waits for one more receiver. Returns whether that is the first: then it takes memory. Any thread. */
    public boolean queued() {
        return QUEUES.getAndIncrement(this) == 0;
    }

    /** It waits for one receiver less. Returns whether that was the last. Any thread. */
    public boolean unqueued() {
        return QUEUES.decrementAndGet(this) == 0;
    }

    @Override
    public String toString() {
        return payload.length + " bytes" + (properties == null ? "" : " with " + properties);
    }
}
