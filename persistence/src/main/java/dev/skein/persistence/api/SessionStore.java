package dev.skein.persistence.api;

import dev.skein.protocol.message.Subscription;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Persistent sessions and their subscriptions.
 *
 * <p>Thread-safe. No method blocks; stages complete on the store's own threads, after the commit where something is
 * written. Reads that arrive together are coalesced into few statements. A stage fails with
 * {@link StoreUnavailableException} when the database refused; the operation may then be repeated.
 */
public interface SessionStore {
    /** Reads one session with its subscriptions; empty when the client has no persistent session. */
    CompletionStage<Optional<StoredSession>> find(SessionKey key);

    /**
     * Makes a persistent session without subscriptions, or returns the one that is there, whoever owns it.
     *
     * @param wanted its identity and subscriptions are passed over
     */
    CompletionStage<StoredSession> create(StoredSession wanted);

    /**
     * Makes a session that lives by the settings of its instance, or returns the one that is there.
     *
     * @param owner the identity that it belongs to, null for none
     */
    default CompletionStage<StoredSession> create(SessionKey key, @Nullable String owner, long nowMillis) {
        return create(StoredSession.wanted(key, owner, null, 0, nowMillis));
    }

    /** Gives a session to {@code owner}. */
    CompletionStage<Void> own(StoredSession session, String owner);

    /**
     * Adds subscriptions, or changes the QoS of those with the same filter.
     *
     * @param subscriptions each filter once
     */
    CompletionStage<Void> subscribe(StoredSession session, List<Subscription> subscriptions);

    /** Removes subscriptions; filters that are not there are passed over. */
    CompletionStage<Void> unsubscribe(StoredSession session, List<String> filters);

    /**
     * Records when the client was there last, whether a connection has the session, how long it lives without one and
     * whether a will waits for it, as {@code session} says.
     */
    CompletionStage<Void> note(StoredSession session);

    /** Removes the session, its subscriptions, its queue and its QoS 2 state in one commit. */
    CompletionStage<Void> delete(StoredSession session);

    /**
     * The persistent subscriptions below one parent topic, in pages.
     *
     * @param parent first level of the filter; {@code "#"} for filters whose first level is a wildcard
     * @param afterSessionId 0 for the first page, then the last session id of the page before
     * @param limit 1..10000 sessions at the most; all matching subscriptions of one session stand on one page
     */
    CompletionStage<List<PersistentRoute>> routes(String instance, String parent, long afterSessionId, int limit);

    /**
     * Those of {@code filters} that are subscribed.
     *
     * @param filters by session id
     */
    CompletionStage<List<PersistentRoute>> routes(String instance, Map<Long, Set<String>> filters);

    /**
     * Sessions that no connection has and whose time is over, those first whose clients left first: by their own expiry
     * at {@code nowMillis}, and those that live by settings when their clients left before {@code beforeMillis}.
     */
    CompletionStage<List<StoredSession>> expired(String instance, long nowMillis, long beforeMillis, int limit);

    /**
     * Sessions of all instances that a connection had on a node which is not in {@code liveNodes}.
     *
     * @param liveNodes one at the least
     * @param limit 1..10000
     */
    CompletionStage<List<StoredSession>> heldByOthers(Set<Long> liveNodes, int limit);

    /**
     * Sessions of an instance by client ID, for the control API.
     *
     * @param prefix client IDs that begin with it; empty for all
     * @param afterClientId empty for the first page, then the last client ID of the page before
     */
    CompletionStage<List<StoredSession>> list(String instance, String prefix, String afterClientId, int limit);

    /** How many persistent sessions an instance has. */
    CompletionStage<Long> count(String instance);
}
