package dev.skein.node.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where this node is reached by the others and whom it joins, read from {@code skein.cluster}.
 *
 * @param host address that other nodes reach this node at; its stable name
 * @param bindHost address to listen at; empty for {@code host}
 * @param port of the links, 0 for any free one
 * @param seeds nodes to join, none for a cluster of one
 * @param drainRate connections closed each second while the node drains; 0 for all at once
 */
public record ClusterSettings(String host, String bindHost, int port, List<Seed> seeds, int drainRate) {
    /** Port of the links where none is given and there are seeds. */
    public static final int DEFAULT_PORT = 25_520;

    private static final int PORT_MAX = 65_535;
    private static final int RATE_MAX = 1_000_000;

    /** One node that others join. */
    public record Seed(String host, int port) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
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
        return new ClusterSettings(
                cluster.getString("host"),
                cluster.getString("bind-host"),
                port(cluster.getString("port"), seeds),
                seeds,
                rate);
    }

    /** Whether the node is, or may become, one of several. */
    public boolean many() {
        return !seeds.isEmpty();
    }

    /** Stable name of the node for the store. */
    public String nodeName() {
        return many() ? host + ":" + port : "single";
    }

    private static int port(String text, List<Seed> seeds) {
        if (text.toLowerCase(Locale.ROOT).equals("auto")) {
            return seeds.isEmpty() ? 0 : DEFAULT_PORT;
        }
        int port = number(text, "skein.cluster.port");
        if (port == 0 && !seeds.isEmpty()) {
            throw new IllegalArgumentException("skein.cluster.port: 0 (expected: 1.." + PORT_MAX + " beside seeds)");
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
                : List.of(cluster.getString("seeds").split(","));
        List<Seed> seeds = new ArrayList<>();
        for (String word : words) {
            if (!word.isBlank()) {
                seeds.add(seed(word.strip()));
            }
        }
        return seeds;
    }

    private static Seed seed(String word) {
        int colon = word.lastIndexOf(':');
        String host = colon < 0 || word.endsWith("]") ? word : word.substring(0, colon);
        int port = host.length() == word.length()
                ? DEFAULT_PORT
                : number(word.substring(colon + 1), "skein.cluster.seeds: " + word);
        if (host.isEmpty() || port == 0) {
            throw new IllegalArgumentException("skein.cluster.seeds: " + word + " (expected: host:port)");
        }
        return new Seed(host, port);
    }
}
