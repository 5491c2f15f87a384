package dev.skein.node.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where this node is reached by the others and whom it joins, read from {@code skein.cluster}.
 *
 * @param host address that other nodes reach this node at; its stable name
 * @param bindHost address to listen at; empty for {@code host}
 * @param port of the links, 0 for any free one
 * @param seeds nodes to join, none for a cluster of one
 * @param drainRate connections closed each second while the node drains; 0 for all at once
 * @param splitBrain who goes on when nodes no longer hear from each other
 * @param discovery how the nodes to join are found when there are no seeds
 * @param tls how nodes know one another; null: whoever reaches the port is taken for a node, or there is no port
 */
public record ClusterSettings(
        String host,
        String bindHost,
        int port,
        List<Seed> seeds,
        int drainRate,
        SplitBrain splitBrain,
        DiscoverySettings discovery,
        @Nullable LinkTls tls) {
    /** Port of the links where none is given and there are seeds. */
    public static final int DEFAULT_PORT = 25_520;

    private static final int PORT_MAX = 65_535;
    private static final int RATE_MAX = 1_000_000;

    /** One node that others join. */
    public record Seed(String host, int port) {
        /** From {@code host:port}. */
        public static Seed of(String word) {
            return seed("skein.cluster.seeds", word);
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /** Who goes on when nodes no longer hear from each other. */
    public enum SplitBrain {
        /** The larger part. */
        KEEP_MAJORITY("keep-majority"),
        /** The part that gets a lease of Kubernetes; the larger one asks first. */
        LEASE_MAJORITY("lease-majority");

        private final String strategy;

        SplitBrain(String strategy) {
            this.strategy = strategy;
        }

        /** Pekko's name. */
        public String strategy() {
            return strategy;
        }
    }

    /** A node that is given its seeds. */
    public ClusterSettings(String host, String bindHost, int port, List<Seed> seeds, int drainRate) {
        this(host, bindHost, port, seeds, drainRate, SplitBrain.KEEP_MAJORITY, DiscoverySettings.none(), null);
    }

    /** Copies the list. */
    public ClusterSettings {
        seeds = List.copyOf(seeds);
    }

    /** Reads and checks {@code skein.cluster}; an exception names the key. */
    public static ClusterSettings from(Config cluster) {
        List<Seed> seeds = seeds(cluster);
        int rate = cluster.getInt("drain-rate");
        if (rate < 0 || rate > RATE_MAX) {
            throw new IllegalArgumentException(
                    "skein.cluster.drain-rate: " + rate + " (expected: 0.." + RATE_MAX + " connections a second)");
        }
        DiscoverySettings discovery = DiscoverySettings.from(cluster.getConfig("discovery"));
        boolean discovers = discovery.method() != DiscoverySettings.Method.SEEDS;
        if (discovers && !seeds.isEmpty()) {
            throw new IllegalArgumentException("skein.cluster.seeds: " + seeds
                    + " (expected: [] beside skein.cluster.discovery.method = " + discovery.method() + ")");
        }
        return new ClusterSettings(
                HostNames.require("skein.cluster.host", cluster.getString("host")),
                bindHost(cluster.getString("bind-host")),
                port(cluster.getString("port"), discovers || !seeds.isEmpty()),
                seeds,
                rate,
                splitBrain(cluster.getString("split-brain")),
                discovery,
                LinkTls.from(cluster.getConfig("tls"), discovers || !seeds.isEmpty()));
    }

    private static String bindHost(String host) {
        return host.isEmpty() ? host : HostNames.require("skein.cluster.bind-host", host);
    }

    private static SplitBrain splitBrain(String word) {
        return Arrays.stream(SplitBrain.values())
                .filter(each -> each.strategy.equals(word.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "skein.cluster.split-brain: " + word + " (expected: keep-majority, lease-majority)"));
    }

    /** Whether the node is, or may become, one of several. */
    public boolean many() {
        return !seeds.isEmpty() || discovers();
    }

    /**
     * Refuses settings with other nodes and without one of {@link LinkTls#FILES}, unless it is said that they shall not
     * know one another.
     *
     * @throws IllegalArgumentException naming the full key
     */
    public void requireTrust(String file) {
        if (tls != null) {
            tls.require(file);
        }
    }

    /** Whether the nodes to join have to be found first. */
    public boolean discovers() {
        return discovery.method() != DiscoverySettings.Method.SEEDS;
    }

    /** The same with the nodes that were found. */
    public ClusterSettings withSeeds(List<Seed> found) {
        return new ClusterSettings(host, bindHost, port, found, drainRate, splitBrain, discovery, tls);
    }

    /** Stable name of the node for the store. */
    public String nodeName() {
        return many() ? host + ":" + port : "single";
    }

    private static int port(String text, boolean many) {
        if (text.toLowerCase(Locale.ROOT).equals("auto")) {
            return many ? DEFAULT_PORT : 0;
        }
        int port = number(text, "skein.cluster.port");
        if (port == 0 && many) {
            throw new IllegalArgumentException(
                    "skein.cluster.port: 0 (expected: 1.." + PORT_MAX + " beside seeds or discovery)");
        }
        return port;
    }

    private static int number(String text, String key) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= PORT_MAX) {
                return port;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(key + ": " + text + " (expected: auto or 0.." + PORT_MAX + ")");
    }

    private static List<Seed> seeds(Config cluster) {
        List<String> words = cluster.getValue("seeds").valueType() == ConfigValueType.LIST
                ? cluster.getStringList("seeds")
                : words(cluster.getString("seeds"));
        List<Seed> seeds = new ArrayList<>();
        for (String word : words) {
            seeds.add(seed("skein.cluster.seeds[" + seeds.size() + "]", word.strip()));
        }
        return seeds;
    }

    /** A variable of the environment is text; so is {@code []} there, which has to empty the list of a file. */
    private static List<String> words(String text) {
        return text.isBlank() || text.strip().equals("[]") ? List.of() : List.of(text.split(",", -1));
    }

    private static Seed seed(String key, String word) {
        int colon = word.lastIndexOf(':');
        String host = colon < 0 || word.endsWith("]") ? word : word.substring(0, colon);
        int port = host.length() == word.length() ? DEFAULT_PORT : number(word.substring(colon + 1), key + ": " + word);
        if (host.isEmpty() || port == 0) {
            throw new IllegalArgumentException(
                    key + ": " + (word.isEmpty() ? "\"\"" : word) + " (expected: host:port)");
        }
        return new Seed(HostNames.require(key, host), port);
    }
}
