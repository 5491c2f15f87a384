package dev.skein.node.discovery;

import dev.skein.node.cluster.ClusterSettings.Seed;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Turns found names into those that nodes call themselves. A node hears only what is addressed to the very name that it
 * calls itself, and DNS answers with the whole name where a node may use a short one, or the other way round. All nodes
 * of a cluster are named in one way: so the difference between this node's name and its entry in what was found is that
 * of all the others.
 */
final class NodeNames {
    private NodeNames() {}

    /** The found addresses in the form of {@code self}, which is among them when it was found; sorted, each once. */
    static List<Seed> as(Seed self, List<Seed> found) {
        String own = name(self.host());
        for (Seed seed : found) {
            String other = name(seed.host());
            if (seed.port() == self.port() && other.startsWith(own + ".")) {
                String end = other.substring(own.length());
                return each(found, host -> host.endsWith(end) ? host.substring(0, host.length() - end.length()) : host);
            }
            if (seed.port() == self.port() && own.startsWith(other + ".")) {
                String end = own.substring(other.length());
                return each(found, host -> host + end);
            }
        }
        return each(found, host -> host);
    }

    private interface Change {
        String of(String host);
    }

    private static List<Seed> each(List<Seed> found, Change change) {
        return found.stream()
                .map(seed -> new Seed(change.of(name(seed.host())), seed.port()))
                .distinct()
                .sorted(Comparator.comparing(Seed::host).thenComparing(Seed::port))
                .toList();
    }

    private static String name(String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return name.toLowerCase(Locale.ROOT);
    }
}
