package dev.skein.node.rule;

import com.typesafe.config.Config;
import dev.skein.node.registry.InstanceSeeds;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.RuleDefinition;
import dev.skein.node.rule.connect.ConnectorSettings;
import dev.skein.node.rule.connect.ConnectorTypes;
import dev.skein.node.rule.flow.ForwardSettings;
import dev.skein.node.rule.flow.ForwardSettings.SpoolBounds;
import dev.skein.protocol.wire.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is configured of rules.
 *
 * @param connectorsDirectory a further directory with connectors; empty for none
 * @param forward bounds of each rule with a target
 * @param connectors back ends by id
 */
public record RulesSettings(
        String connectorsDirectory, ForwardSettings forward, Map<String, ConnectorSettings> connectors) {
    private static final int WINDOW_MAX = 1_000_000;
    private static final long BYTES_MIN = 1 << 16;

    /**
     * Reads {@code skein.rules} and {@code skein.connectors}; an exception names the key.
     *
     * @param skein the section {@code skein}
     */
    public static RulesSettings from(Config skein) {
        Config rules = skein.getConfig("rules");
        return new RulesSettings(
                rules.getString("connectors-directory"), forward(rules), ConnectorSettings.from(skein));
    }

    private static ForwardSettings forward(Config rules) {
        Duration retry = duration(rules, "retry", Duration.ofMillis(10), Duration.ofMinutes(1));
        return new ForwardSettings(
                (int) number(rules, "window-messages", 1, WINDOW_MAX),
                bytes(rules, "window-bytes"),
                bytes(rules, "waiting-bytes"),
                duration(rules, "patience", Duration.ofMillis(100), Duration.ofMinutes(10))
                        .toNanos(),
                retry.toNanos(),
                duration(rules, "retry-max", retry, Duration.ofHours(1)).toNanos(),
                new SpoolBounds(
                        number(rules, "spool.max-messages", 1, Long.MAX_VALUE / 2),
                        bytes(rules, "spool.max-bytes"),
                        duration(rules, "spool.max-age", Duration.ofMinutes(1), Duration.ofDays(3650))
                                .toMillis(),
                        dropsOldest(rules.getString("spool.when-full")),
                        rules.getBoolean("spool.qos0")));
    }

    private static boolean dropsOldest(String text) {
        return switch (text) {
            case "hold" -> false;
            case "drop-oldest" -> true;
            default ->
                throw new IllegalArgumentException(
                        "skein.rules.spool.when-full: " + text + " (expected: hold or drop-oldest)");
        };
    }

    private static long number(Config rules, String key, long min, long max) {
        return ranged(key, rules.getLong(key), min, max);
    }

    private static long bytes(Config rules, String key) {
        return ranged(key, rules.getBytes(key), BYTES_MIN, Long.MAX_VALUE / 2);
    }

    private static long ranged(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "skein.rules." + key + ": " + value + " (expected: " + min + ".." + max + ")");
        }
        return value;
    }

    private static Duration duration(Config rules, String key, Duration min, Duration max) {
        Duration value = rules.getDuration(key);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException("skein.rules." + key + ": " + DurationText.of(value) + " (expected: "
                    + DurationText.range(min, max) + ")");
        }
        return value;
    }

    /**
     * What keeps the configured connectors and rules from working, one line for each: kinds whose jars are missing,
     * settings that a connector does not understand, rules of connectors that nobody configures.
     */
    public static List<String> problems(Config skein) {
        RulesSettings settings = from(skein);
        Map<String, ConnectorSettings> connectors = settings.connectors();
        List<String> problems = new ArrayList<>();
        if (!connectors.isEmpty()) {
            ConnectorTypes types = ConnectorTypes.find(settings.connectorsDirectory());
            for (ConnectorSettings each : connectors.values()) {
                problems.addAll(types.problems(each.type(), each.settings()));
            }
            problems.addAll(types.problems());
        }
        for (InstanceView view : new TreeMap<>(InstanceSeeds.from(skein)).values()) {
            for (RuleDefinition rule : new TreeMap<>(view.rules().byId()).values()) {
                if (!connectors.containsKey(rule.connector())) {
                    problems.add("skein.instances.%s.rules.%s.connector: %s (expected: one of skein.connectors%s)"
                            .formatted(
                                    view.id(),
                                    rule.id(),
                                    rule.connector(),
                                    connectors.isEmpty() ? "" : ": " + String.join(", ", connectors.keySet())));
                }
            }
        }
        return problems;
    }
}
