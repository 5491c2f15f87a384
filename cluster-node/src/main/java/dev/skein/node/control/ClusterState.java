package dev.skein.node.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cluster as one node sees it.
 *
 * @param node address of the node that answers
 * @param members every member, by address
 */
public record ClusterState(String node, List<Member> members) {
    /** Copies the list. */
    public ClusterState {
        members = List.copyOf(members);
    }

    /**
     * One member.
     *
     * @param address {@code host:port} of its links
     * @param status {@code joining}, {@code up}, {@code leaving}, {@code exiting} or {@code down}
     * @param version of Skein that the node runs
     * @param reachable whether the answering node hears from it
     * @param self whether it is the answering node
     * @param linkPendingBytes sent from the answering node to it, or about to be, and not yet taken; 0 for itself
     * @param answered whether it has told what follows
     * @param draining whether it is about to stop; null when it has not answered
     * @param storeProblem what is wrong with its store; null when nothing is, or it has not answered
     * @param instances load by instance; empty when it has not answered
     */
    public record Member(
            String address,
            String status,
            String version,
            boolean reachable,
            boolean self,
            long linkPendingBytes,
            boolean answered,
            @Nullable Boolean draining,
            @Nullable String storeProblem,
            List<Load> instances) {
        /** Copies the list. */
        public Member {
            instances = List.copyOf(instances);
        }
    }

    /**
     * The connected clients of one instance on one node.
     *
     * @param instance instance id
     * @param clean connections with a clean session
     * @param persistent connections with a persistent session
     * @param subscriptions topic filters of all of them
     * @param queued messages that wait in the node's memory behind them
     */
    public record Load(String instance, long clean, long persistent, long subscriptions, long queued) {}
}
