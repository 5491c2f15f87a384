package dev.skein.node.session.actor;

import dev.skein.node.cluster.Membership;
import dev.skein.node.session.actor.SessionCommand.Attach;
import dev.skein.node.session.actor.SessionCommand.Holder;
import dev.skein.node.session.actor.SessionEvents.SearchOver;
import dev.skein.persistence.api.SessionKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Asks every node whether it has a connection of the client. A session's actor may be new while the connection that an
 * earlier one admitted lives on, and has not claimed again yet: after the loss of a node nobody else may be admitted
 * beside it, and nobody who looks for the client may be told that it is away. Confined to its session.
 */
final class HolderSearch {
    private static final Duration DEADLINE = Duration.ofSeconds(1);

    /** Null before anybody was asked, as in all but a few sessions. */
    private @Nullable Set<Long> unanswered;

    private @Nullable Attach found;
    private boolean overdue;

    /**
     * Asks now when nodes were lost lately.
     *
     * @param young whether the shard of the session came to this node lately
     */
    HolderSearch(
            Membership membership,
            SessionKey client,
            boolean young,
            ActorContext<SessionCommand> session,
            TimerScheduler<SessionCommand> timers) {
        if (membership.isUnsettled() || (young && !membership.isAlone())) {
            ask(membership, client, session.getSelf(), timers);
        }
    }

    private void ask(
            Membership membership,
            SessionKey client,
            ActorRef<SessionCommand> replyTo,
            TimerScheduler<SessionCommand> timers) {
        Set<Long> nodes = new HashSet<>();
        nodes.add(ask(membership, membership.self(), client, replyTo));
        membership.others().forEach(node -> nodes.add(ask(membership, node, client, replyTo)));
        unanswered = nodes;
        timers.startSingleTimer(SearchOver.INSTANCE, SearchOver.INSTANCE, DEADLINE);
    }

    private static long ask(
            Membership membership, Membership.ClusterNode node, SessionKey client, ActorRef<SessionCommand> replyTo) {
        membership
                .<ConnectionEvent>actorOn(node, ConnectionEvent.GATEWAY)
                .tell(new ConnectionEvent.WhoHolds(0, client, replyTo));
        return node.uid();
    }

    /**
     * Asks, unless it has, when {@code command} looks for a client of which nothing is known, or would discard its
     * session; true when it did.
     */
    boolean beginsFor(
            SessionCommand command,
            Membership membership,
            SessionKey client,
            ActorContext<SessionCommand> session,
            TimerScheduler<SessionCommand> timers) {
        boolean asks = switch (command) {
            case SessionCommand.Locate _, SessionCommand.Kick _ -> !membership.isAlone();
            case SessionCommand.Expire _ -> true;
            default -> false;
        };
        if (unanswered != null || !asks) {
            return false;
        }
        ask(membership, client, session.getSelf(), timers);
        return true;
    }

    void answered(Holder answer) {
        if (unanswered != null && !unanswered.isEmpty()) {
            unanswered.remove(answer.node());
        }
        if (answer.claim() != null) {
            found = answer.claim();
        }
    }

    /** Nobody is waited for any longer. */
    void end() {
        overdue = !isOver();
        unanswered = Set.of();
    }

    /** Whether every node has said that it has no connection of the client. */
    boolean foundNobody() {
        return unanswered != null && unanswered.isEmpty() && !overdue;
    }

    boolean isOver() {
        return unanswered == null || unanswered.isEmpty();
    }

    /** The claim of the connection that was found, or null. */
    @Nullable
    Attach found() {
        return found;
    }
}
