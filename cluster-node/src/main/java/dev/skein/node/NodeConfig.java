package dev.skein.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.skein.node.admission.AdmissionSettings;
import dev.skein.node.auth.AuthSettings;
import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.control.HttpSettings;
import dev.skein.node.edge.EdgeSettings;
import dev.skein.node.edge.ListenerSettings;
import dev.skein.node.edge.TlsSettings;
import dev.skein.node.edge.mqtt.MqttSettings;
import dev.skein.node.observe.MetricsSettings;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.jdbc.JdbcStores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.remote.RemoteTransportException;

/**
 * Everything that a node is configured with, read and checked before anything starts.
 *
 * @param skein the section {@code skein}, for what reads it itself
 * @param database where the state is kept
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
        StoreSettings store,
        Database database,
        ClusterSettings cluster,
        Config actors) {

    /**
     * A database address.
     *
     * @param directory of the embedded database, also when another is used
     * @param url JDBC address
     * @param poolSize connections of the store, 2..100
     * @param patience how long a node that starts waits for a database that is not there, 0 s to an hour
     */
    public record Database(Path directory, String url, String user, String password, int poolSize, Duration patience) {
        private static final int POOL_MAX = 100;

        /** Checks the range. */
        public Database {
            if (poolSize < 2 || poolSize > POOL_MAX) {
                throw new IllegalArgumentException(
                        "skein.storage.jdbc.pool-size: " + poolSize + " (expected: 2.." + POOL_MAX + ")");
            }
        }

        /** Whether it is the embedded H2. */
        public boolean embedded() {
            return url.startsWith("jdbc:h2:");
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Database[" + url + ", " + user + "]";
        }
    }

    /**
     * Reads and checks {@code config}.
     *
     * @param config the whole configuration, resolved: the user's over {@code skein-pekko.conf} over the references
     * @throws IllegalArgumentException or {@link com.typesafe.config.ConfigException}, naming the key
     */
    public static NodeConfig from(Config config) {
        Config skein = config.getConfig("skein");
        Database database = database(skein.getConfig("storage"));
        ClusterSettings cluster = ClusterSettings.from(skein.getConfig("cluster"));
        MqttSettings mqtt = MqttSettings.from(skein);
        Contradictions.refuse(skein);
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
                store(skein.getConfig("storage"), cluster),
                database,
                cluster,
                actors(config, database, cluster, mqtt));
        if (cluster.many() && database.embedded()) {
            throw new IllegalArgumentException("skein.storage.jdbc.url: " + database.url()
                    + " (expected: jdbc:postgresql:...; nodes with skein.cluster.seeds or discovery share one"
                    + " database)");
        }
        return node;
    }

    private static Database database(Config storage) {
        Path directory = Path.of(storage.getString("directory"));
        String url = storage.getString("jdbc.url");
        if (!url.isEmpty() && !url.startsWith("jdbc:h2:") && !url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "skein.storage.jdbc.url: " + url + " (expected: jdbc:postgresql:... or empty)");
        }
        return new Database(
                directory,
                url.isEmpty() ? JdbcStores.h2Url(directory) : url,
                storage.getString("jdbc.user"),
                storage.getString("jdbc.password"),
                storage.getInt("jdbc.pool-size"),
                duration(storage, "jdbc.wait", Duration.ZERO, Duration.ofHours(1)));
    }

    private static StoreSettings store(Config storage, ClusterSettings cluster) {
        return new StoreSettings(
                duration(storage, "max-age", Duration.ofMinutes(1), Duration.ofDays(365)),
                number(storage, "max-session-messages", 100_000_000L),
                number(storage, "max-instance-messages", 10_000_000_000L),
                duration(storage, "sweep-interval", Duration.ofSeconds(1), Duration.ofDays(1)),
                (int) number(storage, "batch-messages", 100_000L),
                cluster.nodeName());
    }

    private static long number(Config storage, String key, long max) {
        long value = storage.getLong(key);
        if (value < 1 || value > max) {
            throw new IllegalArgumentException("skein.storage." + key + ": " + value + " (expected: 1.." + max + ")");
        }
        return value;
    }

    private static Duration duration(Config storage, String key, Duration min, Duration max) {
        Duration value = storage.getDuration(key);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    "skein.storage." + key + ": " + value + " (expected: " + min + ".." + max + ")");
        }
        return value;
    }

    /** A message between nodes holds one MQTT packet at the most, or a page of control data. */
    private static final int FRAME_BASE = 1024 * 1024;

    private static Config actors(Config config, Database database, ClusterSettings cluster, MqttSettings mqtt) {
        String db = "pekko-persistence-jdbc.shared-databases.skein.";
        Config computed = ConfigFactory.empty()
                .withValue(db + "db.url", ConfigValueFactory.fromAnyRef(database.url()))
                .withValue(
                        db + "profile",
                        ConfigValueFactory.fromAnyRef(
                                database.embedded() ? "slick.jdbc.H2Profile$" : "slick.jdbc.PostgresProfile$"))
                // In a rolling upgrade shards go to the nodes that stay.
                .withValue("pekko.cluster.app-version", ConfigValueFactory.fromAnyRef(BuildVersion.text()))
                .withValue("pekko.remote.artery.canonical.port", ConfigValueFactory.fromAnyRef(cluster.port()))
                .withValue(
                        "pekko.cluster.split-brain-resolver.active-strategy",
                        ConfigValueFactory.fromAnyRef(cluster.splitBrain().strategy()))
                .withValue(
                        "pekko.remote.artery.advanced.maximum-frame-size",
                        ConfigValueFactory.fromAnyRef(FRAME_BASE + mqtt.maxPacketSize() + " B"))
                .withValue(
                        db + "db.driver",
                        ConfigValueFactory.fromAnyRef(database.embedded() ? "org.h2.Driver" : "org.postgresql.Driver"));
        if (!database.embedded()) {
            computed = computed.withValue(
                    db + "db.properties", ConfigValueFactory.fromMap(JdbcStores.POSTGRESQL_TIMEOUTS));
        }
        if (!cluster.many()) {
            // There is nobody to hear them; a machine that stalls would only log that they are late.
            computed = computed.withValue(
                    "pekko.cluster.failure-detector.heartbeat-interval", ConfigValueFactory.fromAnyRef("1h"));
        }
        if (!cluster.bindHost().isEmpty()) {
            computed = computed.withValue(
                    "pekko.remote.artery.bind.hostname", ConfigValueFactory.fromAnyRef(cluster.bindHost()));
        }
        return computed.withFallback(config);
    }

    /**
     * Starts the actors, which listen for other nodes at once.
     *
     * @throws IllegalArgumentException when they cannot, naming the key
     */
    ActorSystem<Void> newActorSystem() {
        try {
            return ActorSystem.create(Behaviors.empty(), "skein", actors);
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

    /** Without secrets. */
    @Override
    public String toString() {
        return "NodeConfig[" + database + "]";
    }
}
