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

    /** This node is not a member any more. */
    CompletionStage<Void> left();

    /** Names of the other nodes that were members within the last {@code time}. */
    CompletionStage<List<String>> othersSeenWithin(Duration time);
}
