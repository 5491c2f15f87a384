package dev.skein.protocol.topic;

import dev.skein.protocol.wire.FailureText;
import org.jspecify.annotations.Nullable;

/** Rules of topic filters and the reference matcher (MQTT 3.1.1 section 4.7). Any trie must agree with it. */
public final class TopicFilters {
    private TopicFilters() {}

    /**
     * What is wrong with a topic filter.
     *
     * @return null when it is valid, else a text such as {@code filter: a#b (expected: # alone in the last level)}
     */
    public static @Nullable String violation(String filter) {
        String violation = TopicText.violation("filter", filter);
        if (violation != null) {
            return violation;
        }
        int last = filter.length() - 1;
        for (int i = 0; i <= last; i++) {
            char c = filter.charAt(i);
            boolean levelBegins = i == 0 || filter.charAt(i - 1) == '/';
            if (c == '#' && !(levelBegins && i == last)) {
                return FailureText.of("filter", filter, "# alone in the last level"); // [MQTT-4.7.1-2]
            }
            if (c == '+' && !(levelBegins && (i == last || filter.charAt(i + 1) == '/'))) {
                return FailureText.of("filter", filter, "+ alone in its level"); // [MQTT-4.7.1-3]
            }
        }
        return null;
    }

    /** The first level of a valid filter, or null when it is a wildcard. Empty when the filter begins with a slash. */
    public static @Nullable String parent(String filter) {
        String first = TopicNames.parent(filter);
        return first.equals("#") || first.equals("+") ? null : first;
    }

    /** Whether a valid filter has {@code +} in more than one level. */
    public static boolean isMultiWildcard(String filter) {
        return filter.indexOf('+') != filter.lastIndexOf('+');
    }

    /**
     * Whether a valid filter matches a valid topic name, without allocating. A wildcard in the first level does not
     * match a topic that begins with {@code $} [MQTT-4.7.2-1].
     */
    public static boolean matches(String filter, String topic) {
        if (topic.charAt(0) == '$' && (filter.charAt(0) == '#' || filter.charAt(0) == '+')) {
            return false;
        }
        int filterAt = 0;
        int topicAt = 0;
        while (true) {
            if (filter.startsWith("#", filterAt)) {
                return true;
            }
            int filterEnd = levelEnd(filter, filterAt);
            int topicEnd = levelEnd(topic, topicAt);
            if (!filter.startsWith("+", filterAt)
                    && !sameLevel(filter, filterAt, filterEnd, topic, topicAt, topicEnd)) {
                return false;
            }
            if (topicEnd == topic.length()) {
                // "a/#" matches "a" too: # includes the parent level (section 4.7.1.2).
                return filterEnd == filter.length() || filter.startsWith("/#", filterEnd);
            }
            if (filterEnd == filter.length()) {
                return false;
            }
            filterAt = filterEnd + 1;
            topicAt = topicEnd + 1;
        }
    }

    private static int levelEnd(String text, int from) {
        int slash = text.indexOf('/', from);
        return slash < 0 ? text.length() : slash;
    }

    private static boolean sameLevel(
            String filter, int filterAt, int filterEnd, String topic, int topicAt, int topicEnd) {
        int length = filterEnd - filterAt;
        return length == topicEnd - topicAt && filter.regionMatches(filterAt, topic, topicAt, length);
    }
}
