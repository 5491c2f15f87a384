package dev.skein.node.auth;

import java.util.List;

/** A topic filter as a set of topics, for questions that permission rules ask. Immutable. */
final class LevelFilter {
    private static final String ANY_LEVEL = "+";
    private static final String ANY_TAIL = "#";

    private final List<String> levels;

    private LevelFilter(List<String> levels) {
        this.levels = levels;
    }

    /** Reads a valid topic filter; a topic name is one too. */
    static LevelFilter of(String filter) {
        // No topic is empty, so "#" has one level at least and "/#" two. Said in levels, sets compare level by level.
        return switch (filter) {
            case "#" -> new LevelFilter(List.of(ANY_LEVEL, ANY_TAIL));
            case "/#" -> new LevelFilter(List.of("", ANY_LEVEL, ANY_TAIL));
            default -> new LevelFilter(List.of(filter.split("/", -1)));
        };
    }

    /**
     * Whether a topic is in the set.
     *
     * @param reachesDollar false: as MQTT says, a wildcard in the first level does not match a topic that begins with
     *     {@code $} [MQTT-4.7.2-1]; true: it does
     */
    boolean matches(String topic, boolean reachesDollar) {
        if (!reachesDollar && beginsWithWildcard() && topic.startsWith("$")) {
            return false;
        }
        int start = 0;
        for (String level : levels) {
            if (level.equals(ANY_TAIL)) {
                return true;
            }
            if (start > topic.length()) {
                return false; // the topic has no such level
            }
            int slash = topic.indexOf('/', start);
            int end = slash < 0 ? topic.length() : slash;
            if (!level.equals(ANY_LEVEL) && !(level.length() == end - start && topic.startsWith(level, start))) {
                return false;
            }
            start = end + 1;
        }
        return start > topic.length();
    }

    /** Whether every topic that MQTT matches to {@code other} is one that it matches to this filter. */
    boolean covers(LevelFilter other) {
        if (beginsWithWildcard() && other.beginsWithDollar()) {
            return false;
        }
        for (int i = 0; i < levels.size(); i++) {
            String mine = levels.get(i);
            if (mine.equals(ANY_TAIL)) {
                return true;
            }
            if (i == other.levels.size() || other.levels.get(i).equals(ANY_TAIL)) {
                return false;
            }
            if (!mine.equals(ANY_LEVEL) && !mine.equals(other.levels.get(i))) {
                return false;
            }
        }
        return levels.size() == other.levels.size();
    }

    /**
     * Whether some topic is in this set and is matched by MQTT to {@code other}.
     *
     * @param reachesDollar as in {@link #matches}, for this filter only
     */
    boolean overlaps(LevelFilter other, boolean reachesDollar) {
        if (!reachesDollar && beginsWithWildcard() && other.beginsWithDollar()) {
            return false;
        }
        if (beginsWithDollar() && other.beginsWithWildcard()) {
            return false;
        }
        int shorter = Math.min(levels.size(), other.levels.size());
        for (int i = 0; i < shorter; i++) {
            String mine = levels.get(i);
            String theirs = other.levels.get(i);
            if (mine.equals(ANY_TAIL) || theirs.equals(ANY_TAIL)) {
                return true;
            }
            if (!mine.equals(ANY_LEVEL) && !theirs.equals(ANY_LEVEL) && !mine.equals(theirs)) {
                return false;
            }
        }
        return tailIsEmptyOrAny(shorter) && other.tailIsEmptyOrAny(shorter);
    }

    // "a/#" matches "a" too [MQTT-4.7.1-2].
    private boolean tailIsEmptyOrAny(int from) {
        return levels.size() == from || levels.get(from).equals(ANY_TAIL);
    }

    private boolean beginsWithWildcard() {
        return levels.getFirst().equals(ANY_LEVEL);
    }

    private boolean beginsWithDollar() {
        return levels.getFirst().startsWith("$");
    }
}
