package dev.skein.node.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys that {@code reference.conf} knows, with what each holds. An instance's keys are those of
 * {@code skein.instance-defaults}. Immutable.
 */
final class ConfigKeys {
    static final String INSTANCES = "skein.instances";
    static final String SEEDS = "skein.cluster.seeds";
    /** Where listeners listen. */
    private static final Pattern HOST = Pattern.compile("skein\\.(http|health|listeners\\.\\w+)\\.host");

    /** The one number that need not be whole. */
    private static final String FRACTION = "skein.auth.failures-per-second";

    static final String INSTANCE_DEFAULTS = "skein.instance-defaults";

    /** Sections of which {@code reference.conf} knows no key: those of connectors and rules. */
    private static final Set<String> FREE = Set.of("skein.connectors", INSTANCE_DEFAULTS + ".rules");

    /** What a key holds, told by its default. */
    enum Kind {
        SECTION("a section"),
        /** A section whose keys are checked by whom it belongs to. */
        FREE("a section"),
        LIST("a list"),
        ADDRESSES("a list, or host:port,host:port"),
        HOSTS("an address, or a list of them"),
        BOOLEAN("true or false"),
        WHOLE("a whole number"),
        NUMBER("a number"),
        DURATION("a duration with its unit, for example 10s or 5m"),
        SIZE("a size in whole bytes, for example 64KiB"),
        /** What {@code auto} stands for: a number, a size, a duration or a word. */
        AUTO("auto, or a value without fractions, with its unit where it has one"),
        TEXT("text");

        private final String expected;

        Kind(String expected) {
            this.expected = expected;
        }

        /** Words for "(expected: ...)". */
        String expected() {
            return expected;
        }
    }

    private static final Pattern DURATION = Pattern.compile("\\d+(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("\\d+(B|KiB|MiB|GiB)");

    private final Map<String, Kind> kinds = new TreeMap<>();

    /** Reads the tree under {@code skein}; {@code reference} is that object of {@code reference.conf}. */
    ConfigKeys(ConfigObject reference) {
        collect(List.of("skein"), reference);
    }

    private void collect(List<String> at, ConfigObject object) {
        String path = ConfigUtil.joinPath(at);
        kinds.put(path, Kind.SECTION);
        if (path.equals(INSTANCES)) {
            return;
        }
        if (FREE.contains(path)) {
            kinds.put(path, Kind.FREE);
            return;
        }
        object.forEach((name, value) -> {
            List<String> below = append(at, name);
            if (value instanceof ConfigObject child) {
                collect(below, child);
            } else {
                String leaf = ConfigUtil.joinPath(below);
                kinds.put(leaf, kindOf(leaf, value));
            }
        });
    }

    private static Kind kindOf(String path, ConfigValue value) {
        if (path.equals(SEEDS)) {
            return Kind.ADDRESSES;
        }
        if (HOST.matcher(path).matches()) {
            return Kind.HOSTS;
        }
        if (value instanceof ConfigList) {
            return Kind.LIST;
        }
        return switch (value.unwrapped()) {
            case Boolean b -> Kind.BOOLEAN;
            case Number n -> path.equals(FRACTION) ? Kind.NUMBER : Kind.WHOLE;
            case Object text when DURATION.matcher(text.toString()).matches() -> Kind.DURATION;
            case Object text when SIZE.matcher(text.toString()).matches() -> Kind.SIZE;
            case Object text when text.equals("auto") -> Kind.AUTO;
            default -> Kind.TEXT;
        };
    }

    /** What the key at {@code path} holds; null when there is no such key. Instances' keys are looked up too. */
    @Nullable
    Kind kind(String path) {
        Kind known = kinds.get(path);
        if (known != null) {
            return known;
        }
        if (!path.startsWith(INSTANCES + ".")) {
            return path.startsWith("skein.connectors.") ? Kind.FREE : null;
        }
        List<String> elements = ConfigUtil.splitPath(path);
        if (elements.size() == 3) {
            return Kind.SECTION;
        }
        if (elements.get(3).equals("rules")) {
            return Kind.FREE;
        }
        return kinds.get(INSTANCE_DEFAULTS + "." + ConfigUtil.joinPath(elements.subList(3, elements.size())));
    }

    /** Every key that is no section, without those of single instances, sorted. */
    List<String> leaves() {
        List<String> leaves = new ArrayList<>();
        kinds.forEach((path, kind) -> {
            if (kind != Kind.SECTION && kind != Kind.FREE) {
                leaves.add(path);
            }
        });
        return leaves;
    }

    /** The keys an instance has, relative to {@code skein.instances.<id>}. */
    List<String> instanceLeaves() {
        String prefix = INSTANCE_DEFAULTS + ".";
        return leaves().stream()
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length()))
                .toList();
    }

    /** The known key that {@code unknown} was probably meant to be; null when nothing is near. */
    @Nullable
    String nearest(String unknown) {
        String instance = instancePrefix(unknown);
        String searched = INSTANCE_DEFAULTS + "." + unknown.substring(instance.length());
        String found = nearestOf(instance.isEmpty() ? unknown : searched);
        if (found == null || instance.isEmpty() || !found.startsWith(INSTANCE_DEFAULTS + ".")) {
            return found;
        }
        return instance + found.substring(INSTANCE_DEFAULTS.length() + 1);
    }

    private static String instancePrefix(String path) {
        if (!path.startsWith(INSTANCES + ".")) {
            return "";
        }
        List<String> elements = ConfigUtil.splitPath(path);
        return elements.size() < 4 ? "" : ConfigUtil.joinPath(elements.subList(0, 3)) + ".";
    }

    private @Nullable String nearestOf(String unknown) {
        String last = lastElement(unknown);
        String best = null;
        int bestDistance = Math.max(2, last.length() / 3) + 1;
        for (String known : kinds.keySet()) {
            int distance = distance(unknown, known);
            if (distance < bestDistance) {
                best = known;
                bestDistance = distance;
            }
        }
        if (best != null) {
            return best;
        }
        // The right name at the wrong place, told only when the name is that of one key.
        List<String> sameName = kinds.keySet().stream()
                .filter(known -> lastElement(known).equals(last))
                .toList();
        return sameName.size() == 1 ? sameName.getFirst() : null;
    }

    private static String lastElement(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** Levenshtein distance in characters. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitute = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitute, Math.min(previous[j], current[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }

    static List<String> append(List<String> path, String element) {
        List<String> longer = new ArrayList<>(path);
        longer.add(element);
        return longer;
    }
}
