package dev.skein.node.registry;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads the rules of one instance. */
final class RuleReader {
    private static final Set<String> OF_ALL =
            Set.of("kind", "connector", "description", "enabled", "dead-letter-topic", "options");

    private RuleReader() {}

    /**
     * The rules of an instance's own section; the defaults have none.
     *
     * @param path of the section {@code rules}
     */
    static InstanceRules read(String path, ConfigObject rules, int max, boolean oneEach) {
        Map<String, RuleDefinition> byId = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(rules).entrySet()) {
            String id = entry.getKey();
            String at = path + "." + id;
            if (RuleChecks.id(id) != null) {
                throw new ConfigException.Generic(path + ": " + RuleChecks.id(id));
            }
            if (!(entry.getValue() instanceof ConfigObject section)) {
                throw new ConfigException.Generic(at + ": no section (expected: a section of keys)");
            }
            RuleDefinition rule = rule(id, new Section.Entry(at, section));
            String broken = RuleChecks.beside(rule, new InstanceRules(byId, max, oneEach));
            if (broken != null) {
                throw new ConfigException.Generic(at + "." + broken);
            }
            byId.put(id, rule);
        }
        return new InstanceRules(byId, max, oneEach);
    }

    private static RuleDefinition rule(String id, Section.Entry entry) {
        RuleKind kind = entry.constant("kind", entry.text("kind"), RuleKind.class);
        String resourceKey = RuleChecks.resourceKey(kind);
        String topicKey = RuleChecks.topicKey(kind);
        Set<String> known = new HashSet<>(OF_ALL);
        known.add(resourceKey);
        known.add(topicKey);
        if (kind == RuleKind.OUTBOUND) {
            known.add("include-api");
        }
        InstanceKeys.checkInner(entry.path(), entry.object(), known);
        RuleDefinition rule = new RuleDefinition(
                id,
                kind,
                entry.text("connector"),
                entry.text(resourceKey),
                entry.text(topicKey),
                entry.textOr("description", ""),
                flag(entry, "enabled", true),
                flag(entry, "include-api", false),
                entry.textOr("dead-letter-topic", ""),
                options(entry));
        String violation = RuleChecks.violation(rule);
        if (violation != null) {
            throw new ConfigException.Generic(entry.path() + "." + violation);
        }
        return rule;
    }

    private static boolean flag(Section.Entry entry, String key, boolean otherwise) {
        if (!entry.object().containsKey(key)) {
            return otherwise;
        }
        Config config = entry.object().toConfig();
        try {
            return config.getBoolean(key);
        } catch (ConfigException e) {
            throw entry.broken(key, "no flag (expected: true or false)");
        }
    }

    private static Map<String, Object> options(Section.Entry entry) {
        ConfigValue value = entry.object().get("options");
        if (value == null) {
            return Map.of();
        }
        if (value.valueType() != ConfigValueType.OBJECT) {
            throw entry.broken("options", value.valueType().name().toLowerCase(Locale.ROOT) + " (expected: a section)");
        }
        return ((ConfigObject) value).unwrapped();
    }
}
