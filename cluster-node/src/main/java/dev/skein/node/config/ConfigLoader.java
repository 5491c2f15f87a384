package dev.skein.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import dev.skein.persistence.schema.JdbcAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Builds a node's configuration. Later sources win: {@code reference.conf}, {@code skein-pekko.conf}, the file of
 * {@code --config}, environment variables, {@code --data}, each {@code --set} in its order. Every key that a user gives
 * is checked against {@code reference.conf}; all problems are found, not only the first.
 */
final class ConfigLoader {
    /**
     * Where a user's values come from.
     *
     * @param file HOCON file; null for none
     * @param data sets {@code skein.storage.directory}; null to leave it
     * @param sets {@code key=value} words in their order
     * @param environment all variables; those that do not begin with {@code SKEIN_} are left alone
     */
    record Sources(@Nullable Path file, @Nullable Path data, List<String> sets, Map<String, String> environment) {
        Sources {
            sets = List.copyOf(sets);
            environment = Map.copyOf(environment);
        }

        /** Nothing but the defaults. */
        static Sources none() {
            return new Sources(null, null, List.of(), Map.of());
        }
    }

    private final List<String> problems = new ArrayList<>();
    private final Config reference;
    private final ConfigKeys keys;

    private ConfigLoader() {
        reference = ConfigFactory.defaultReferenceUnresolved(ConfigLoader.class.getClassLoader());
        keys = new ConfigKeys(
                (ConfigObject) Objects.requireNonNull(reference.root().get("skein"), "skein"));
    }

    /** The keys that exist. */
    static ConfigKeys knownKeys() {
        return new ConfigLoader().keys;
    }

    /**
     * Loads and checks.
     *
     * @param sections readers of parts, run when all keys are known; what each throws is a problem of its own
     * @return the whole configuration, resolved
     * @throws InvalidConfigException with every problem found
     */
    static Config load(Sources sources, List<Consumer<Config>> sections) throws InvalidConfigException {
        return load(sources, sections, (_, _) -> List.of());
    }

    /**
     * As above.
     *
     * @param machine finds the problems of the configuration on this machine; asked also when there are others: with
     *     the configuration as it was given, and with the wrong keys at their defaults
     */
    static Config load(
            Sources sources, List<Consumer<Config>> sections, BiFunction<Config, Config, List<String>> machine)
            throws InvalidConfigException {
        return new ConfigLoader().run(sources, sections, machine);
    }

    private Config run(
            Sources sources, List<Consumer<Config>> sections, BiFunction<Config, Config, List<String>> machine)
            throws InvalidConfigException {
        Config file = sources.file() == null ? ConfigFactory.empty() : parseFile(sources.file());
        Config environment = environment(sources.environment(), instancesOf(file));
        Config data = sources.data() == null ? ConfigFactory.empty() : data(sources.data());
        List<Config> layers = new ArrayList<>(List.of(file, environment, data));
        sources.sets().forEach(word -> layers.add(set(word)));

        Config merged = ConfigFactory.parseResources(ConfigLoader.class.getClassLoader(), "skein-pekko.conf")
                .withFallback(reference);
        for (Config layer : layers) {
            merged = layer.withFallback(merged);
        }
        Config effective = resolve(merged);
        ConfigCheck check = new ConfigCheck(keys, problems::add);
        layers.forEach(layer -> check.check(resolvedWith(layer, effective).root()));
        if (effective != null) {
            SectionReading reading = new SectionReading(keys, reference.resolve(), effective, problems::add);
            check.unfit().forEach(reading::reset);
            sections.forEach(reading::read);
            problems.addAll(machine.apply(effective, reading.config()));
        }
        if (!problems.isEmpty() || effective == null) {
            throw new InvalidConfigException(problems.stream().distinct().toList());
        }
        return effective;
    }

    private Config parseFile(Path file) {
        try {
            return ConfigFactory.parseFile(
                    file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
        } catch (ConfigException.IO e) {
            problems.add("--config: " + file + " (expected: a file that can be read)");
        } catch (ConfigException e) {
            problems.add(oneLine(e));
        }
        return ConfigFactory.empty();
    }

    private static Config data(Path directory) {
        return ConfigFactory.empty()
                .withValue("skein.storage.directory", ConfigValueFactory.fromAnyRef(directory.toString(), "--data"));
    }

    private Config environment(Map<String, String> variables, Set<String> instances) {
        EnvironmentKeys known = new EnvironmentKeys(keys, instances);
        Config layer = ConfigFactory.empty();
        for (var variable : new TreeMap<>(variables).entrySet()) {
            String name = variable.getKey();
            if (!EnvironmentKeys.concernsConfiguration(name, variable.getValue())) {
                continue;
            }
            List<String> paths = known.pathsOf(name);
            switch (paths.size()) {
                case 0 ->
                    problems.add(name + ": environment variable sets no known key" + hint(name)
                            + "; names that begin with SKEIN_ are Skein's own");
                case 1 ->
                    layer = variable(paths.getFirst(), name, variable.getValue())
                            .withFallback(layer);
                default ->
                    problems.add(name + ": environment variable is ambiguous (expected: one of "
                            + String.join(", ", paths) + ")");
            }
        }
        return layer;
    }

    /** A variable is text as it stands; where the key holds a list, HOCON. */
    private Config variable(String path, String name, String text) {
        String source = "environment variable " + name;
        return keys.kind(path) == ConfigKeys.Kind.LIST ? parsed(path, text, source) : literal(path, text, source);
    }

    private String hint(String variable) {
        String guess = keys.nearest(variable.toLowerCase(Locale.ROOT).replace('_', '.'));
        return guess == null ? "" : " (did you mean " + EnvironmentKeys.nameOf(guess) + "?)";
    }

    /** A word of the command line is HOCON. Plain text needs no quotes where the key holds text. */
    private Config set(String word) {
        int equals = word.indexOf('=');
        String key = equals < 0 ? word : word.substring(0, equals).strip();
        String text = word.substring(equals + 1).strip();
        String source = "--set " + key;
        if (equals <= 0 || !isPath(key)) {
            problems.add("--set: " + key + " (expected: key=value)");
            return ConfigFactory.empty();
        }
        boolean marked = text.startsWith("\"") || text.startsWith("${");
        ConfigKeys.Kind kind = keys.kind(key);
        boolean listed = text.startsWith("[") && text.endsWith("]") && !text.equals("[::1]");
        boolean words = kind == ConfigKeys.Kind.ADDRESSES || kind == ConfigKeys.Kind.HOSTS;
        boolean plain = kind == ConfigKeys.Kind.TEXT || (words && !listed);
        return plain && !marked ? literal(key, text, source) : parsed(key, text, source);
    }

    /** Whether it has the form of a key. */
    static boolean isPath(String key) {
        try {
            return !ConfigUtil.splitPath(key).isEmpty();
        } catch (ConfigException e) {
            return false;
        }
    }

    private static Config literal(String path, String text, String source) {
        return ConfigFactory.empty().withValue(path, ConfigValueFactory.fromAnyRef(text, source));
    }

    private Config parsed(String path, String text, String source) {
        try {
            return ConfigFactory.parseString(
                    path + " = " + text, ConfigParseOptions.defaults().setOriginDescription(source));
        } catch (ConfigException e) {
            if (ConfigCheck.PASSED_ON.contains(ConfigUtil.splitPath(path).getFirst())) {
                return literal(path, text, source);
            }
            problems.add(path + ": " + (ConfigCheck.isSecret(lastElement(path)) ? "***" : ShownConfig.masked(text))
                    + " from " + source + " (expected: a HOCON value)");
            return ConfigFactory.empty();
        }
    }

    private static String lastElement(String path) {
        return ConfigUtil.splitPath(path).getLast();
    }

    private Set<String> instancesOf(Config file) {
        Set<String> ids = new HashSet<>(Set.of("default"));
        try {
            if (file.root().get("skein") instanceof ConfigObject skein
                    && skein.get("instances") instanceof ConfigObject instances) {
                ids.addAll(instances.keySet());
            }
        } catch (ConfigException.NotResolved e) {
            // The instances hang on a substitution; a variable can still name them in lower case.
            return ids;
        }
        return ids;
    }

    private @Nullable Config resolve(Config merged) {
        try {
            return merged.resolve();
        } catch (ConfigException e) {
            problems.add(oneLine(e));
            return null;
        }
    }

    private static Config resolvedWith(Config layer, @Nullable Config effective) {
        ConfigResolveOptions lenient = ConfigResolveOptions.defaults().setAllowUnresolved(true);
        return effective == null ? layer.resolve(lenient) : layer.resolveWith(effective, lenient);
    }

    /** What an exception says, without line breaks. */
    static String oneLine(RuntimeException e) {
        return JdbcAddress.masked(String.valueOf(e.getMessage()))
                .lines()
                .map(String::strip)
                .reduce((a, b) -> a + " " + b)
                .orElse("");
    }
}
