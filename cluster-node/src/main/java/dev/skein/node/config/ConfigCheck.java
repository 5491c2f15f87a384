package dev.skein.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.skein.persistence.schema.JdbcAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Compares what a user wrote with the keys that exist. Names each stray key and each wrong type with its place. */
final class ConfigCheck {
    /** Roots that are handed on unchecked, for experts: Pekko and its persistence plugin. */
    static final Set<String> PASSED_ON = Set.of(
            "pekko",
            "pekko-persistence-jdbc",
            "jdbc-journal",
            "jdbc-snapshot-store",
            "jdbc-read-journal",
            "jdbc-durable-state-store");

    private static final Set<String> SECRETS =
            Set.of("password", "secret", "token", "key-password", "password-hash", "secret-key");

    private final ConfigKeys keys;
    private final Consumer<String> problems;
    private final Set<String> unfit = new TreeSet<>();

    ConfigCheck(ConfigKeys keys, Consumer<String> problems) {
        this.keys = keys;
        this.problems = problems;
    }

    /** Whether the last element of a path names something that must not be shown. */
    static boolean isSecret(String name) {
        return SECRETS.contains(name);
    }

    /** Keys that hold a value of another type than theirs, as far as sources were checked. */
    Set<String> unfit() {
        return unfit;
    }

    /** Checks one source; substitutions in it are resolved as far as possible. */
    void check(ConfigObject source) {
        for (String root : new TreeSet<>(source.keySet())) {
            if (root.equals("skein")) {
                checkValue(List.of(root), get(source, root));
            } else if (!PASSED_ON.contains(root)) {
                unknown(root, get(source, root));
            }
        }
    }

    /** Null when the value hangs on a substitution without a target; that problem is told elsewhere. */
    private static @Nullable ConfigValue get(ConfigObject object, String name) {
        try {
            ConfigValue value = object.get(name);
            return value == null || isResolved(value) ? value : null;
        } catch (ConfigException.NotResolved e) {
            return null;
        }
    }

    /** A value whose type cannot be told is an open substitution. */
    private static boolean isResolved(ConfigValue value) {
        try {
            return value.valueType() != null;
        } catch (ConfigException.NotResolved e) {
            return false;
        }
    }

    private void checkValue(List<String> at, @Nullable ConfigValue value) {
        String path = ConfigUtil.joinPath(at);
        ConfigKeys.Kind kind = keys.kind(path);
        if (kind == null) {
            unknown(path, value);
        } else if (kind == ConfigKeys.Kind.SECTION && value instanceof ConfigObject section) {
            checkSection(at, section);
        } else if (value != null && !fits(kind, value)) {
            unfit.add(path);
            problems.accept(
                    path + ": " + shown(path, value) + place(value.origin()) + " (expected: " + kind.expected() + ")");
        }
    }

    private void checkSection(List<String> at, ConfigObject section) {
        Set<String> names;
        try {
            names = new TreeSet<>(section.keySet());
        } catch (ConfigException.NotResolved e) {
            return;
        }
        names.forEach(name -> checkValue(ConfigKeys.append(at, name), get(section, name)));
    }

    private void unknown(String path, @Nullable ConfigValue value) {
        String hint = keys.nearest(path);
        problems.accept(path + ": unknown key" + (value == null ? "" : place(value.origin()))
                + (hint == null ? "" : " (did you mean " + hint + "?)"));
    }

    private static boolean fits(ConfigKeys.Kind kind, ConfigValue value) {
        ConfigValueType type = value.valueType();
        boolean scalar =
                type == ConfigValueType.STRING || type == ConfigValueType.NUMBER || type == ConfigValueType.BOOLEAN;
        return switch (kind) {
            case SECTION, FREE -> type == ConfigValueType.OBJECT;
            case LIST -> type == ConfigValueType.LIST;
            case ADDRESSES, HOSTS -> type == ConfigValueType.LIST || type == ConfigValueType.STRING;
            case TEXT -> scalar;
            case BOOLEAN -> scalar && reads(value, c -> c.getBoolean("v"));
            case WHOLE -> scalar && WrittenNumber.in(value).isWhole();
            case NUMBER -> scalar && reads(value, c -> c.getDouble("v"));
            case DURATION ->
                scalar
                        && reads(value, c -> c.getDuration("v"))
                        && WrittenNumber.in(value).hasUnit();
            case SIZE ->
                scalar
                        && reads(value, c -> c.getBytes("v"))
                        && WrittenNumber.in(value).isWholeBytes();
            case AUTO -> scalar && WrittenNumber.in(value).mayBeAuto();
        };
    }

    private static boolean reads(ConfigValue value, Consumer<Config> reader) {
        try {
            reader.accept(value.atKey("v"));
            return true;
        } catch (ConfigException e) {
            return false;
        }
    }

    /** The value as far as it may be told. */
    static String shown(String path, ConfigValue value) {
        if (isSecret(path.substring(path.lastIndexOf('.') + 1))) {
            return "***";
        }
        return switch (value) {
            case ConfigObject object -> "a section";
            case ConfigList list -> "a list";
            default -> JdbcAddress.masked(String.valueOf(value.unwrapped()));
        };
    }

    /** " at FILE:LINE", or " from SOURCE" where there is no file. */
    static String place(ConfigOrigin origin) {
        String file = origin.filename();
        if (file != null) {
            return " at " + file + ":" + origin.lineNumber();
        }
        // A parsed text is described as "SOURCE: LINE"; the line of a command-line word says nothing.
        return " from " + origin.description().replaceFirst(": \\d+(-\\d+)?$", "");
    }
}
