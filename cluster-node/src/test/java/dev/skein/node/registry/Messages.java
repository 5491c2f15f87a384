package dev.skein.node.registry;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

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

    private Messages() {}
}
