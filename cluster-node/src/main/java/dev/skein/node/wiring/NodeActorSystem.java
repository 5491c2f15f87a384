package dev.skein.node.wiring;

import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.config.NodeConfig;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.remote.RemoteTransportException;

/** The actor system of a node. */
final class NodeActorSystem {
    private NodeActorSystem() {}

    /**
     * Starts the actors, which listen for other nodes at once.
     *
     * @throws IllegalArgumentException when they cannot, naming the key
     */
    static ActorSystem<Void> start(NodeConfig config) {
        ClusterSettings cluster = config.cluster();
        try {
            return ActorSystem.create(Behaviors.empty(), "skein", config.actors());
        } catch (RemoteTransportException e) {
            boolean own = cluster.bindHost().isEmpty();
            String why = Failures.describe(e);
            if (why.contains("Address already in use")) {
                throw new IllegalArgumentException(
                        "skein.cluster.port: " + cluster.port() + " (expected: a free port; " + why + ")", e);
            }
            throw new IllegalArgumentException(
                    (own ? "skein.cluster.host: " + cluster.host() : "skein.cluster.bind-host: " + cluster.bindHost())
                            + " (expected: an address of this machine"
                            + (own ? ", or one in skein.cluster.bind-host" : "") + "; " + why + ")",
                    e);
        }
    }
}
