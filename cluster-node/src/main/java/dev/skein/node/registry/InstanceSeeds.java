package dev.skein.node.registry;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Map;
import java.util.TreeMap;

/** Reads {@code skein.instances}: what the configuration says of each instance, as views of version 0. */
public final class InstanceSeeds {
    private static final String DEFAULT = "default";

    private InstanceSeeds() {}

    /**
     * Reads every instance, each with {@code skein.instance-defaults} behind it; {@code default} always exists.
     *
     * @param skein the section {@code skein}
     * @throws ConfigException naming the full key that is unknown or wrong
     */
    public static Map<String, InstanceView> from(Config skein) {
        Config defaults = skein.getConfig("instance-defaults");
        InstanceKeys.check("skein.instance-defaults", defaults.root());
        if (!defaults.getObject("rules").isEmpty()) {
            throw new ConfigException.Generic(
                    "skein.instance-defaults.rules: a section (expected: none; rules are those of an instance)");
        }
        Map<String, InstanceView> seeds = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> entry :
                skein.getConfig("instances").root().entrySet()) {
            String id = entry.getKey();
            String violation = RegistryNames.instanceId(id);
            if (violation != null) {
                throw new ConfigException.Generic("skein.instances: " + violation);
            }
            seeds.put(id, read(id, entry.getValue(), defaults));
        }
        seeds.computeIfAbsent(DEFAULT, id -> read(id, ConfigFactory.empty().root(), defaults));
        return Map.copyOf(seeds);
    }

    /** What is traced of each instance that {@link #from} knows, by id. */
    public static Map<String, TraceRules> traces(Config skein) {
        Config defaults = skein.getConfig("instance-defaults");
        Map<String, TraceRules> rules = new TreeMap<>();
        skein.getConfig("instances").root().forEach((id, value) -> rules.put(id, trace(id, value, defaults)));
        rules.computeIfAbsent(DEFAULT, id -> trace(id, ConfigFactory.empty().root(), defaults));
        return Map.copyOf(rules);
    }

    private static TraceRules trace(String id, ConfigValue value, Config defaults) {
        return TraceRules.read(new Section("skein.instances." + id, ((ConfigObject) value).toConfig(), defaults));
    }

    private static InstanceView read(String id, ConfigValue value, Config defaults) {
        String path = "skein.instances." + id;
        if (value.valueType() != ConfigValueType.OBJECT) {
            throw new ConfigException.Generic(path + ": " + value.unwrapped() + " (expected: a section of keys)");
        }
        ConfigObject own = (ConfigObject) value;
        InstanceKeys.check(path, own);
        return InstanceReader.read(id, new Section(path, own.toConfig(), defaults));
    }
}
