package dev.skein.deploy;

import com.typesafe.config.ConfigFactory;
import dev.skein.node.reliability.LoopbackNetworks;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pods of the StatefulSet as processes, a real PostgreSQL, and names for five of them. */
final class Pods implements AutoCloseable {
    static final int MQTT = 1883;

    private static final int NAMES = 5;
    private static final int FIRST = 10;
    private static final int LINKS = 25_520;

    private final Map<String, PodProcess> pods = new LinkedHashMap<>();
    private final EmbeddedPostgres postgres;
    private final String network;
    private final PodProcess.Cluster cluster;

    private Pods(EmbeddedPostgres postgres, String network, PodProcess.Cluster cluster) {
        this.postgres = postgres;
        this.network = network;
        this.cluster = cluster;
    }

    /**
     * Starts the database; no pod yet.
     *
     * @param parts of StatefulSets that overlays and components add to the base
     * @param arguments of each container, after those of the base
     */
    static Pods in(Path home, List<StatefulSet> parts, List<String> arguments) throws Exception {
        Map<String, String> secrets = StatefulSetTest.secrets();
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(new File("target/embedded-pg").getAbsoluteFile())
                .setServerConfig("fsync", "off")
                .start();
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE ROLE skein LOGIN PASSWORD '" + secrets.get("skein-postgres-app/password") + "'");
            statement.execute("CREATE DATABASE skein OWNER skein");
        }
        String network = LoopbackNetworks.next(77, FIRST, MQTT, LINKS); // the ports of the pods are fixed
        StringBuilder hosts = new StringBuilder("127.0.0.1 localhost skein-postgres-rw\n");
        for (int pod = 0; pod < NAMES; pod++) {
            hosts.append(network)
                    .append(FIRST + pod)
                    .append(" skein-")
                    .append(pod)
                    .append(".skein-nodes\n");
        }
        Files.writeString(home.resolve("hosts"), hosts);
        ClusterSecret.write(home);
        String url = ConfigFactory.parseFile(
                        Manifests.BASE.resolve("skein.conf").toFile())
                .getString("skein.storage.jdbc.url")
                .replace(":5432/", ":" + postgres.getPort() + "/");
        return new Pods(postgres, network, new PodProcess.Cluster(home, Pod.variables(parts), secrets, url, arguments));
    }

    String address(int ordinal) {
        return network + (FIRST + ordinal);
    }

    PodProcess begin(int ordinal) {
        String name = "skein-" + ordinal;
        return pods.computeIfAbsent(name, n -> new PodProcess(cluster, n, address(ordinal)))
                .start();
    }

    PodProcess get(int ordinal) {
        return pods.computeIfAbsent("skein-" + ordinal, name -> {
            throw new IllegalStateException(name);
        });
    }

    /** How many were begun. */
    int size() {
        return pods.size();
    }

    void allReady(int count) {
        for (int ordinal = 0; ordinal < count; ordinal++) {
            get(ordinal).awaitReady();
        }
    }

    @Override
    public void close() throws IOException {
        pods.values().forEach(PodProcess::close);
        postgres.close();
    }
}
