package dev.skein.persistence.api;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Which nodes of one database say that they are members of its cluster. It keeps a node that starts from beginning a
 * second cluster beside one that it cannot reach. Times are the database's. Thread-safe; no method blocks; stages fail
 * with {@link StoreUnavailableException} alone.
 */
public interface NodePresence {
    /** This node is a member now. */
    CompletionStage<Void> seen();

    /**
     * Like {@link #seen}, but only when no other node was there within the last {@code time}. Of several nodes that ask
     * at once one alone gets {@code true}: it may begin the cluster.
     */
    CompletionStage<Boolean> claim(Duration time);

    /** This node is not a member any more. */
    CompletionStage<Void> left();

    /**
     * Shuts the store to a node that the cluster has downed: what it still has in hand is not committed any more. Does
     * nothing to a later incarnation of the node, nor to one that left by itself.
     *
     * @return completes with whether it was shut; fails when the node is in the middle of a commit, to be tried again
     */
    CompletionStage<Boolean> fence(String name);

    /** Names of the other nodes that were members within the last {@code time}. */
    CompletionStage<List<String>> othersSeenWithin(Duration time);
}
