package dev.skein.node.config;

import com.typesafe.config.Config;
import dev.skein.node.admission.AdmissionSettings;
import dev.skein.node.auth.AuthSettings;
import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.control.HealthSettings;
import dev.skein.node.control.HttpSettings;
import dev.skein.node.edge.EdgeSettings;
import dev.skein.node.edge.ListenerSettings;
import dev.skein.node.edge.TlsSettings;
import dev.skein.node.edge.mqtt.MqttSettings;
import dev.skein.node.governor.MemorySettings;
import dev.skein.node.observe.MetricsSettings;
import dev.skein.node.registry.InstanceSeeds;
import dev.skein.node.rule.RulesSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where a node's configuration comes from. */
public final class ConfigOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration in HOCON; it may include other files.")
    private @Nullable Path file;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory of the embedded database: sets skein.storage.directory (default: ./data).")
    private @Nullable Path data;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "Any key, for example skein.listeners.mqtt.port=1884. May be repeated; the later one wins.")
    private List<String> sets = new ArrayList<>();

    /** Loads from these options and the process's environment. */
    public Config load() throws InvalidConfigException {
        return ConfigLoader.load(sources(), sections(), (_, mended) -> StartChecks.ofEveryStart(mended));
    }

    /** As {@link #load}; looks at files and names of this machine too. */
    public Config check(Consumer<String> warn) throws InvalidConfigException {
        return ConfigLoader.load(sources(), sections(), (given, mended) -> StartChecks.problems(given, mended, warn));
    }

    private ConfigLoader.Sources sources() {
        return new ConfigLoader.Sources(file, data, sets, System.getenv());
    }

    /** Readers of parts: each refuses what its own rules refuse, ranges above all. The last one reads everything. */
    static List<Consumer<Config>> sections() {
        return List.of(
                config -> LogSettings.from(config.getConfig("skein.log")),
                config -> ListenerSettings.from(config.getConfig("skein")),
                config -> TlsSettings.from(config.getConfig("skein.tls")),
                config -> AdmissionSettings.from(
                        config.getConfig("skein.admission"),
                        Runtime.getRuntime().availableProcessors()),
                config -> ClusterSettings.from(config.getConfig("skein.cluster")),
                config -> EdgeSettings.from(config.getConfig("skein.edge")),
                config -> MqttSettings.from(config.getConfig("skein")),
                config -> AuthSettings.from(config.getConfig("skein.auth")),
                config -> HttpSettings.from(config.getConfig("skein.http")),
                config -> HealthSettings.from(config.getConfig("skein.health")),
                config -> MemorySettings.from(config.getConfig("skein.memory")),
                config -> MetricsSettings.from(config.getConfig("skein.metrics")),
                config -> InstanceSeeds.from(config.getConfig("skein")),
                config -> RulesSettings.from(config.getConfig("skein")),
                NodeConfig::from);
    }
}
