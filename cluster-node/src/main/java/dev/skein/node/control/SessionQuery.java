package dev.skein.node.control;

import org.jspecify.annotations.Nullable;

/**
 * Which persistent sessions to list.
 *
 * @param instance instance id
 * @param search part of the client ID, case matters; empty for all
 * @param largest the largest ones by this, in place of all by client ID; null for all
 * @param after {@link SessionPage#next()} of the page before; empty for the first page
 * @param limit sessions of the page at the most, 1..1000
 */
public record SessionQuery(
        String instance, String search, @Nullable Size largest, String after, int limit) {
    /** What makes a session large. */
    public enum Size {
        /** Characters of its topic filters. */
        FILTERS,
        /** Messages in its queue. */
        QUEUE
    }
}
