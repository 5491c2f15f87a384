package dev.skein.node.edge.mqtt;

import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The one actor of a node through which sessions reach its connections. */
final class ConnectionGateway {
    private ConnectionGateway() {}

    static Behavior<ConnectionEvent> create(EdgeShared shared) {
        return Behaviors.receiveMessage(event -> {
            if (event instanceof ConnectionEvent.WhoHolds asked) {
                answer(shared, asked);
                return Behaviors.same();
            }
            MqttConnection connection = shared.connections().get(event.connectionId());
            if (connection != null) {
                connection.tell(event);
            } else if (event instanceof ConnectionEvent.Kick kick) {
                kick.replyTo().tell(new SessionCommand.Kicked(false));
            } else if (event instanceof ConnectionEvent.Probe probe) {
                probe.replyTo().tell(new SessionCommand.Detach(probe.connectionId())); // its own may have got lost
            }
            return Behaviors.same();
        });
    }

    private static void answer(EdgeShared shared, ConnectionEvent.WhoHolds asked) {
        long self = shared.links().self();
        MqttConnection connected = shared.clients().get(asked.client());
        EdgeShared.Leaving leaving = shared.leaving().get(asked.client()); // second: it is in one of the two
        MqttConnection connection = connected != null || leaving == null ? connected : leaving.connection();
        if (connection == null) {
            asked.replyTo().tell(new SessionCommand.Holder(self, null));
        } else {
            connection
                    .context()
                    .execute(() -> asked.replyTo()
                            .tell(new SessionCommand.Holder(
                                    self,
                                    connection.isClosed() && shared.leavingOf(connection) == null
                                            ? null
                                            : connection.tie().held())));
        }
    }
}
