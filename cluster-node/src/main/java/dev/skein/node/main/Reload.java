package dev.skein.node.main;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.LinkTls;
import dev.skein.node.config.InvalidConfigException;
import dev.skein.node.config.LogSettings;
import dev.skein.node.edge.TlsSettings;
import dev.skein.node.wiring.Failures;
import dev.skein.node.wiring.Logging;
import dev.skein.node.wiring.SkeinNode;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration of a running node again: log levels and certificates are put in force, and what else has
 * changed is named. A configuration that is wrong changes nothing. Thread-safe.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);
    private static final long CERTIFICATES_SECONDS = 30;

    private static final List<String> LOG_KEYS = List.of(
            "skein.log.level",
            "skein.log.level-libraries",
            "skein.log.clients",
            "skein.log.audit",
            "skein.log.audit-file");
    private static final List<String> TLS_KEYS = List.of(
            "skein.tls.certificate",
            "skein.tls.key",
            "skein.tls.key-password",
            "skein.tls.client-auth",
            "skein.tls.client-ca",
            "skein.tls.client-crl",
            "skein.tls.client-crl-expired",
            "skein.tls.protocols");

    private static final List<String> LINK_KEYS = List.of(
            "skein.cluster.tls.certificate",
            "skein.cluster.tls.key",
            "skein.cluster.tls.key-password",
            "skein.cluster.tls.ca");

    /** Reads all sources, as at the start. */
    interface Source {
        /** The whole configuration, checked. */
        Config load() throws InvalidConfigException;
    }

    private final Source source;
    private Config running;

    /** @param started what the node was started with */
    Reload(Source source, Config started) {
        this.source = source;
        this.running = started;
    }

    /** What is in force: for a node that starts anew in this process. */
    synchronized Config running() {
        return running;
    }

    /** @param node the one that serves, or null while none does */
    synchronized void read(@Nullable SkeinNode node) {
        Config now;
        try {
            now = source.load();
        } catch (InvalidConfigException e) {
            e.problems().forEach(problem -> LOG.error("SIGHUP: everything stays as it is: {}", problem));
            return;
        }
        setLevels(now);
        readCertificates(now, node);
        tellTheRest(now);
    }

    private void setLevels(Config now) {
        Set<String> changed = changed(now);
        changed.retainAll(LOG_KEYS);
        if (changed.isEmpty()) {
            setLogging(now); // the file of the audit log may have been moved away
            return;
        }
        StringBuilder line = new StringBuilder("SIGHUP: in force now:");
        changed.forEach(key -> line.append(' ').append(key).append(" = ").append(now.getString(key)));
        boolean told = LOG.isInfoEnabled();
        if (told) {
            LOG.info("{}", line);
        }
        setLogging(now);
        if (!told) {
            LOG.info("{}", line);
        }
        take(now, LOG_KEYS);
    }

    private static void setLogging(Config now) {
        try {
            Logging.set(LogSettings.from(now.getConfig("skein.log")));
        } catch (UncheckedIOException e) {
            LOG.error("SIGHUP: the audit log stays where it is: {}", e.getMessage());
        }
    }

    private void readCertificates(Config now, @Nullable SkeinNode node) {
        if (node == null) {
            LOG.info("SIGHUP: the certificates are read when the node begins to serve");
            return;
        }
        await("certificates", now, TLS_KEYS, node.readCertificates(TlsSettings.from(now.getConfig("skein.tls"))));
        LinkTls links = ClusterSettings.from(now.getConfig("skein.cluster")).tls();
        if (links != null) {
            await("certificates of the links", now, LINK_KEYS, node.readCertificates(links));
        }
    }

    private void await(String what, Config now, List<String> keys, CompletionStage<Boolean> reading) {
        try {
            if (reading.toCompletableFuture().get(CERTIFICATES_SECONDS, TimeUnit.SECONDS)) {
                LOG.info("SIGHUP: the {} were read again", what);
                take(now, keys);
            }
        } catch (ExecutionException e) {
            LOG.error("SIGHUP: the {} stay as they are: {}", what, Failures.describe(e));
        } catch (TimeoutException e) {
            LOG.error("SIGHUP: the {} stay as they are: not read within {} s", what, CERTIFICATES_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tellTheRest(Config now) {
        Set<String> changed = changed(now);
        if (changed.isEmpty()) {
            LOG.info("SIGHUP: nothing else has changed in the configuration");
        } else {
            LOG.warn("SIGHUP: changed, and in force only after a restart: {}", String.join(", ", changed));
        }
    }

    private void take(Config now, List<String> keys) {
        for (String key : keys) {
            running = running.withValue(key, now.getValue(key));
        }
    }

    /** Names only: a value may be a secret. */
    private Set<String> changed(Config now) {
        Map<String, Object> before = leaves(running);
        Map<String, Object> after = leaves(now);
        Set<String> all = new HashSet<>(before.keySet());
        all.addAll(after.keySet());
        Set<String> changed = new TreeSet<>();
        for (String key : all) {
            if (!Objects.equals(before.get(key), after.get(key))) {
                changed.add(key);
            }
        }
        return changed;
    }

    private static Map<String, Object> leaves(Config config) {
        Map<String, Object> leaves = new HashMap<>();
        for (Map.Entry<String, ConfigValue> entry : config.entrySet()) {
            // Numbers and words of the same text are the same: a variable is text.
            leaves.put(entry.getKey(), String.valueOf(entry.getValue().unwrapped()));
        }
        return leaves;
    }
}
