package dev.skein.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.LoneTransport;
import dev.skein.node.cluster.WireVersion;
import dev.skein.node.edge.mqtt.MqttSettings;
import dev.skein.persistence.jdbc.JdbcStores;
import java.util.List;
import java.util.Map;

/** Configuration of the actor system: the keys of Pekko that follow from Skein's. */
final class ActorConfig {
    /** A message between nodes holds one MQTT packet at the most, or a page of control data. */
    private static final int FRAME_BASE = 1024 * 1024;

    private ActorConfig() {}

    /** Artery always binds a port; the older remoting of Pekko can be given a transport that binds none. */
    private static Config lone(ClusterSettings cluster) {
        String transport = "pekko.remote.classic.lone";
        return ConfigFactory.parseMap(Map.of(
                "pekko.remote.artery.enabled",
                false,
                "pekko.remote.classic.enabled-transports",
                List.of(transport),
                transport,
                Map.of(
                        "transport-class", LoneTransport.class.getName(),
                        "applied-adapters", List.of(),
                        "transport-protocol", "tcp",
                        "hostname", cluster.host(),
                        "port", cluster.port())));
    }

    /**
     * Puts what Skein's settings say of actors over the rest.
     *
     * @param config the whole configuration, resolved
     */
    static Config of(Config config, StorageConfig storage, ClusterSettings cluster, MqttSettings mqtt) {
        String db = "pekko-persistence-jdbc.shared-databases.skein.";
        Config computed = ConfigFactory.empty()
                .withValue(db + "db.url", ConfigValueFactory.fromAnyRef(storage.url()))
                .withValue(
                        db + "profile",
                        ConfigValueFactory.fromAnyRef(
                                storage.embedded() ? "slick.jdbc.H2Profile$" : "slick.jdbc.PostgresProfile$"))
                // In a rolling upgrade shards go to the nodes that stay.
                .withValue(
                        "pekko.cluster.app-version", ConfigValueFactory.fromAnyRef(WireVersion.of(BuildVersion.text())))
                .withValue("pekko.remote.artery.canonical.port", ConfigValueFactory.fromAnyRef(cluster.port()))
                .withValue(
                        "pekko.cluster.split-brain-resolver.active-strategy",
                        ConfigValueFactory.fromAnyRef(cluster.splitBrain().strategy()))
                .withValue(
                        "pekko.remote.artery.advanced.maximum-frame-size",
                        ConfigValueFactory.fromAnyRef(FRAME_BASE + mqtt.maxPacketSize() + " B"))
                .withValue(
                        db + "db.driver",
                        ConfigValueFactory.fromAnyRef(storage.embedded() ? "org.h2.Driver" : "org.postgresql.Driver"));
        if (!storage.embedded()) {
            computed = computed.withValue(
                    db + "db.properties", ConfigValueFactory.fromMap(JdbcStores.POSTGRESQL_TIMEOUTS));
        }
        if (!cluster.many()) {
            computed = lone(cluster).withFallback(computed);
            // There is nobody to hear them; a machine that stalls would only log that they are late.
            computed = computed.withValue(
                    "pekko.cluster.failure-detector.heartbeat-interval", ConfigValueFactory.fromAnyRef("1h"));
        }
        if (cluster.tls() != null) {
            // The port that others are told of is the node's own; Artery binds one beside it and gives it up at once.
            return ConfigFactory.parseMap(Map.of(
                            "pekko.remote.artery.transport", "tls-tcp",
                            "pekko.remote.artery.bind.hostname", "127.0.0.1",
                            "pekko.remote.artery.bind.port", 0))
                    .withFallback(computed)
                    .withFallback(config);
        }
        if (!cluster.bindHost().isEmpty()) {
            computed = computed.withValue(
                    "pekko.remote.artery.bind.hostname", ConfigValueFactory.fromAnyRef(cluster.bindHost()));
        }
        return computed.withFallback(config);
    }
}
