package dev.skein.persistence.api;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Wills of live connections, and those that wait for their delay after the end of theirs (MQTT 3.1.1 section 3.1.2.5,
 * MQTT 5 section 3.1.3.2.2). A will is published by a {@link StoreCommand.Append} with its
 * {@link StoreCommand.WillMark} and then removed. Thread-safe; no method blocks; stages fail with
 * {@link StoreUnavailableException} alone.
 */
public interface WillStore {
    /** Keeps a will; completes after the commit. */
    CompletionStage<Void> put(StoredWill will);

    /** Forgets the will of a connection: it was published, or is not to be. Nothing happens when there is none. */
    CompletionStage<Void> remove(long connectionId);

    /**
     * Wills without a connection: those whose node is not in {@code liveNodes}, and those that were taken over and are
     * not removed yet. Those that wait for their delay are not among them.
     *
     * @param limit 1..10000
     */
    CompletionStage<List<StoredWill>> orphans(Set<Long> liveNodes, int limit);

    /** Wills that have waited until {@code nowMillis}, of all nodes; those first that are due first. */
    CompletionStage<List<StoredWill>> due(long nowMillis, int limit);

    /** The wills of all connections, present and former, of one client ID. */
    CompletionStage<List<StoredWill>> ofClient(SessionKey client);

    /**
     * Makes {@code newNode} the one that publishes the will now; it is taken over then, unless that node has it already
     * and it did not wait.
     *
     * @return completes after the commit: true for exactly one of several that claim the same {@code will}
     */
    CompletionStage<Boolean> claim(StoredWill will, long newNode);

    /**
     * Makes the will wait.
     *
     * @param newNode publishes it
     * @param dueAt when, in milliseconds
     * @return completes after the commit: false when another node has it, or it was published, in part at the least
     */
    CompletionStage<Boolean> delay(StoredWill will, long newNode, long dueAt);

    /**
     * Forgets a will that waits, or whose connection has not ended for its node.
     *
     * @return completes after the commit: false when it is being published, was published, or is not there
     */
    CompletionStage<Boolean> cancel(StoredWill will);
}
