package dev.skein.node.config;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Finds the key that an environment variable sets: the key in upper case with {@code _} for each {@code .} and
 * {@code -}, so {@code SKEIN_STORAGE_JDBC_POOL_SIZE} is {@code skein.storage.jdbc.pool-size}. Immutable.
 */
final class EnvironmentKeys {
    /** Read by the launcher or the client commands; no configuration. */
    static final Set<String> RESERVED =
            Set.of("SKEIN_HOME", "SKEIN_JAVA_HOME", "SKEIN_JAVA_OPTS", "SKEIN_AOT", "SKEIN_URL", "SKEIN_TOKEN");

    /** What Kubernetes sets in every pod beside a Service whose name begins with "skein". */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "SKEIN_(.+_)?SERVICE_(HOST|PORT(_.+)?)|SKEIN_(.+_)?PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private final Map<String, List<String>> paths = new TreeMap<>();
    private final List<String> instanceLeaves;

    /** Knows {@code keys} and, beside any new instance, those in {@code instances}. */
    EnvironmentKeys(ConfigKeys keys, Set<String> instances) {
        keys.leaves().forEach(path -> add(nameOf(path), path));
        instanceLeaves = keys.instanceLeaves();
        instances.forEach(id -> instanceLeaves.forEach(leaf -> {
            String path = instancePath(id, leaf);
            add(nameOf(path), path);
        }));
    }

    private void add(String name, String path) {
        paths.computeIfAbsent(name, n -> new ArrayList<>()).add(path);
    }

    /** Whether the variable is meant for a node's configuration at all. */
    static boolean concernsConfiguration(String name, String value) {
        return name.startsWith("SKEIN_")
                && !RESERVED.contains(name)
                && !SERVICE_LINK.matcher(name).matches()
                && !(name.endsWith("_PORT") && SERVICE_ADDRESS.matcher(value).matches());
    }

    /** The keys that the variable may mean: none when unknown, several when ambiguous. */
    List<String> pathsOf(String name) {
        List<String> known = paths.get(name);
        return known != null ? known : newInstance(name);
    }

    /** A variable may name an instance that no file has; its id is then taken in lower case with '-' for '_'. */
    private List<String> newInstance(String name) {
        String prefix = "SKEIN_INSTANCES_";
        if (!name.startsWith(prefix)) {
            return List.of();
        }
        String rest = name.substring(prefix.length());
        String found = "";
        for (String leaf : instanceLeaves) {
            if (rest.endsWith("_" + nameOf(leaf))
                    && rest.length() > leaf.length() + 1
                    && leaf.length() > found.length()) {
                found = leaf;
            }
        }
        if (found.isEmpty()) {
            return List.of();
        }
        String id = rest.substring(0, rest.length() - found.length() - 1);
        return List.of(instancePath(id.toLowerCase(Locale.ROOT).replace('_', '-'), found));
    }

    private static String instancePath(String id, String leaf) {
        return ConfigKeys.INSTANCES + "." + ConfigUtil.joinPath(id) + "." + leaf;
    }

    /** The variable of a key. */
    static String nameOf(String path) {
        return path.replace("\"", "").replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
