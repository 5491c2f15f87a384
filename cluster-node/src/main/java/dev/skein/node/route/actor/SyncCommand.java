package dev.skein.node.route.actor;

import dev.skein.node.cluster.ClusterMessage;
import java.util.List;

/** What a {@link RouteSync} understands. */
public sealed interface SyncCommand {

    /** Between the {@link RouteSync} actors of two nodes. */
    sealed interface Remote extends SyncCommand, ClusterMessage {
        /** The incarnation of the node that sends. */
        long from();

        /** The incarnation of the node that it is for; another incarnation passes it over. */
        long to();
    }

    /** Never leaves the JVM of the actor. */
    non-sealed interface Local extends SyncCommand {}

    /**
     * What changed on the sending node since the version before.
     *
     * @param version 1, 2, 3 ... within the two incarnations
     * @param anew whether the sender tells everything again from here on: the receiver takes it whatever version it
     *     has, and forgets at the next {@code complete} what was not told since
     * @param complete whether the receiver now knows everything that the sender had when it first saw the receiver, or
     *     began anew
     * @param attached persistent sessions that have their connection there now
     * @param detached persistent sessions that had
     */
    record Delta(
            long from,
            long to,
            long version,
            boolean anew,
            boolean complete,
            List<Filters> filters,
            List<Long> attached,
            List<Long> detached)
            implements Remote {}

    /** Filters of one instance that have, or no longer have, a live subscriber there. */
    record Filters(String instance, List<String> added, List<String> removed) {}

    /**
     * All that the sender has told up to {@code version}, and the receiver has acknowledged: how many filters and
     * sessions, and sums of their hashes.
     */
    record Audit(long from, long to, long version, long filters, long filterHash, long sessions, long sessionHash)
            implements Remote {}

    /** The receiver of an audit holds something else: it has to be told everything anew. */
    record Differs(long from, long to) implements Remote {}

    /** Every delta up to {@code version} is in force at the receiver. */
    record DeltaApplied(long from, long to, long version) implements Remote {}
}
