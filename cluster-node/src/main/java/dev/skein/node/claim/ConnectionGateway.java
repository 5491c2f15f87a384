package dev.skein.node.claim;

import dev.skein.node.delivery.Attachment;
import dev.skein.node.delivery.Attachments;
import dev.skein.node.delivery.Delivery;
import dev.skein.node.session.actor.ClientSession;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;

/** The one actor of a node through which sessions reach its connections. */
final class ConnectionGateway {
    private ConnectionGateway() {}

    static Behavior<ConnectionEvent> create(Delivery delivery) {
        return Behaviors.receiveMessage(event -> {
            if (event instanceof ConnectionEvent.WhoHolds asked) {
                answer(delivery, asked);
                return Behaviors.same();
            }
            Attachment connection = delivery.attachments().connection(event.connectionId());
            if (connection != null) {
                connection.tell(event);
            } else if (event instanceof ConnectionEvent.Kick kick) {
                kick.replyTo().tell(new SessionCommand.Kicked(false));
            } else if (event instanceof ConnectionEvent.Probe probe) {
                // Its own may have got lost, and its will may wait.
                probe.replyTo().tell(new SessionCommand.Detach(probe.connectionId(), null, true));
            } else {
                admittedInVain(delivery, event);
            }
            return Behaviors.same();
        });
    }

    /** The connection was gone when the session's actor admitted it, which may have missed its end. */
    private static void admittedInVain(Delivery delivery, ConnectionEvent event) {
        SessionKey client = switch (event) {
            case ConnectionEvent.Attached(var _, var _, var session, var _) when session != null -> session.key();
            case ConnectionEvent.Resumed resumed -> resumed.client();
            case ConnectionEvent _ -> null;
        };
        if (client != null) {
            String session = ClientSession.entityId(client.instance(), client.clientId());
            delivery.sessions()
                    .tell(new ShardingEnvelope<>(session, new SessionCommand.Detach(event.connectionId(), null, true)));
        }
    }

    private static void answer(Delivery delivery, ConnectionEvent.WhoHolds asked) {
        long self = delivery.links().self();
        Attachments attachments = delivery.attachments();
        Attachment connected = attachments.client(asked.client());
        Attachments.Leaving leaving = attachments.leaving(asked.client()); // second: it is in one of the two
        Attachment holder = connected != null || leaving == null ? connected : leaving.attachment();
        if (holder == null) {
            asked.replyTo().tell(new SessionCommand.Holder(self, null));
        } else {
            holder.context().execute(() -> {
                boolean gone = holder.isClosed() && attachments.leavingOf(holder) == null;
                asked.replyTo().tell(new SessionCommand.Holder(self, gone ? null : holder.held()));
            });
        }
    }
}
