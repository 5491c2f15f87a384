package dev.skein.node.route.actor;

import dev.skein.node.cluster.ClusterMessage;
import dev.skein.persistence.api.PersistentRoute;
import dev.skein.protocol.message.Subscription;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** What a {@link TableKeeper} understands. */
public sealed interface KeeperCommand {

    /** May cross nodes. */
    sealed interface Remote extends KeeperCommand, ClusterMessage {
        /** Instance id. */
        String instance();

        /** Parent topic, or the root's name. */
        String parent();
    }

    /** Never leaves the JVM of the keeper. */
    non-sealed interface Local extends KeeperCommand {}

    /** A router has started and asks whether this node has its table open; answered in any case. */
    record Announce(String instance, String parent, ActorRef<RouterCommand> router) implements Remote {}

    /**
     * A part of the table as of {@code version}.
     *
     * @param number 0, 1, 2 ...; page 0 begins the table anew
     * @param last whether the table is whole with it
     */
    record Page(
            String instance,
            String parent,
            long version,
            int number,
            boolean last,
            List<PersistentRoute> routes,
            ActorRef<RouterCommand> router)
            implements Remote {}

    /** Subscriptions to add, the change that follows {@code version - 1}; answered by {@link RouterCommand.Applied}. */
    record Put(
            String instance,
            String parent,
            long version,
            long sessionId,
            String clientId,
            List<Subscription> subscriptions,
            ActorRef<RouterCommand> router)
            implements Remote {}

    /**
     * Subscriptions to remove, the change that follows {@code version - 1}; answered by {@link RouterCommand.Applied}.
     */
    record Remove(
            String instance,
            String parent,
            long version,
            long sessionId,
            List<String> filters,
            ActorRef<RouterCommand> router)
            implements Remote {}
}
