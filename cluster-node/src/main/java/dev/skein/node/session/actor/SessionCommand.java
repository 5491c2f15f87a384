package dev.skein.node.session.actor;

import dev.skein.node.cluster.ClusterMessage;
import dev.skein.node.session.lock.Claim;
import dev.skein.node.session.lock.Question;
import dev.skein.protocol.message.SessionTerm;
import dev.skein.protocol.message.Subscription;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** What a {@link ClientSession} understands. Connection ids are unique over nodes and restarts and serve as fences. */
public sealed interface SessionCommand {

    /** May cross nodes. */
    sealed interface Remote extends SessionCommand, ClusterMessage {}

    /** Never leaves the JVM of the session. */
    non-sealed interface Local extends SessionCommand {}

    /**
     * A connection claims the client ID. Answered by {@link ConnectionEvent.Attached} (or its parts) or
     * {@link ConnectionEvent.Refused}, or, when it was resumed, by {@link ConnectionEvent.Resumed} or
     * {@link ConnectionEvent.TakenOver}. It may be sent again.
     *
     * @param connection who claims
     * @param cleanSession Clean Start of MQTT 5, CleanSession of 3.1.1
     * @param takeOver what happens to a holder: true closes it, false refuses this one unless the holder is silent
     * @param resumed whether the connection holds the client ID already, by the word of an actor that is gone
     * @param owner the identity that asks; null from a node of the release before
     * @param anyOwner whether it may take up what belongs to another identity
     * @param expirySeconds as {@link SessionTerm#expirySeconds} says; null from a node of the release before
     * @param sessionId the session that a resumed connection has, 0 for none; null from a node of the release before
     */
    record Attach(
            ConnectionRef connection,
            boolean cleanSession,
            boolean takeOver,
            boolean resumed,
            @Nullable String owner,
            boolean anyOwner,
            @Nullable Long expirySeconds,
            @Nullable Long sessionId)
            implements Remote, Claim {
        /** One that was not admitted yet. */
        public static Attach of(
                ConnectionRef connection,
                SessionTerm term,
                boolean takeOver,
                @Nullable String owner,
                boolean anyOwner) {
            return new Attach(
                    connection, term.cleanStart(), takeOver, false, owner, anyOwner, term.expirySeconds(), null);
        }

        /** The same of a connection that was admitted and has the session {@code id}, or none when that is 0. */
        public Attach resumedWith(long id) {
            return new Attach(connection, cleanSession, takeOver, true, owner, anyOwner, expirySeconds, id);
        }

        @Override
        public SessionTerm term() {
            return expirySeconds == null
                    ? SessionTerm.ofCleanSession(cleanSession)
                    : new SessionTerm(cleanSession, expirySeconds);
        }
    }

    /**
     * The connection is gone, what it knew is in the store, and its will has reached everybody, or waits. Ignored
     * unless it is the holder, but for a will that waits.
     *
     * @param expirySeconds how long its session lives from now on; null: as before
     * @param willWaits whether its will waits for its delay
     */
    record Detach(long connectionId, @Nullable Long expirySeconds, boolean willWaits) implements Remote {
        /** The session lives as before, and no will waits. */
        public static Detach of(long connectionId) {
            return new Detach(connectionId, null, false);
        }
    }

    /**
     * Keeps subscriptions of a persistent session. Answered by {@link ConnectionEvent.Subscribed} when every route
     * table has them, or by {@link ConnectionEvent.SubscribeFailed}.
     */
    record Subscribe(ConnectionRef connection, long request, List<Subscription> subscriptions)
            implements Remote, Question {}

    /** Removes subscriptions of a persistent session. Answered as {@link Subscribe}. */
    record Unsubscribe(ConnectionRef connection, long request, List<String> filters) implements Remote, Question {}

    /**
     * Answer to {@link ConnectionEvent.Probe}.
     *
     * @param alive whether the holder is connected, has not ended that and was heard of lately
     * @param disconnected whether its client has said DISCONNECT; its {@link Detach} follows
     */
    record ProbeResult(long connectionId, boolean alive, boolean disconnected) implements Remote {}

    /** A node's answer to {@link ConnectionEvent.WhoHolds}: the claim of its connection, or null when it has none. */
    record Holder(long node, @Nullable Attach claim) implements Remote {}

    /** Where messages to this client go; for P2P. */
    record Locate(ActorRef<Location> replyTo) implements Remote, Question {}

    /**
     * Answer to {@link Locate}.
     *
     * @param sessionId of the persistent session, 0 when there is none
     * @param connectionId of the connection that holds the client ID, 0 when there is none
     * @param node the incarnation of the node that has the connection
     */
    record Location(long sessionId, long connectionId, long node) implements ClusterMessage {
        /** Whether a connection holds the client ID. */
        public boolean online() {
            return connectionId != 0;
        }
    }

    /**
     * Closes the connection, if there is one; the node that has it answers whether there was. A node that is gone and
     * not yet downed answers nothing.
     */
    record Kick(ActorRef<Kicked> replyTo) implements Remote, Question {}

    /** Answer to {@link Kick}. */
    record Kicked(boolean wasOnline) implements ClusterMessage {}

    /** Discards the persistent session when its time is over and no connection was there since {@code beforeMillis}. */
    record Expire(long beforeMillis) implements Remote {
        /** An operator wants it to go, whenever a connection was there. */
        public static final Expire NOW = new Expire(Long.MAX_VALUE);
    }
}
