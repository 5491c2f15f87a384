package dev.skein.node.info;

import dev.skein.node.cluster.ClusterMessage;
import dev.skein.node.route.Quota;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one node is.
 *
 * @param uid the incarnation of the node that answers
 * @param draining whether it is about to stop
 * @param storeProblem what is wrong with its store; empty while it commits
 * @param instances the load of each instance, by id
 */
public record NodeReport(long uid, boolean draining, String storeProblem, List<Load> instances)
        implements ClusterMessage {
    /**
     * Connected clients of one instance.
     *
     * @param clean clean sessions
     * @param persistent persistent sessions
     * @param subscriptions topic filters of all of them
     * @param queued messages that wait in memory behind their connections
     * @param filters topic filters that the node has put there; null from a node of a release before
     * @param retained the same of retained messages
     */
    public record Load(
            String instance,
            long clean,
            long persistent,
            long subscriptions,
            long queued,
            Quota.@Nullable Holding filters,
            Quota.@Nullable Holding retained) {}
}
