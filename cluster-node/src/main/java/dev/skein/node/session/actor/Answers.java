package dev.skein.node.session.actor;

import dev.skein.node.session.actor.SessionCommand.Attach;
import dev.skein.persistence.api.StoredSession;
import org.jspecify.annotations.Nullable;

/** What a session tells the connections that claim it. */
final class Answers {
    private Answers() {}

    static void refuse(Attach attach, ConnectionEvent.Refusal reason) {
        tell(attach, new ConnectionEvent.Refused(attach.connection().id(), reason));
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

    static void attached(Attach attach, boolean present, @Nullable StoredSession session, long node) {
        tell(attach, new ConnectionEvent.Attached(attach.connection().id(), present, session, node));
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
