package dev.skein.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
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
        config = config.withoutPath(key);
        if (defaults.hasPathOrNull(key)) {
            config = config.withValue(key, defaults.getValue(key));
        }
    }

    /** What is left when every mistake so far has been passed over. */
    Config config() {
        return config;
    }

    /** Lets {@code section} read until it finds nothing more, or nothing that can be passed over. */
    void read(Consumer<Config> section) {
        boolean again = true;
        while (again) {
            try {
                section.accept(config);
                again = false;
            } catch (ConfigException | IllegalArgumentException e) {
                again = passOver(ConfigLoader.oneLine(e));
            }
        }
    }

    /** Tells the problem; false when the section would only stop there again. */
    private boolean passOver(String problem) {
        Matcher named = NAMED.matcher(problem);
        if (!named.lookingAt() || keys.kind(named.group(1)) == ConfigKeys.Kind.SECTION) {
            problems.accept(problem);
            return false;
        }
        String key = named.group(1);
        if (named.group(2) != null && config.getValue(key) instanceof ConfigList list) {
            int index = Integer.parseInt(named.group(2));
            int original = leaveOut(key, list, index);
            problems.accept(key + "[" + original + "]" + problem.substring(named.end()));
            return true;
        }
        if (mended.contains(key)) {
            return false;
        }
        boolean given = config.hasPathOrNull(key);
        if (keys.kind(key) != null || !given) { // else it is told already, as a key that nobody knows
            problems.accept(problem);
        }
        reset(key);
        return given;
    }

    /** Gives the place that the element had before others were left out. */
    private int leaveOut(String key, ConfigList list, int index) {
        List<ConfigValue> rest = new ArrayList<>(list);
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
