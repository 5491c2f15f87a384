package dev.skein.node.registry;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValueType;
import dev.skein.protocol.wire.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One instance's section with the defaults behind it; every failure names the full key where the value stands.
 *
 * @param path full path of the section
 * @param own what the section itself says
 * @param defaults what {@code skein.instance-defaults} says
 */
record Section(String path, Config own, Config defaults) {
    private static final String AUTO = "auto";

    <E extends Enum<E>> E constant(String key, Class<E> type) {
        return constant(key, text(key), type);
    }

    /** {@code auto} gives {@code whenAuto}. */
    <E extends Enum<E>> E constantOrAuto(String key, Class<E> type, E whenAuto) {
        String text = text(key);
        if (text.equals(AUTO)) {
            return whenAuto;
        }
        try {
            return parse(text, type);
        } catch (IllegalArgumentException e) {
            throw wrong(key, text, names(type) + " or auto");
        }
    }

    int integerOrAuto(String key, int min, int max, int whenAuto) {
        String text = text(key);
        if (text.equals(AUTO)) {
            return whenAuto;
        }
        return (int) ranged(key, text, min, max, " or auto", Config::getLong);
    }

    long number(String key, long max) {
        return ranged(key, text(key), 0, max, "", Config::getLong);
    }

    long bytes(String key) {
        return ranged(key, text(key), 0, Long.MAX_VALUE / 2, "", Config::getBytes);
    }

    int bytesOrAuto(String key, int min, int max, int whenAuto) {
        String text = text(key);
        if (text.equals(AUTO)) {
            return whenAuto;
        }
        return (int) ranged(key, text, min, max, " or auto", Config::getBytes);
    }

    boolean booleanOrAuto(String key, boolean whenAuto) {
        return switch (text(key)) {
            case AUTO -> whenAuto;
            case "true" -> true;
            case "false" -> false;
            case String other -> throw wrong(key, other, "true, false or auto");
        };
    }

    boolean onOrAuto(String key, boolean whenAuto) {
        return switch (text(key)) {
            case AUTO -> whenAuto;
            case "on" -> true;
            case "off" -> false;
            case String other -> throw wrong(key, other, "on, off or auto");
        };
    }

    Duration durationOrAuto(String key, Duration min, Duration max, Duration whenAuto) {
        String text = text(key);
        return text.equals(AUTO) ? whenAuto : duration(key, text, min, max, " or auto");
    }

    Duration duration(String key, Duration min, Duration max) {
        return duration(key, text(key), min, max, "");
    }

    List<String> texts(String key) {
        return read(key, "a list of texts", c -> c.getStringList(key));
    }

    /** The sections of a list, each with its own path. */
    List<Entry> entries(String key, Set<String> known) {
        List<? extends ConfigObject> objects = read(key, "a list of sections", c -> c.getObjectList(key));
        return IntStream.range(0, objects.size())
                .mapToObj(i -> {
                    String entryPath = full(key) + "[" + i + "]";
                    InstanceKeys.checkInner(entryPath, objects.get(i), known);
                    return new Entry(entryPath, objects.get(i));
                })
                .toList();
    }

    /** The section's own section at {@code key}; empty when it has none. */
    ConfigObject object(String key) {
        return own.hasPath(key) ? own.getObject(key) : ConfigFactory.empty().root();
    }

    /** The failure that a value of {@code key} deserves. */
    ConfigException wrong(String key, String value, String expected) {
        return new ConfigException.Generic("%s: %s (expected: %s)".formatted(full(key), value, expected));
    }

    /** The failure of a rule with a text of its own, for one element of a list. */
    ConfigException broken(String key, int index, String violation) {
        return new ConfigException.Generic(full(key) + "[" + index + "]: " + violation);
    }

    private String full(String key) {
        return (own.hasPathOrNull(key) ? path : "skein.instance-defaults") + "." + key;
    }

    private <T> T read(String key, String expected, Function<Config, T> reader) {
        try {
            return reader.apply(own.hasPathOrNull(key) ? own : defaults);
        } catch (ConfigException e) {
            throw wrong(key, shown(key), expected);
        }
    }

    String text(String key) {
        return read(key, "a value", c -> c.getString(key));
    }

    // Only kinds, not contents: the value may hold a secret where it does not belong.
    private String shown(String key) {
        Config holder = own.hasPathOrNull(key) ? own : defaults;
        if (!holder.hasPath(key)) {
            return "nothing";
        }
        ConfigValueType type = holder.getValue(key).valueType();
        return switch (type) {
            case LIST -> "a list";
            case OBJECT -> "a section";
            case NULL -> "nothing";
            case STRING, NUMBER, BOOLEAN -> holder.getString(key);
        };
    }

    private long ranged(String key, String text, long min, long max, String orAuto, Getter getter) {
        String expected = min + ".." + max + orAuto;
        long value = read(key, expected, c -> getter.get(c, key));
        if (value < min || value > max) {
            throw wrong(key, text, expected);
        }
        return value;
    }

    private Duration duration(String key, String text, Duration min, Duration max, String orAuto) {
        String expected = DurationText.range(min, max) + orAuto;
        Duration value = read(key, expected, c -> c.getDuration(key));
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw wrong(key, text, expected);
        }
        return value;
    }

    private <E extends Enum<E>> E constant(String key, String text, Class<E> type) {
        try {
            return parse(text, type);
        } catch (IllegalArgumentException e) {
            throw wrong(key, text, names(type));
        }
    }

    private static <E extends Enum<E>> E parse(String text, Class<E> type) {
        if (!text.equals(text.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(text);
        }
        return Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private static <E extends Enum<E>> String names(Class<E> type) {
        return Stream.of(type.getEnumConstants())
                .map(e -> e.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .collect(Collectors.joining(", "));
    }

    /** Reads a number of some unit at a key. */
    private interface Getter {
        long get(Config config, String key);
    }

    /**
     * One section of a list.
     *
     * @param path such as {@code skein.instances.fleet.users[0]}
     */
    record Entry(String path, ConfigObject object) {

        /** A text that must be there; its value is in no failure text. */
        String text(String key) {
            try {
                return object.toConfig().getString(key);
            } catch (ConfigException e) {
                throw new ConfigException.Generic(path + "." + key + ": "
                        + (object.containsKey(key) ? "no text" : "nothing") + " (expected: a text)");
            }
        }

        /** A text, or {@code otherwise} when the key is not there. */
        String textOr(String key, String otherwise) {
            return object.containsKey(key) ? text(key) : otherwise;
        }

        /** A list of texts; empty when the key is not there. */
        List<String> texts(String key) {
            if (!object.containsKey(key)) {
                return List.of();
            }
            try {
                return object.toConfig().getStringList(key);
            } catch (ConfigException e) {
                throw new ConfigException.Generic(path + "." + key + ": no list (expected: a list of texts)");
            }
        }

        <E extends Enum<E>> E constant(String key, String text, Class<E> type) {
            try {
                return parse(text, type);
            } catch (IllegalArgumentException e) {
                throw broken(key, "%s (expected: %s)".formatted(text, names(type)));
            }
        }

        ConfigException broken(String key, String violation) {
            return new ConfigException.Generic(path + "." + key + ": " + violation);
        }
    }
}
