package dev.skein.persistence.api;

import org.jspecify.annotations.Nullable;

/**
 * A persistent session without what it holds.
 *
 * @param id of the session
 * @param key instance and client ID
 * @param createdAt milliseconds since the Unix epoch
 * @param disconnectedAt milliseconds since the Unix epoch, 0 while no disconnect was recorded
 * @param owner the identity that it belongs to; null when it belongs to nobody yet
 * @param filters its topic filters
 * @param filterChars characters of all of them
 */
public record SessionSummary(
        long id,
        SessionKey key,
        long createdAt,
        long disconnectedAt,
        @Nullable String owner,
        int filters,
        long filterChars) {}
