package dev.skein.persistence.api;

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
 * @param disconnectedAt milliseconds since the Unix epoch, 0 while no disconnect was recorded
 * @param owner the identity that the session belongs to; null when it belongs to nobody yet, as one that a release
 *     without owners has made
 * @param subscriptions in no particular order, each filter once
 */
public record StoredSession(
        long id,
        SessionKey key,
        long createdAt,
        long disconnectedAt,
        @Nullable String owner,
        List<Subscription> subscriptions) {
    /** The same with these subscriptions. */
    public StoredSession with(List<Subscription> others) {
        return new StoredSession(id, key, createdAt, disconnectedAt, owner, others);
    }

    /** The same, belonging to {@code identity}. */
    public StoredSession ownedBy(String identity) {
        return new StoredSession(id, key, createdAt, disconnectedAt, identity, subscriptions);
    }
}
