package dev.skein.node.session.actor;

import dev.skein.node.cluster.FrameParts;
import dev.skein.node.cluster.Membership;
import dev.skein.node.session.actor.SessionCommand.Attach;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.StoredSubscription;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.javadsl.StashBuffer;
import org.jspecify.annotations.Nullable;

/** What a session tells the connections that claim it. */
final class Answers {
    private Answers() {}

    static void refuse(Attach attach, ConnectionEvent.Refusal reason) {
        tell(attach, new ConnectionEvent.Refused(attach.connection().id(), reason));
    }

    /** A command is not carried out; who asks, asks again or hears in time that nothing came. */
    static void passedOver(SessionCommand command, ConnectionEvent.Refusal reason) {
        if (command instanceof Attach attach && !attach.resumed()) { // a client that is connected stays so
            refuse(attach, reason);
        }
    }

    static void reclaim(Attach attach) {
        tell(attach, new ConnectionEvent.Reclaim(attach.connection().id()));
    }

    static void resumed(Attach attach, long node) {
        tell(attach, new ConnectionEvent.Resumed(attach.connection().id(), node));
    }

    static void takenOver(Attach attach) {
        tell(attach, new ConnectionEvent.TakenOver(attach.connection().id()));
    }

    /**
     * Admits the connection, with its session as it is now unless it is a clean one: in one message, or in parts when
     * that would be too much for one to another node.
     */
    static void attached(
            Attach attach,
            boolean present,
            @Nullable StoredSession stored,
            SubscribedFilters subscriptions,
            SessionContext shared) {
        ConnectionRef to = attach.connection();
        long node = shared.membership().self().uid();
        if (stored == null || attach.cleanSession()) {
            tell(attach, new ConnectionEvent.Attached(to.id(), present, null, node));
            return;
        }
        List<StoredSubscription> all = subscriptions.stored();
        List<List<StoredSubscription>> parts =
                to.node() == node ? List.of(all) : FrameParts.cutFilters(all, StoredSubscription::filter);
        if (parts.size() == 1) {
            tell(attach, new ConnectionEvent.Attached(to.id(), present, stored.with(all), node));
            return;
        }
        long answer = shared.answers().incrementAndGet();
        for (int i = 0; i < parts.size(); i++) {
            var attached = new ConnectionEvent.Attached(to.id(), present, stored.with(parts.get(i)), node);
            tell(attach, new ConnectionEvent.AttachedPart(attached, answer, i, parts.size()));
        }
    }

    /** Where the client is; nowhere when the node of its connection is gone. */
    static SessionCommand.Location location(
            @Nullable StoredSession stored, @Nullable Attach holder, Membership membership) {
        long session = stored == null ? 0 : stored.id();
        if (holder == null || !membership.isMember(holder.connection().node())) {
            return new SessionCommand.Location(session, 0, 0);
        }
        return new SessionCommand.Location(
                session, holder.connection().id(), holder.connection().node());
    }

    /**
     * The actor goes: connections claim again from the next one, and questions are asked again.
     *
     * @param again sends to the actor that follows
     */
    static void leaving(
            StashBuffer<SessionCommand> waiting,
            @Nullable Attach holder,
            @Nullable Attach pending,
            Consumer<SessionCommand> again) {
        if (holder != null) {
            reclaim(holder);
        }
        if (pending != null) {
            reclaim(pending);
        }
        waiting.forEach(command -> {
            switch (command) {
                case Attach attach -> reclaim(attach);
                case SessionCommand.Locate _, SessionCommand.Kick _ -> again.accept(command);
                case SessionCommand _ -> {
                    // Subscribe and Unsubscribe are said again when the next actor knows the connection.
                }
            }
        });
    }

    /** Lets the node of the connection close it and answer; answers itself when there is none. */
    static void kick(SessionCommand.Kick kick, @Nullable Attach holder, Membership membership) {
        if (holder != null && membership.isMember(holder.connection().node())) {
            ConnectionRef connection = holder.connection();
            connection.gateway().tell(new ConnectionEvent.Kick(connection.id(), kick.replyTo()));
        } else {
            kick.replyTo().tell(new SessionCommand.Kicked(false));
        }
    }

    /** Answers a change of subscriptions. */
    static void changed(ConnectionRef connection, long request, @Nullable Throwable failure) {
        connection
                .gateway()
                .tell(
                        failure == null
                                ? new ConnectionEvent.Subscribed(connection.id(), request)
                                : new ConnectionEvent.SubscribeFailed(connection.id(), request));
    }

    private static void tell(Attach attach, ConnectionEvent event) {
        attach.connection().gateway().tell(event);
    }
}
