package dev.skein.protocol.apsara;

import dev.skein.protocol.wire.FailureText;
import org.jspecify.annotations.Nullable;

/** Rules of registered parent topics: letters, digits, {@code -}, {@code _}; 3..64 characters. */
public final class ParentTopics {
    /** Shortest parent topic, in characters. */
    public static final int MIN_LENGTH = 3;

    /** Longest parent topic, in characters. */
    public static final int MAX_LENGTH = 64;

    private ParentTopics() {}

    /** Null when {@code parentTopic} is valid, else what is wrong with it. */
    public static @Nullable String violation(String parentTopic) {
        if (parentTopic.length() < MIN_LENGTH || parentTopic.length() > MAX_LENGTH) {
            return FailureText.of("parentTopic", parentTopic, MIN_LENGTH + ".." + MAX_LENGTH + " characters");
        }
        return Words.onlyWordCharacters(parentTopic)
                ? null
                : FailureText.of("parentTopic", parentTopic, Words.CHARACTERS);
    }
}
