package dev.skein.persistence.api;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Wills of live connections (MQTT 3.1.1 section 3.1.2.5). A will is published by a {@link StoreCommand.Append} with its
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
     * not removed yet.
     *
     * @param limit 1..10000
     */
    CompletionStage<List<StoredWill>> orphans(Set<Long> liveNodes, int limit);

    /** The wills of all connections, present and former, of one client ID. */
    CompletionStage<List<StoredWill>> ofClient(SessionKey client);

    /**
     * Makes {@code newNode} the one that publishes the will; it is taken over then, unless that node has it already.
     *
     * @return completes after the commit: true for exactly one of several that claim the same {@code will}
     */
    CompletionStage<Boolean> claim(StoredWill will, long newNode);
}
