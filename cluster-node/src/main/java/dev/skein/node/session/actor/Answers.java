package dev.skein.node.session.actor;

import dev.skein.node.cluster.FrameParts;
import dev.skein.node.session.lock.Claim;
import dev.skein.node.session.lock.Connection;
import dev.skein.node.session.lock.Denial;
import dev.skein.node.session.lock.Question;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.Subscription;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** What a session tells the connections that claim it. */
final class Answers {
    private Answers() {}

    static void refuse(Connection to, Denial why) {
        tell(
                to,
                new ConnectionEvent.Refused(
                        to.id(),
                        switch (why) {
                            case IN_USE -> ConnectionEvent.Refusal.IN_USE;
                            case SUPERSEDED -> ConnectionEvent.Refusal.SUPERSEDED;
                            case STORE_UNAVAILABLE -> ConnectionEvent.Refusal.STORE_UNAVAILABLE;
                            case BUSY -> ConnectionEvent.Refusal.BUSY;
                        },
                        null));
    }

    static void notOwner(Connection to, String owner) {
        tell(to, new ConnectionEvent.Refused(to.id(), ConnectionEvent.Refusal.NOT_OWNER, owner));
    }

    static void reclaim(Connection to) {
        tell(to, new ConnectionEvent.Reclaim(to.id()));
    }

    static void resumed(Connection to, long node, SessionKey client) {
        tell(to, new ConnectionEvent.Resumed(to.id(), node, client));
    }

    static void takenOver(Connection connection) {
        tell(connection, new ConnectionEvent.TakenOver(connection.id()));
    }

    static void probe(Connection holder, ActorRef<SessionCommand> replyTo) {
        tell(holder, new ConnectionEvent.Probe(holder.id(), replyTo));
    }

    /**
     * Admits the connection, with what is stored of its session as it is now: in one message, or in parts when that
     * would be too much for one to another node.
     */
    static void attached(
            Claim claim,
            boolean present,
            @Nullable StoredSession stored,
            SubscribedFilters subscriptions,
            SessionContext shared) {
        Connection to = claim.connection();
        long node = shared.here();
        if (stored == null) {
            tell(to, new ConnectionEvent.Attached(to.id(), present, null, node));
            return;
        }
        List<Subscription> all = subscriptions.stored();
        List<List<Subscription>> parts =
                to.node() == node ? List.of(all) : FrameParts.cutFilters(all, Subscription::filter);
        if (parts.size() == 1) {
            tell(to, new ConnectionEvent.Attached(to.id(), present, stored.with(all), node));
            return;
        }
        long answer = shared.answers().incrementAndGet();
        for (int i = 0; i < parts.size(); i++) {
            var attached = new ConnectionEvent.Attached(to.id(), present, stored.with(parts.get(i)), node);
            tell(to, new ConnectionEvent.AttachedPart(attached, answer, i, parts.size()));
        }
    }

    /**
     * Says where the client is, or has the node of its connection close it and answer.
     *
     * @param holder its connection, null when there is none
     */
    static void answer(Question question, @Nullable StoredSession stored, @Nullable Connection holder) {
        if (question instanceof SessionCommand.Locate locate) {
            long session = stored == null ? 0 : stored.id();
            locate.replyTo()
                    .tell(
                            holder == null
                                    ? new SessionCommand.Location(session, 0, 0)
                                    : new SessionCommand.Location(session, holder.id(), holder.node()));
        } else if (question instanceof SessionCommand.Kick kick) {
            if (holder == null) {
                kick.replyTo().tell(new SessionCommand.Kicked(false));
            } else {
                tell(holder, new ConnectionEvent.Kick(holder.id(), kick.replyTo()));
            }
        }
    }

    /** Answers a change of subscriptions. */
    static void changed(Connection to, long request, @Nullable Throwable failure) {
        tell(
                to,
                failure == null
                        ? new ConnectionEvent.Subscribed(to.id(), request)
                        : new ConnectionEvent.SubscribeFailed(to.id(), request));
    }

    private static void tell(Connection to, ConnectionEvent event) {
        ((ConnectionRef) to).gateway().tell(event); // the lock returns what it was given
    }
}
