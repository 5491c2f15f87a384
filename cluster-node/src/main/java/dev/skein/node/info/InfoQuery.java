package dev.skein.node.info;

import dev.skein.node.cluster.ClusterMessage;
import org.apache.pekko.actor.typed.ActorRef;

/** What a {@link NodeInfo} is asked. Who asks waits for a while and then goes on without the answer. */
public sealed interface InfoQuery extends ClusterMessage {
    /** How the node is; answered by {@link NodeReport}. */
    record Report(ActorRef<NodeReport> replyTo) implements InfoQuery {}

    /**
     * Connected clients of the node, by client ID; answered by {@link ClientLines}.
     *
     * @param search part of the client ID; empty for all
     * @param after only client IDs behind this one
     * @param limit clients at the most
     */
    record Clients(String instance, String search, String after, int limit, ActorRef<ClientLines> replyTo)
            implements InfoQuery {}

    /** One client that is connected to the node; answered by {@link ClientFound}. */
    record Client(String instance, String clientId, ActorRef<ClientFound> replyTo) implements InfoQuery {}

    /**
     * Topic filters of one client that is connected to the node, in their order; answered by {@link FilterPage}.
     *
     * @param after only filters behind this one; empty for the first page
     * @param limit filters at the most
     */
    record Filters(String instance, String clientId, String after, int limit, ActorRef<FilterPage> replyTo)
            implements InfoQuery {}
}
