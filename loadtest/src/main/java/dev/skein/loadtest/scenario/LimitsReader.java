package dev.skein.loadtest.scenario;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Reads the criteria of a scenario. What a file does not say is what the QoS promises. */
final class LimitsReader {
    private static final List<String> PERCENTILES = List.of("p50", "p90", "p99", "p99.9", "max");

    private final List<Group> groups;
    private final List<Flow> flows;

    LimitsReader(List<Group> groups, List<Flow> flows) {
        this.groups = groups;
        this.flows = flows;
    }

    Limits limits(Keys keys) {
        Keys connections = keys.section("connections");
        Limits.ConnectionLimits connectionLimits = new Limits.ConnectionLimits(
                most(connections, "failed", OptionalLong.of(0)),
                most(connections, "lost", OptionalLong.of(0)),
                times(connections));
        connections.end();
        Map<String, Keys> named = keys.named("flows");
        Map<String, Limits.FlowLimits> all = new HashMap<>();
        for (Flow flow : flows) {
            Keys own = named.remove(flow.name());
            all.put(flow.name(), limits(flow, own == null ? Keys.empty() : own));
        }
        named.forEach((name, unknown) -> {
            throw unknown.wrong("", "no such flow", "one of " + String.join(", ", all.keySet()));
        });
        boolean schedule = keys.flag("schedule", true);
        keys.end();
        return new Limits(connectionLimits, all, schedule);
    }

    private Limits.FlowLimits limits(Flow flow, Keys keys) {
        OptionalLong none = OptionalLong.of(0);
        OptionalLong any = OptionalLong.empty();
        List<String> to = keys.texts("to", List.of());
        for (String group : to) {
            if (groups.stream().noneMatch(each -> each.name().equals(group))) {
                throw keys.wrong("to", group, "a group");
            }
        }
        Limits.FlowLimits limits = new Limits.FlowLimits(
                to,
                times(keys),
                most(keys, "lost", flow.qos() > 0 ? none : any),
                most(keys, "duplicates", flow.qos() == 2 ? none : any),
                most(keys, "order-breaks", none),
                most(keys, "unacknowledged", none),
                keys.integer("at-least", 0, ScenarioFile.MOST, 1));
        keys.end();
        return limits;
    }

    private static Map<String, Duration> times(Keys keys) {
        Map<String, Duration> times = new LinkedHashMap<>();
        for (String percentile : PERCENTILES) {
            if (keys.has(percentile)) {
                times.put(percentile, keys.duration(percentile, Duration.ZERO));
            }
        }
        return times;
    }

    private static OptionalLong most(Keys keys, String key, OptionalLong otherwise) {
        if (keys.text(key, "").equals("any")) {
            return OptionalLong.empty();
        }
        return keys.has(key) ? OptionalLong.of(keys.integer(key, 0, ScenarioFile.MOST)) : otherwise;
    }
}
