package dev.skein.persistence.api;

import dev.skein.protocol.message.SessionTerm;
import dev.skein.protocol.message.Subscription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One persistent session as the database holds it.
 *
 * @param id identity of this session, unique over all nodes and never used again; a session that is discarded and made
 *     anew gets another
 * @param key instance and client ID
 * @param createdAt milliseconds since the Unix epoch
 * @param disconnectedAt when the client was there last, in milliseconds since the Unix epoch; 0 when that was not
 *     recorded
 * @param owner the identity that the session belongs to; null when it belongs to nobody yet, as one that a release
 *     without owners has made
 * @param expirySeconds how long it outlives its connection: 0..{@link SessionTerm#NEVER}; null: by the settings of its
 *     instance
 * @param holder the incarnation of the node whose connection has it; 0 when none has, or that was not recorded
 * @param willWaits whether the will of a former connection may wait for its delay
 * @param subscriptions in no particular order, each filter once
 */
public record StoredSession(
        long id,
        SessionKey key,
        long createdAt,
        long disconnectedAt,
        @Nullable String owner,
        @Nullable Long expirySeconds,
        long holder,
        boolean willWaits,
        List<Subscription> subscriptions) {
    /** One that lives by the settings of its instance, and that no connection has. */
    public StoredSession(
            long id,
            SessionKey key,
            long createdAt,
            long disconnectedAt,
            @Nullable String owner,
            List<Subscription> subscriptions) {
        this(id, key, createdAt, disconnectedAt, owner, null, 0, false, subscriptions);
    }

    /** One that is to be made for a connection; it has no identity yet. */
    public static StoredSession wanted(
            SessionKey key, @Nullable String owner, @Nullable Long expirySeconds, long holder, long nowMillis) {
        return new StoredSession(0, key, nowMillis, 0, owner, expirySeconds, holder, false, List.of());
    }

    /** How {@link #expirySeconds} stands for what a client wants. */
    public static @Nullable Long expirySeconds(SessionTerm term) {
        return term.expirySeconds() == SessionTerm.BY_SETTINGS ? null : term.expirySeconds();
    }

    /** The same with an identity. */
    public StoredSession identified(long given) {
        return new StoredSession(
                given, key, createdAt, disconnectedAt, owner, expirySeconds, holder, willWaits, subscriptions);
    }

    /** The same with these subscriptions. */
    public StoredSession with(List<Subscription> others) {
        return new StoredSession(id, key, createdAt, disconnectedAt, owner, expirySeconds, holder, willWaits, others);
    }

    /** The same, belonging to {@code identity}, or to nobody. */
    public StoredSession ownedBy(@Nullable String identity) {
        return new StoredSession(
                id, key, createdAt, disconnectedAt, identity, expirySeconds, holder, willWaits, subscriptions);
    }

    /** The same with another expiry; null: by the settings of its instance. */
    public StoredSession expiringAfter(@Nullable Long seconds) {
        return new StoredSession(id, key, createdAt, disconnectedAt, owner, seconds, holder, willWaits, subscriptions);
    }

    /** The same, seen at {@code millis} with a connection on the node {@code by}, or without any when that is 0. */
    public StoredSession seen(long millis, long by) {
        return new StoredSession(id, key, createdAt, millis, owner, expirySeconds, by, willWaits, subscriptions);
    }

    /** The same, for which a will may wait or does not. */
    public StoredSession withWill(boolean waits) {
        return new StoredSession(
                id, key, createdAt, disconnectedAt, owner, expirySeconds, holder, waits, subscriptions);
    }

    /** As {@link SessionTerm#expirySeconds} says it. */
    public long expiry() {
        return expirySeconds == null ? SessionTerm.BY_SETTINGS : expirySeconds;
    }

    /** Whether it ends with the connection that has it. */
    public boolean endsWithConnection() {
        return expirySeconds != null && expirySeconds == 0;
    }
}
