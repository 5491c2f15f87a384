package dev.skein.node.session.lock;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes have not said yet whether they have a connection of the client. A session's actor may be new while the
 * connection that an earlier one admitted lives on and has not claimed again: nobody else may be admitted beside it,
 * and nobody who looks for the client may be told that it is away. An actor searches once at the most.
 */
final class HolderSearch {
    private static final Duration DEADLINE = Duration.ofSeconds(1);

    /** Null before anybody was asked, as in all but a few sessions. */
    private @Nullable Set<Long> unanswered;

    private @Nullable Claim found;
    private boolean overdue;
    private long deadline = Moment.NEVER;

    boolean hasBegun() {
        return unanswered != null;
    }

    Effect begin(LockContext context, Moment now) {
        Set<Long> nodes = new HashSet<>(context.elsewhere());
        nodes.add(context.here());
        unanswered = nodes;
        deadline = now.after(DEADLINE);
        return new Effect.Search(Set.copyOf(nodes));
    }

    void answered(long node, @Nullable Claim claim) {
        if (!isOver() && unanswered != null) {
            unanswered.remove(node);
        }
        if (claim != null) {
            found = claim;
        }
    }

    /** Nobody is waited for any longer. */
    void giveUp() {
        overdue = true;
        unanswered = Set.of();
    }

    boolean isOver() {
        return unanswered == null || unanswered.isEmpty();
    }

    /** When nobody is waited for any longer; never when every node has answered. */
    long deadline() {
        return isOver() ? Moment.NEVER : deadline;
    }

    /** Whether every node has said that it has no connection of the client. */
    boolean foundNobody() {
        return hasBegun() && isOver() && !overdue;
    }

    /** The claim of the connection that was found, or null. */
    @Nullable
    Claim found() {
        return found;
    }
}
