package dev.skein.node.route.actor;

import dev.skein.node.cluster.ClusterMessage;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.protocol.message.Subscription;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** What a {@link TopicRouter} understands. */
public sealed interface RouterCommand {

    /** May cross nodes. */
    sealed interface Remote extends RouterCommand, ClusterMessage {}

    /** Never leaves the JVM of the router. */
    non-sealed interface Local extends RouterCommand {}

    /** A node wants the table; answered by {@link KeeperCommand.Page}s, then by every change. */
    record OpenTable(long node, ActorRef<KeeperCommand> keeper) implements Remote {}

    /** A node does not use the table, or no longer. */
    record CloseTable(long node) implements Remote {}

    /**
     * A persistent session's subscriptions below this parent topic are in the store; answered when every open table has
     * them.
     */
    record Put(long sessionId, String clientId, List<Subscription> subscriptions, ActorRef<RouteApplied> replyTo)
            implements Remote {}

    /** Subscriptions of a persistent session are gone from the store; answered when no open table has them. */
    record Remove(long sessionId, List<String> filters, ActorRef<RouteApplied> replyTo) implements Remote {}

    /** Answer to {@link Put} and {@link Remove}. */
    record RouteApplied(String parent) implements ClusterMessage {}

    /** A node has applied every change up to {@code version}. */
    record Applied(long node, long version) implements Remote {}

    /** Keeps, replaces or (with an empty payload) clears a retained message; answered after the commit. */
    record Retain(RetainedMessage message, ActorRef<Retained> replyTo) implements Remote {}

    /**
     * Answer to {@link Retain}.
     *
     * @param kept false when the store or a limit has refused it
     * @param refused the limit; null when it was the store, or a node of a release before
     */
    record Retained(boolean kept, @Nullable String refused) implements ClusterMessage {}

    /**
     * Asks for retained messages that match {@code filter}, in the order of their topics.
     *
     * @param afterTopic empty for the first page, then the last topic of the page before
     * @param limit 1..1000
     */
    record FindRetained(String filter, String afterTopic, int limit, ActorRef<RetainedPage> replyTo)
            implements Remote {}

    /** Answer to {@link FindRetained}; {@code nextAfter} is empty when there are no more. */
    record RetainedPage(List<RetainedMessage> messages, String nextAfter) implements ClusterMessage {}
}
