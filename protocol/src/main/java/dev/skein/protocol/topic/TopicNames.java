package dev.skein.protocol.topic;

import dev.skein.protocol.wire.FailureText;
import org.jspecify.annotations.Nullable;

/** Rules of topic names: what a PUBLISH and a will name (MQTT 3.1.1 section 4.7). */
public final class TopicNames {
    private TopicNames() {}

    /**
     * What is wrong with a topic name.
     *
     * @return null when it is valid, else a text such as {@code topic: a/+ (expected: no wildcard)}
     */
    public static @Nullable String violation(String topic) {
        String violation = TopicText.violation("topic", topic);
        if (violation != null) {
            return violation;
        }
        boolean wildcard = topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0;
        return wildcard ? FailureText.of("topic", topic, "no wildcard") : null; // [MQTT-4.7.1-1]
    }

    /** Levels of a topic name or filter, 1 or more. */
    public static int levels(String topic) {
        int levels = 1;
        for (int slash = topic.indexOf('/'); slash >= 0; slash = topic.indexOf('/', slash + 1)) {
            levels++;
        }
        return levels;
    }

    /** The first level: the parent topic. Empty when the topic begins with {@code /}. */
    public static String parent(String topic) {
        int slash = topic.indexOf('/');
        return slash < 0 ? topic : topic.substring(0, slash);
    }
}
