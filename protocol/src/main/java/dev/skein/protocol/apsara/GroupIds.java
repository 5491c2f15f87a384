package dev.skein.protocol.apsara;

import dev.skein.protocol.wire.FailureText;
import org.jspecify.annotations.Nullable;

/** Rules of Group IDs: {@code GID_} or {@code GID-}, then letters, digits, {@code -}, {@code _}; 7..64 characters. */
public final class GroupIds {
    /** Shortest Group ID, in characters. */
    public static final int MIN_LENGTH = 7;

    /** Longest Group ID, in characters. */
    public static final int MAX_LENGTH = 64;

    private GroupIds() {}

    /** Null when {@code groupId} is valid, else what is wrong with it. */
    public static @Nullable String violation(String groupId) {
        if (!groupId.startsWith("GID_") && !groupId.startsWith("GID-")) {
            return FailureText.of("groupId", groupId, "prefix GID_ or GID-");
        }
        if (groupId.length() < MIN_LENGTH || groupId.length() > MAX_LENGTH) {
            return FailureText.of("groupId", groupId, MIN_LENGTH + ".." + MAX_LENGTH + " characters");
        }
        return Words.onlyWordCharacters(groupId) ? null : FailureText.of("groupId", groupId, Words.CHARACTERS);
    }
}
