package dev.skein.node.config;

import com.typesafe.config.Config;
import dev.skein.node.admission.AdmissionSettings;
import dev.skein.node.auth.AuthSettings;
import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.LinkTls;
import dev.skein.node.control.HealthSettings;
import dev.skein.node.control.HttpSettings;
import dev.skein.node.edge.EdgeSettings;
import dev.skein.node.edge.ListenerSettings;
import dev.skein.node.edge.TlsSettings;
import dev.skein.node.edge.mqtt.MqttSettings;
import dev.skein.node.governor.MemorySettings;
import dev.skein.node.observe.MetricsSettings;
import dev.skein.node.rule.RulesSettings;
import dev.skein.node.trace.TracingSettings;
import dev.skein.persistence.schema.JdbcAddress;
import java.util.List;

/**
 * Everything that a node is configured with, read and checked before anything starts.
 *
 * @param skein the section {@code skein}, for what reads it itself
 * @param storage where the state is kept
 * @param cluster whom this node joins
 * @param actors configuration of the actor system
 */
public record NodeConfig(
        Config skein,
        List<ListenerSettings> listeners,
        TlsSettings tls,
        EdgeSettings edge,
        AdmissionSettings admission,
        MqttSettings mqtt,
        AuthSettings auth,
        HttpSettings http,
        MetricsSettings metrics,
        StorageConfig storage,
        ClusterSettings cluster,
        Config actors) {

    /**
     * Reads and checks {@code config}.
     *
     * @param config the whole configuration, resolved: the user's over {@code skein-pekko.conf} over the references
     * @throws IllegalArgumentException or {@link com.typesafe.config.ConfigException}, naming the key
     */
    public static NodeConfig from(Config config) {
        Config skein = config.getConfig("skein");
        ClusterSettings cluster = ClusterSettings.from(skein.getConfig("cluster"));
        StorageConfig storage = StorageConfig.from(skein.getConfig("storage"), cluster.nodeName());
        MqttSettings mqtt = MqttSettings.from(skein);
        Contradictions.refuse(skein);
        HealthSettings.from(skein.getConfig("health"));
        MemorySettings.from(skein.getConfig("memory"));
        RulesSettings.from(skein);
        TracingSettings.from(skein, storage.directory());
        EdgeSettings edge = EdgeSettings.from(skein.getConfig("edge"));
        // What auto gives depends on the JVM: it is not that of the node when a configuration is only checked.
        if (!skein.getString("edge.memory-max").equals("auto") && edge.memoryMax() < 2L * mqtt.maxPacketSize()) {
            throw new IllegalArgumentException("skein.edge.memory-max: " + edge.memoryMax()
                    + " (expected: auto, or at least twice skein.mqtt.max-packet-size: " + mqtt.maxPacketSize() + ")");
        }
        NodeConfig node = new NodeConfig(
                skein,
                ListenerSettings.from(skein),
                TlsSettings.from(skein.getConfig("tls")),
                edge,
                AdmissionSettings.from(
                        skein.getConfig("admission"), Runtime.getRuntime().availableProcessors()),
                mqtt,
                AuthSettings.from(skein.getConfig("auth")),
                HttpSettings.from(skein.getConfig("http")),
                MetricsSettings.from(skein.getConfig("metrics")),
                storage,
                cluster,
                ActorConfig.of(config, storage, cluster, mqtt));
        if (cluster.many() && storage.embedded()) {
            throw new IllegalArgumentException("skein.storage.jdbc.url: " + JdbcAddress.masked(storage.url())
                    + " (expected: jdbc:postgresql:...; nodes with skein.cluster.seeds or discovery share one"
                    + " database)");
        }
        LinkTls.FILES.forEach(cluster::requireTrust);
        return node;
    }

    /** The port of the health checks. */
    public HealthSettings health() {
        return HealthSettings.from(skein.getConfig("health"));
    }

    /** The marks of the memory governor. */
    public MemorySettings memory() {
        return MemorySettings.from(skein.getConfig("memory"));
    }

    /** Back ends, and the bounds of rules. */
    public RulesSettings rules() {
        return RulesSettings.from(skein);
    }

    /** What is recorded of clients and messages. */
    public TracingSettings tracing() {
        return TracingSettings.from(skein, storage.directory());
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "NodeConfig[" + storage + "]";
    }
}
