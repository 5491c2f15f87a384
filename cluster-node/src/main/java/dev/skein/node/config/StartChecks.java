package dev.skein.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.LinkTls;
import dev.skein.node.edge.ListenerSettings;
import dev.skein.node.edge.Listeners;
import dev.skein.node.edge.TlsSettings;
import dev.skein.node.rule.RulesSettings;
import dev.skein.node.trust.LinkContexts;
import dev.skein.persistence.jdbc.JdbcStores;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a start on this machine would stumble over, though the configuration is right in itself. */
final class StartChecks {
    /** With these as they were given, the database is the node's. */
    private static final List<String> STORAGE = List.of("skein.storage.directory", "skein.storage.jdbc.url");

    private StartChecks() {}

    /**
     * Looks at the heap, at certificates, the embedded database's file and names that have to have an address. Opens
     * nothing.
     *
     * @param given the configuration as it was given
     * @param mended the same with wrong keys at their defaults
     * @param warn told of what does not keep a node from starting
     */
    static List<String> problems(Config given, Config mended, Consumer<String> warn) {
        List<String> problems = missingTrust(given);
        NodeConfig node;
        try {
            node = NodeConfig.from(mended);
        } catch (ConfigException | IllegalArgumentException e) {
            return problems; // told already, by the readers of the sections
        }
        problems.addAll(ofEveryStart(mended));
        problems.addAll(Listeners.problems(node.listeners(), files(given, mended), warn));
        if (STORAGE.stream().allMatch(key -> given.getValue(key).equals(mended.getValue(key)))) {
            JdbcStores.problem(node.storage().url()).ifPresent(problems::add);
        }
        for (ListenerSettings listener : node.listeners()) {
            if (listener.enabled() && (!listener.tls() || node.tls().enabled())) {
                String key = "skein.listeners." + listener.name() + ".host";
                listener.hosts().toBind().forEach(host -> resolve(key, host, problems));
            }
        }
        auditFile(mended).ifPresent(problems::add);
        if (node.http().enabled()) {
            node.http().hosts().toBind().forEach(host -> resolve("skein.http.host", host, problems));
        }
        LinkTls links = node.cluster().tls();
        if (links != null) {
            problems.addAll(LinkContexts.problems(links, node.cluster().host(), warn));
        }
        if (node.health().enabled()) {
            node.health().hosts().toBind().forEach(host -> resolve("skein.health.host", host, problems));
        }
        boolean bound = !node.cluster().bindHost().isEmpty();
        resolve(
                bound ? "skein.cluster.bind-host" : "skein.cluster.host",
                bound ? node.cluster().bindHost() : node.cluster().host(),
                problems);
        return problems;
    }

    /** What also a start looks at before it begins. */
    static List<String> ofEveryStart(Config mended) {
        List<String> problems = new ArrayList<>(HeapShares.problems(mended));
        try {
            problems.addAll(RulesSettings.problems(mended.getConfig("skein")));
        } catch (ConfigException | IllegalArgumentException e) {
            return problems; // told already, by the readers of the sections
        }
        return problems;
    }

    private static Optional<String> auditFile(Config mended) {
        LogSettings log = LogSettings.from(mended.getConfig("skein.log"));
        if (!log.audit() || log.auditFile().isEmpty()) {
            return Optional.empty();
        }
        Path file = Path.of(log.auditFile()).toAbsolutePath();
        Path directory = file.getParent();
        boolean usable = Files.exists(file)
                ? Files.isRegularFile(file) && Files.isWritable(file)
                : directory != null && Files.isDirectory(directory) && Files.isWritable(directory);
        return usable
                ? Optional.empty()
                : Optional.of("skein.log.audit-file: " + file + " cannot be written (expected: a file of this user)");
    }

    /** All files that nodes need to know one another: who reads the whole stops at the first one. */
    private static List<String> missingTrust(Config given) {
        List<String> problems = new ArrayList<>();
        ClusterSettings cluster;
        try {
            cluster = ClusterSettings.from(given.getConfig("skein.cluster"));
        } catch (ConfigException | IllegalArgumentException e) {
            return problems; // told already
        }
        for (String file : LinkTls.FILES) {
            try {
                cluster.requireTrust(file);
            } catch (IllegalArgumentException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return problems;
    }

    /** The files that were given, also when one that belongs to them is missing. */
    private static TlsSettings files(Config given, Config mended) {
        Config tls = mended.getConfig("skein.tls");
        for (String file : TlsSettings.FILES) {
            ConfigValue value = given.getValue("skein.tls." + file);
            if (value.valueType() == ConfigValueType.STRING) {
                tls = tls.withValue(file, value);
            }
        }
        try {
            return TlsSettings.incomplete(tls);
        } catch (IllegalArgumentException e) {
            return TlsSettings.incomplete(mended.getConfig("skein.tls")); // a path that is none is told already
        }
    }

    private static void resolve(String key, String host, List<String> problems) {
        try {
            InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            problems.add(key + ": " + host + " (expected: an address of this host, or a name that has one)");
        }
    }
}
