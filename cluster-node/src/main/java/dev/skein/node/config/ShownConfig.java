package dev.skein.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.skein.persistence.schema.JdbcAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The configuration as a person may see it: HOCON, secrets masked. */
public final class ShownConfig {
    private static final String MASK = "***";

    /** {@code password-hash = "$2a$..."} in a text that could not be read as a whole. */
    private static final Pattern NAMED_SECRET =
            Pattern.compile("(?i)((?:password|password-hash|secret|token)\"?\\s*[=:]\\s*)(?:\"[^\"]*\"?|[^,}\\s]+)");

    private ShownConfig() {}

    /** A piece of configuration as it may stand in a message: also one that nothing else could be made of. */
    static String masked(String text) {
        return NAMED_SECRET.matcher(JdbcAddress.masked(text)).replaceAll("$1" + MASK);
    }

    /** Everything under {@code skein}. */
    public static String render(Config config) {
        ConfigRenderOptions options = ConfigRenderOptions.defaults()
                .setOriginComments(false)
                .setComments(false)
                .setJson(false);
        ConfigValue masked = masked("skein", config.getValue("skein"));
        return masked.atKey("skein").root().render(options).stripTrailing();
    }

    private static ConfigValue masked(String name, ConfigValue value) {
        return switch (value) {
            case ConfigObject object -> {
                Map<String, ConfigValue> members = new LinkedHashMap<>();
                object.forEach((key, member) -> members.put(key, masked(key, member)));
                yield ConfigValueFactory.fromMap(members);
            }
            case ConfigList list ->
                ConfigValueFactory.fromIterable(
                        list.stream().map(element -> masked(name, element)).toList());
            default -> scalar(name, value);
        };
    }

    private static ConfigValue scalar(String name, ConfigValue value) {
        if (value.valueType() == ConfigValueType.NULL) {
            return value;
        }
        String text = String.valueOf(value.unwrapped());
        if (ConfigCheck.isSecret(name)) {
            return ConfigValueFactory.fromAnyRef(text.isEmpty() ? "" : MASK);
        }
        boolean url = value.valueType() == ConfigValueType.STRING;
        return url ? ConfigValueFactory.fromAnyRef(JdbcAddress.masked(text)) : value;
    }
}
