package dev.skein.node.auth;

import org.jspecify.annotations.Nullable;

/**
 * A topic filter of a rule, with {@code %c} and {@code %u} standing for client ID and user name.
 *
 * @param text as the rule has it
 * @param plain the filter when nothing is to be replaced, else null
 */
record TopicPattern(String text, @Nullable LevelFilter plain) {

    static TopicPattern of(String text) {
        boolean varies = text.contains("%c") || text.contains("%u");
        return new TopicPattern(text, varies ? null : LevelFilter.of(text));
    }

    /** The filter for one client; null when a name that is to be put in is missing or would change the filter. */
    @Nullable
    LevelFilter resolve(Identity identity) {
        if (plain != null) {
            return plain;
        }
        StringBuilder filter = new StringBuilder(text.length() + 32);
        int at = 0;
        while (at < text.length()) {
            boolean client = text.startsWith("%c", at);
            if (!client && !text.startsWith("%u", at)) {
                filter.append(text.charAt(at));
                at++;
                continue;
            }
            String value = client ? identity.clientId() : identity.username();
            if (value == null || !fits(value, at == 0)) {
                return null;
            }
            filter.append(value);
            at += 2;
        }
        return LevelFilter.of(filter.toString());
    }

    // A client that may choose its name must not choose a wildcard, another level, or a $-topic by it.
    private static boolean fits(String value, boolean first) {
        return !value.isEmpty()
                && value.chars().noneMatch(c -> c == '+' || c == '#' || c == '/')
                && !(first && value.startsWith("$"));
    }
}
