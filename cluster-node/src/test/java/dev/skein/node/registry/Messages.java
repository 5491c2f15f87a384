package dev.skein.node.registry;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;

/** Serialization as a node has it, and with every message put through it. */
final class Messages {
    static final Config SERIALIZATION = ConfigFactory.parseString("""
            pekko.actor {
              serialize-messages = on
              no-serialization-verification-needed-class-prefix = [
                "org.apache.pekko."
                "dev.skein.node.registry.InstanceViewKeeper" # never leaves the node
              ]
              serialization-bindings { "dev.skein.node.cluster.ClusterMessage" = jackson-cbor }
            }""");

    /** A node of a cluster of one's own, with journals in memory. */
    static final Config NODE = ConfigFactory.parseString("""
            pekko {
              actor.provider = cluster
              remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
              cluster.jmx.multi-mbeans-in-same-jvm = on
              coordinated-shutdown.exit-jvm = off
            }""")
            .withFallback(PersistenceTestKitPlugin.getInstance().config())
            .withFallback(PersistenceTestKitSnapshotPlugin.config())
            .withFallback(SERIALIZATION)
            .withFallback(ConfigFactory.load());

    private Messages() {}
}
