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
            MqttConnection connection = shared.connections().get(event.connectionId());
            if (connection != null) {
                connection.tell(event);
            } else if (event instanceof ConnectionEvent.Probe probe) {
                probe.replyTo().tell(new SessionCommand.ProbeResult(probe.connectionId(), false));
            }
            return Behaviors.same();
        });
    }
}
