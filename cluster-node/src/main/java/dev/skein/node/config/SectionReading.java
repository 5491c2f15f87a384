package dev.skein.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds every mistake of a configuration, though each reader of a section stops at its first one: the key that it names
 * takes its default, an element of a list that it names is left out, and the section is read once more.
 */
final class SectionReading {
    /** The key that begins a failure, and the element when the key is a list. */
    private static final Pattern NAMED = Pattern.compile("(skein\\.[^\\s:\\[\\]]+)(?:\\[(\\d+)])?");

    private final ConfigKeys keys;
    private final Config defaults;
    private final Consumer<String> problems;
    private final Set<String> mended = new HashSet<>();
    private final Map<String, TreeSet<Integer>> leftOut = new HashMap<>();
    private Config config;

    /** @param defaults {@code reference.conf}, resolved */
    SectionReading(ConfigKeys keys, Config defaults, Config config, Consumer<String> problems) {
        this.keys = keys;
        this.defaults = defaults;
        this.config = config;
        this.problems = problems;
    }

    /** {@code key} is known to be wrong: it has its default from now on. */
    void reset(String key) {
        mended.add(key);
        config = without(key);
    }

    private Config without(String key) {
        return defaults.hasPathOrNull(key) ? config.withValue(key, defaults.getValue(key)) : config.withoutPath(key);
    }

    /** What is left when every mistake so far has been passed over. */
    Config config() {
        return config;
    }

    /** Lets {@code section} read until it finds nothing more, or nothing that can be passed over. */
    void read(Consumer<Config> section) {
        RuntimeException failure = failure(section, config);
        while (failure != null && passOver(section, failure)) {
            failure = failure(section, config);
        }
    }

    private static @Nullable RuntimeException failure(Consumer<Config> section, Config config) {
        try {
            section.accept(config);
            return null;
        } catch (ConfigException | IllegalArgumentException e) {
            return e;
        }
    }

    /** Tells the problem; false when the section would only stop there again. */
    private boolean passOver(Consumer<Config> section, RuntimeException failure) {
        String problem = ConfigLoader.oneLine(failure);
        Matcher matcher = NAMED.matcher(problem);
        String named = matcher.lookingAt() && ConfigLoader.isPath(matcher.group(1)) ? matcher.group(1) : null;
        if (named != null && matcher.group(2) != null) {
            int original = leaveOut(named, Integer.parseInt(matcher.group(2)));
            problems.accept(named + "[" + original + "]" + problem.substring(matcher.end()));
            return true;
        }
        String culprit = culprit(section, problem, named);
        if (named == null) {
            problems.accept(culprit == null ? problem : described(culprit, failure));
        } else if (!mended.contains(named) && (keys.kind(named) != null || !config.hasPathOrNull(named))) {
            problems.accept(problem); // else it is told already, or a key that nobody knows
        }
        if (culprit == null) {
            return false;
        }
        reset(culprit);
        return true;
    }

    /**
     * The key without whose value the failure goes away: the named one, or another when that one is missing, or when
     * the reader has named none.
     */
    private @Nullable String culprit(Consumer<Config> section, String problem, @Nullable String named) {
        Set<String> given = given();
        Stream<String> first = Stream.ofNullable(named)
                .filter(config::hasPathOrNull)
                .filter(key -> keys.kind(key) != ConfigKeys.Kind.SECTION);
        return Stream.concat(first, given.stream())
                .filter(key -> {
                    RuntimeException without = failure(section, without(key));
                    return without == null || !ConfigLoader.oneLine(without).equals(problem);
                })
                .findFirst()
                .orElse(null);
    }

    /** Keys that differ from their defaults, instances as a whole among them. */
    private Set<String> given() {
        Set<String> given = new TreeSet<>();
        config.getConfig("skein").entrySet().forEach(entry -> {
            String key = "skein." + entry.getKey();
            if (!defaults.hasPath(key) || !defaults.getValue(key).equals(entry.getValue())) {
                given.add(key);
            }
        });
        config.getObject(ConfigKeys.INSTANCES)
                .keySet()
                .forEach(id -> given.add(ConfigKeys.INSTANCES + "." + ConfigUtil.joinPath(id)));
        return given;
    }

    /** For a failure that does not name its key. */
    private String described(String key, RuntimeException failure) {
        ConfigValue value = config.getValue(key);
        ConfigKeys.Kind kind = keys.kind(key);
        String why = ConfigLoader.oneLine(failure);
        String origin = value.origin().description() + ": ";
        return key + ": " + ConfigCheck.shown(key, value) + ConfigCheck.place(value.origin()) + " (expected: "
                + (kind == null ? "another value" : kind.expected()) + "; "
                + (why.startsWith(origin) ? why.substring(origin.length()) : why) + ")";
    }

    /** Gives the place that the element had before others were left out. */
    private int leaveOut(String key, int index) {
        List<Object> rest = config.getValue(key) instanceof ConfigList list
                ? new ArrayList<>(list)
                : new ArrayList<>(List.of(config.getString(key).split(",", -1)));
        rest.remove(index);
        config = config.withValue(key, ConfigValueFactory.fromIterable(rest));
        TreeSet<Integer> gone = leftOut.computeIfAbsent(key, _ -> new TreeSet<>());
        int original = index;
        for (int before : gone) {
            if (before <= original) {
                original++;
            }
        }
        gone.add(original);
        return original;
    }
}
