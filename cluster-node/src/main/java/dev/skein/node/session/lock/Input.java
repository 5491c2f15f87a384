package dev.skein.node.session.lock;

import dev.skein.persistence.api.StoredSession;
import org.jspecify.annotations.Nullable;

/** What a {@link SessionLock} is told. */
public sealed interface Input {
    /** The store has answered {@link Effect.Load}; null when it has no session of the client. */
    record Loaded(@Nullable StoredSession session) implements Input {}

    /** The store does not answer {@link Effect.Load}. */
    record LoadFailed() implements Input {}

    /** A node has answered {@link Effect.Search} with the claim of its connection, or null when it has none. */
    record NodeAnswered(long node, @Nullable Claim claim) implements Input {}

    /** A connection claims the client ID. */
    record Claimed(Claim claim) implements Input {}

    /**
     * A connection is gone, its will is published or waits, and what it knew is in the store.
     *
     * @param expirySeconds how long its session lives from now on, by what its client said at the end; null: as before
     * @param willWaits whether its will waits for its delay
     */
    record Detached(long connection, @Nullable Long expirySeconds, boolean willWaits) implements Input {}

    /**
     * A connection has answered {@link Effect.Probe}.
     *
     * @param disconnected whether its client has said DISCONNECT
     */
    record Probed(long connection, boolean alive, boolean disconnected) implements Input {}

    /** Somebody asks where the client is. */
    record Asked(Question question) implements Input {}

    /**
     * A connection wants to change its subscriptions.
     *
     * @param request grows with each change that the connection asks for; repeated when it repeats one
     */
    record ChangeAsked(Connection from, long request, Question change) implements Input {}

    /**
     * {@link Effect.Create}, {@link Effect.TakeUp}, {@link Effect.Discard}, {@link Effect.Expire} or
     * {@link Effect.Change} is done.
     */
    record Committed(@Nullable StoredSession created) implements Input {}

    /** It has failed; whether anything was stored is unknown. */
    record ChangeFailed() implements Input {}

    /** {@link Effect.Seen} is not in the store. */
    record NotNoted() implements Input {}

    /** {@link Effect.SettleWills} is done, or has failed or taken too long. */
    record WillsSettled(boolean failed) implements Input {}

    /**
     * The session is to be discarded when its time is over and nobody was connected since {@code beforeMillis}.
     *
     * @param beforeMillis {@link Long#MAX_VALUE}: whether its time is over or not
     */
    record ExpiryDue(long beforeMillis) implements Input {}

    /** {@link SessionLock#wakeAt} has come, perhaps. */
    record TimePassed() implements Input {}

    /** The shard stops the session. */
    record StopAsked() implements Input {}
}
