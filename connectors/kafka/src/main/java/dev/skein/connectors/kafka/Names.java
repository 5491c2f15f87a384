package dev.skein.connectors.kafka;

import dev.skein.connectors.support.Problems;
import java.util.regex.Pattern;

/** What Kafka takes as a topic. */
final class Names {
    static final String TOPIC = "1 to 249 letters, digits and the signs . _ -";

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    private Names() {}

    static boolean isTopic(String text) {
        return FORM.matcher(text).matches() && !text.equals(".") && !text.equals("..");
    }

    static void topic(String text, String key, Problems problems) {
        if (!isTopic(text)) {
            problems.add(key, text, TOPIC);
        }
    }
}
