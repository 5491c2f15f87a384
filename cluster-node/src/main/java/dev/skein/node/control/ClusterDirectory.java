package dev.skein.node.control;

import java.util.concurrent.CompletionStage;

/** The cluster as this node sees it, and this node's place in it. Called on any thread; must not block it. */
public interface ClusterDirectory {
    /** Every member and what it tells of itself. */
    CompletionStage<ClusterState> state();

    /** The last hour of some figures of this node. */
    FigureHistory history();

    /** Begins to drain this node: it closes its clients, leaves the cluster and ends. Asking again changes nothing. */
    CompletionStage<DrainState> drain();
}
