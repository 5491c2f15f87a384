package dev.skein.node.session.actor;

import dev.skein.node.cluster.Membership;
import dev.skein.node.session.actor.SessionCommand.Attach;
import dev.skein.node.session.actor.SessionCommand.Holder;
import dev.skein.persistence.api.SessionKey;
import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Asks every node whether it has a connection of the client. After the loss of a node a session's actor may be new
 * while the connection that an earlier one admitted lives on; nobody else may be admitted beside it. Confined to its
 * session.
 */
final class HolderSearch {
    /** Empty in all but a few sessions, so it is made when it is needed. */
    private Set<Long> unanswered = Set.of();

    private @Nullable Attach found;

    /** Asks now when nodes were lost lately; otherwise there is nothing to search. */
    HolderSearch(Membership membership, SessionKey client, ActorRef<SessionCommand> replyTo) {
        if (membership.isUnsettled()) {
            unanswered = new HashSet<>();
            ask(membership, membership.self(), client, replyTo);
            membership.others().forEach(node -> ask(membership, node, client, replyTo));
        }
    }

    private void ask(
            Membership membership, Membership.ClusterNode node, SessionKey client, ActorRef<SessionCommand> replyTo) {
        unanswered.add(node.uid());
        membership
                .<ConnectionEvent>actorOn(node, ConnectionEvent.GATEWAY)
                .tell(new ConnectionEvent.WhoHolds(0, client, replyTo));
    }

    void answered(Holder answer) {
        if (!unanswered.isEmpty()) {
            unanswered.remove(answer.node());
        }
        if (answer.claim() != null) {
            found = answer.claim();
        }
    }

    /** Nobody is waited for any longer. */
    void end() {
        unanswered = Set.of();
    }

    boolean isOver() {
        return unanswered.isEmpty();
    }

    /** The claim of the connection that was found, or null. */
    @Nullable
    Attach found() {
        return found;
    }
}
