package dev.skein.loadtest.scenario;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One section of a scenario's file. Every failure names the file, the key and what was expected; see {@link #end}. */
final class Keys {
    private static final Pattern DURATION = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?(us|ms|s|m|h)");
    private static final Map<String, Long> UNITS =
            Map.of("us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L, "m", 60_000_000_000L, "h", 3_600_000_000_000L);

    private final String file;
    private final String path;
    private final ConfigObject section;
    private final Set<String> known = new TreeSet<>();

    Keys(String file, String path, ConfigObject section) {
        this.file = file;
        this.path = path;
        this.section = section;
    }

    /** A section that says nothing. */
    static Keys empty() {
        return new Keys("", "", ConfigFactory.empty().root());
    }

    /** A failure to throw. */
    IllegalArgumentException wrong(String key, Object value, String expected) {
        String full = path.isEmpty() ? key : key.isEmpty() ? path : path + "." + key;
        return new IllegalArgumentException(file + ": " + full + ": " + value + " (expected: " + expected + ")");
    }

    boolean has(String key) {
        return value(key) != null;
    }

    String text(String key) {
        String text = optionalText(key);
        if (text == null) {
            throw wrong(key, "missing", "text");
        }
        return text;
    }

    String text(String key, String otherwise) {
        String text = optionalText(key);
        return text == null ? otherwise : text;
    }

    @Nullable
    String optionalText(String key) {
        ConfigValue value = value(key);
        if (value == null) {
            return null;
        }
        if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
            throw wrong(key, "a section or list", "text");
        }
        return String.valueOf(value.unwrapped());
    }

    /** A list of texts, or one text alone; {@code otherwise} when the key is missing. */
    List<String> texts(String key, List<String> otherwise) {
        ConfigValue value = value(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof ConfigList list) {
            List<String> texts = new ArrayList<>();
            list.forEach(each -> texts.add(String.valueOf(each.unwrapped())));
            return List.copyOf(texts);
        }
        return List.of(text(key));
    }

    int integer(String key, int least, int most, int otherwise) {
        double number = number(key, least, most, otherwise);
        if (number != Math.rint(number)) {
            throw wrong(key, text(key), "a whole number " + least + ".." + most);
        }
        return (int) number;
    }

    int integer(String key, int least, int most) {
        if (!has(key)) {
            throw wrong(key, "missing", "a whole number " + least + ".." + most);
        }
        return integer(key, least, most, least);
    }

    double number(String key, double least, double most, double otherwise) {
        String text = optionalText(key);
        if (text == null) {
            return otherwise;
        }
        String expected = "a number " + plain(least) + ".." + plain(most);
        double number;
        try {
            number = new BigDecimal(text).doubleValue();
        } catch (NumberFormatException notOne) {
            throw wrong(key, text, expected);
        }
        if (number < least || number > most) {
            throw wrong(key, text, expected);
        }
        return number;
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    boolean flag(String key, boolean otherwise) {
        String text = optionalText(key);
        if (text == null) {
            return otherwise;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(key, text, "true or false");
        };
    }

    Duration duration(String key, Duration otherwise) {
        String text = optionalText(key);
        return text == null ? otherwise : duration(key, text);
    }

    private Duration duration(String key, String text) {
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches()) {
            throw wrong(key, text, "a time such as 200 ms, 30 s, 2 m or 1 h");
        }
        BigDecimal nanos = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit(parts.group(2))));
        return Duration.ofNanos(nanos.longValue());
    }

    private static long unit(String name) {
        Long nanos = UNITS.get(name);
        return nanos == null ? 1 : nanos;
    }

    <E extends Enum<E>> E choice(String key, Class<E> kind, E otherwise) {
        String text = optionalText(key);
        if (text == null) {
            return otherwise;
        }
        List<String> names = new ArrayList<>();
        for (E each : kind.getEnumConstants()) {
            String name = each.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (name.equals(text)) {
                return each;
            }
            names.add(name);
        }
        throw wrong(key, text, "one of " + String.join(", ", names));
    }

    /** A section of fixed keys; empty when it is missing. */
    Keys section(String key) {
        ConfigValue value = value(key);
        if (value == null) {
            return new Keys(file, inner(key), ConfigFactory.empty().root());
        }
        if (value instanceof ConfigObject object) {
            return new Keys(file, inner(key), object);
        }
        throw wrong(key, value.unwrapped(), "a section { ... }");
    }

    /** The sections of a section whose keys are names, in the order of the names' lines. */
    Map<String, Keys> named(String key) {
        Keys outer = section(key);
        List<Map.Entry<String, ConfigValue>> entries = new ArrayList<>(outer.section.entrySet());
        entries.sort(Comparator.comparingInt((Map.Entry<String, ConfigValue> entry) ->
                        entry.getValue().origin().lineNumber())
                .thenComparing(Map.Entry::getKey));
        Map<String, Keys> named = new LinkedHashMap<>();
        for (Map.Entry<String, ConfigValue> entry : entries) {
            named.put(entry.getKey(), outer.section(entry.getKey()));
        }
        return named;
    }

    /** A list of sections. */
    List<Keys> sections(String key) {
        ConfigValue value = value(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof ConfigList list)) {
            throw wrong(key, value.unwrapped(), "a list [ { ... }, ... ]");
        }
        List<Keys> sections = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            if (!(list.get(i) instanceof ConfigObject object)) {
                throw wrong(key + "[" + i + "]", list.get(i).unwrapped(), "a section { ... }");
            }
            sections.add(new Keys(file, inner(key) + "[" + i + "]", object));
        }
        return sections;
    }

    private String inner(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private @Nullable ConfigValue value(String key) {
        known.add(key);
        ConfigValue value = section.get(key);
        return value == null || value.valueType() == ConfigValueType.NULL ? null : value;
    }

    /** Refuses keys that nobody asked for. */
    void end() {
        for (String key : section.keySet()) {
            if (!known.contains(key)) {
                throw wrong(key, "unknown key", "one of " + String.join(", ", known));
            }
        }
    }
}
