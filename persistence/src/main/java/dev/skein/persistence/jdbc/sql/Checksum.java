package dev.skein.persistence.jdbc.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.StoredWill;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Subscription;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * CRC32C over what a row says. H2 knows whether a page is one of its pages and not what stands in it. Lengths go in
 * with texts and bytes, so that nothing can move from one column to the next. Confined to one thread.
 */
public final class Checksum {
    private static final int NONE = -1;

    private final CRC32C crc = new CRC32C();
    private final byte[] number = new byte[Long.BYTES];

    private Checksum() {}

    /** Of a row of a queue; {@link #message} adds what it says when that stands in the row, too. */
    public static Checksum ofQueueRow(long sessionId, MessageId id, int flags) {
        return new Checksum().add(sessionId).add(id).add(flags);
    }

    /** Of a message with several receivers. */
    public static Checksum ofBody(MessageId id) {
        return new Checksum().add(id);
    }

    /** Of a retained message. */
    public static Checksum ofRetained(String instance, MessageId id, int qos) {
        return new Checksum().add(instance).add(id).add(qos);
    }

    /** Of a will, but for who publishes it and when. */
    public static Checksum ofWill(StoredWill will, byte @Nullable [] payload, byte @Nullable [] properties) {
        return new Checksum()
                .add(will.connectionId())
                .add(will.key())
                .add(will.will().topic())
                .add(payload)
                .add(properties)
                .add(will.will().qos())
                .add(will.will().retain() ? 1 : 0)
                .add(will.will().delaySeconds())
                .add(will.will().expirySeconds());
    }

    /** Of a session: who it is and whose. */
    public static Checksum ofSession(long id, SessionKey key, long createdAt, @Nullable String owner) {
        return new Checksum().add(id).add(key).add(createdAt).add(owner);
    }

    /** Of how a session ends. */
    public static Checksum ofSessionState(StoredSession session) {
        Long expiry = session.expirySeconds();
        return new Checksum()
                .add(session.id())
                .add(session.disconnectedAt())
                .add(expiry == null ? NONE : expiry)
                .add(session.holder())
                .add(session.willWaits() ? 1 : 0);
    }

    /** Of a subscription. */
    public static Checksum ofSubscription(long sessionId, Subscription subscription) {
        return new Checksum()
                .add(sessionId)
                .add(subscription.fullFilter())
                .add(subscription.qos())
                .add(subscription.options())
                .add(subscription.identifier());
    }

    /** Adds a message. */
    public Checksum message(@Nullable String topic, ContentColumns.Raw content) {
        return add(topic)
                .add(content.payload())
                .add(content.properties())
                .add(content.expiresAt())
                .add(content.origin());
    }

    private Checksum add(long value) {
        for (int i = 0; i < Long.BYTES; i++) {
            number[i] = (byte) (value >>> (i * Byte.SIZE));
        }
        crc.update(number, 0, Long.BYTES);
        return this;
    }

    private Checksum add(MessageId id) {
        return add(id.sequence()).add(id.writer());
    }

    private Checksum add(SessionKey key) {
        return add(key.instance()).add(key.clientId());
    }

    private Checksum add(@Nullable String text) {
        return add(text == null ? null : text.getBytes(UTF_8));
    }

    private Checksum add(byte @Nullable [] bytes) {
        if (bytes == null) {
            return add(NONE);
        }
        add(bytes.length);
        crc.update(bytes, 0, bytes.length);
        return this;
    }

    /** 0..2^32 - 1. */
    long value() {
        return crc.getValue();
    }

    /** Whether a row has none, as all of PostgreSQL, or that of what the row says, which is summed up only then. */
    public static boolean fits(@Nullable Long stored, Supplier<Checksum> said) {
        return stored == null || stored == said.get().value();
    }
}
