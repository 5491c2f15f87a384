package dev.skein.node.control;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Persistent sessions of one page, by what the store has of them.
 *
 * @param sessions at most as many as asked for
 * @param next what to ask the next page with; null when this is the last one
 */
public record SessionPage(List<Session> sessions, @Nullable String next) {
    /** Copies the list. */
    public SessionPage {
        sessions = List.copyOf(sessions);
    }

    /**
     * One session.
     *
     * @param clientId client ID
     * @param owner identity that it belongs to, such as {@code user:alice}; null for nobody yet
     * @param createdAt when it began
     * @param disconnectedAt when its client left; null while it is connected, or nothing was recorded
     * @param filters its topic filters
     * @param filterChars characters of all of them
     * @param queued messages of its queue in the store
     */
    public record Session(
            String clientId,
            @Nullable String owner,
            Instant createdAt,
            @Nullable Instant disconnectedAt,
            int filters,
            long filterChars,
            long queued) {}
}
