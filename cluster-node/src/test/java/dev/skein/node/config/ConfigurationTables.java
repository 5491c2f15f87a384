package dev.skein.node.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes {@code reference.conf} as Markdown: one table a section, in the order of the file. */
final class ConfigurationTables {
    private final StringBuilder text = new StringBuilder();
    private final Map<String, String> meanings = new HashMap<>();
    private final List<String> keysWithoutMeaning = new ArrayList<>();

    private ConfigurationTables() {}

    /** The tables of everything under {@code skein}. */
    static ConfigurationTables of(ConfigObject skein) {
        ConfigurationTables tables = new ConfigurationTables();
        inFileOrder(skein).forEach(entry -> tables.section("skein." + entry.getKey(), (ConfigObject) entry.getValue()));
        return tables;
    }

    String markdown() {
        return text.toString();
    }

    /** Keys that no comment of the file explains. */
    List<String> keysWithoutMeaning() {
        return keysWithoutMeaning;
    }

    private void section(String path, ConfigObject section) {
        meanings.clear();
        text.append("\n### ").append(path).append("\n\n");
        String about = comment(section);
        if (!about.isEmpty()) {
            text.append(about).append("\n\n");
        }
        text.append("| key | default | meaning |\n| --- | --- | --- |\n");
        rows(path, "", section);
    }

    private void rows(String path, String above, ConfigObject section) {
        for (var entry : inFileOrder(section)) {
            String name = above + ConfigUtil.joinPath(entry.getKey());
            ConfigValue value = entry.getValue();
            if (value instanceof ConfigObject child) {
                rows(path, name + ".", child);
                continue;
            }
            String meaning = meanings.getOrDefault(entry.getKey(), "");
            if (!comment(value).isEmpty()) {
                meaning = comment(value);
            }
            if (meaning.isEmpty()) {
                keysWithoutMeaning.add(path + "." + name);
            }
            if (path.equals("skein.listeners")) {
                meanings.putIfAbsent(
                        entry.getKey(), meaning); // the listeners have the same keys: told once, at the first
            }
            text.append("| `").append(name).append("` | `").append(shown(value)).append("` | ");
            text.append(meaning.replace("|", "\\|")).append(" |\n");
        }
    }

    private static List<Map.Entry<String, ConfigValue>> inFileOrder(ConfigObject object) {
        return object.entrySet().stream()
                .sorted(Comparator.comparingInt(
                        entry -> entry.getValue().origin().lineNumber()))
                .toList();
    }

    private static String comment(ConfigValue value) {
        return value.origin().comments().stream().map(String::strip).collect(Collectors.joining(" "));
    }

    private static String shown(ConfigValue value) {
        if (value instanceof ConfigList list) {
            return list.render(ConfigRenderOptions.concise());
        }
        String plain = String.valueOf(value.unwrapped());
        return plain.isEmpty() ? "\"\"" : plain;
    }
}
