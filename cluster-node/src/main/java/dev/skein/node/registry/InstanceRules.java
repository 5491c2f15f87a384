package dev.skein.node.registry;

import java.util.HashMap;
import java.util.Map;

/**
 * The rules of an instance, and how many it may have.
 *
 * @param byId rules by their ids
 * @param max 0 for no limit
 * @param oneEach whether a parent topic or group has at most one rule of a kind
 */
public record InstanceRules(Map<String, RuleDefinition> byId, int max, boolean oneEach) {
    /** What an instance has unless configured otherwise. */
    public static final int MAX = 100;

    /** No rules in an instance of open mode. */
    public static final InstanceRules NONE = new InstanceRules(Map.of(), MAX, false);

    /** Copies the map. */
    public InstanceRules {
        byId = Map.copyOf(byId);
    }

    /** The same with {@code added}; what both name stays as it is here. */
    InstanceRules with(Map<String, RuleDefinition> added) {
        if (added.isEmpty()) {
            return this;
        }
        Map<String, RuleDefinition> all = new HashMap<>(added);
        all.putAll(byId);
        return new InstanceRules(all, max, oneEach);
    }
}
