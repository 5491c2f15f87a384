package dev.skein.node.rule.connect;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.skein.connectors.api.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What {@code skein.connectors} says of one back end.
 *
 * @param type name of the kind of connector
 * @param settings its own keys
 */
public record ConnectorSettings(String id, String type, Settings settings) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final String PATH = "skein.connectors";

    /**
     * Reads the section {@code skein.connectors}.
     *
     * @param skein the section {@code skein}
     * @throws ConfigException naming the key that is wrong
     */
    public static Map<String, ConnectorSettings> from(Config skein) {
        Map<String, ConnectorSettings> byId = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(skein.getObject("connectors")).entrySet()) {
            String id = entry.getKey();
            String path = PATH + "." + id;
            if (!ID.matcher(id).matches()) {
                throw new ConfigException.Generic(PATH + ": " + id + " (expected: 1..64 letters, digits, - or _)");
            }
            if (!(entry.getValue() instanceof ConfigObject section)) {
                throw new ConfigException.Generic(path + ": no section (expected: a section with its type)");
            }
            Map<String, Object> values = new HashMap<>(section.unwrapped());
            Object type = values.remove("type");
            if (!(type instanceof String name)) {
                throw new ConfigException.Generic(
                        path + ".type: " + (type == null ? "nothing" : "no text") + " (expected: a kind of connector)");
            }
            byId.put(id, new ConnectorSettings(id, name, new Settings(path, Map.copyOf(values))));
        }
        return byId;
    }

    /** Without the values: some are secret. */
    @Override
    public String toString() {
        return "ConnectorSettings[" + id + ", " + type + "]";
    }
}
