package dev.skein.node.session.actor;

import dev.skein.node.cluster.ClusterMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** What a session tells a connection, through the gateway of its node. */
public sealed interface ConnectionEvent extends ClusterMessage {
    /** Name of the system actor that takes these, on each node. */
    String GATEWAY = "connection-gateway";

    /** The connection it is for. */
    long connectionId();

    /**
     * The connection holds the client ID now.
     *
     * @param present the CONNACK Session Present flag [MQTT-3.2.2-2]
     * @param session the session with its subscriptions, also one that ends with the connection; null when nothing of
     *     it is stored
     * @param node the incarnation of the node that the session's actor is on
     */
    record Attached(
            long connectionId, boolean present, @Nullable StoredSession session, long node)
            implements ConnectionEvent {}

    /**
     * A piece of an {@link Attached} that is too much for one message to another node; whoever misses one claims again
     * and is answered anew.
     *
     * @param attached the answer, with this part of the subscriptions
     * @param answer which answer of the node it is a part of
     * @param number 0, 1, 2 ... within the answer
     * @param parts how many the answer has
     */
    record AttachedPart(Attached attached, long answer, int number, int parts) implements ConnectionEvent {
        @Override
        public long connectionId() {
            return attached.connectionId();
        }
    }

    /**
     * The session's actor, a new one, knows that the connection holds the client ID.
     *
     * @param node has the actor
     * @param client whose session it is; null from a node of the release before
     */
    record Resumed(long connectionId, long node, @Nullable SessionKey client) implements ConnectionEvent {}

    /** The session's actor goes away: the connection sends its Attach once more, to whatever actor follows. */
    record Reclaim(long connectionId) implements ConnectionEvent {}

    /**
     * The connection does not get the client ID.
     *
     * @param owner to whom the session belongs, of {@link Refusal#NOT_OWNER}; else null
     */
    record Refused(
            long connectionId, Refusal reason, @Nullable String owner) implements ConnectionEvent {}

    /** Why a connection does not get a client ID. */
    enum Refusal {
        /** Another connection holds it and is alive. */
        IN_USE,
        /** A later connection claims it too. */
        SUPERSEDED,
        /** The store did not answer, or a will of an earlier connection could not be published. */
        STORE_UNAVAILABLE,
        /** Too much waits for this session already. */
        BUSY,
        /** The session belongs to another identity. */
        NOT_OWNER
    }

    /** Another connection has taken the client ID [MQTT-3.1.4-2]; this one closes and then sends its Detach. */
    record TakenOver(long connectionId) implements ConnectionEvent {}

    /** An operator wants the connection closed; its node answers whether it had it. */
    record Kick(long connectionId, ActorRef<SessionCommand.Kicked> replyTo) implements ConnectionEvent {}

    /**
     * Asks whether the client is connected and was heard of within its keep-alive; a silent connection closes and
     * detaches. Answered by {@link SessionCommand.ProbeResult}, or by {@link SessionCommand.Detach} when it has gone.
     */
    record Probe(long connectionId, ActorRef<SessionCommand> replyTo) implements ConnectionEvent {}

    /** Asks a node for its connection of a client; {@code connectionId} says nothing. */
    record WhoHolds(long connectionId, SessionKey client, ActorRef<SessionCommand> replyTo)
            implements ConnectionEvent {}

    /** The subscriptions or removals of {@code request} are in force. */
    record Subscribed(long connectionId, long request) implements ConnectionEvent {}

    /** The subscriptions or removals of {@code request} could not be kept. */
    record SubscribeFailed(long connectionId, long request) implements ConnectionEvent {}
}
