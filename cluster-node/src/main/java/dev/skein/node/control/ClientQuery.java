package dev.skein.node.control;

import org.jspecify.annotations.Nullable;

/**
 * Which clients to list.
 *
 * @param instance instance id
 * @param search part of the client ID, case matters; empty for all
 * @param after {@link ClientPage#next()} of the page before; null for the first page
 * @param limit clients of the page at the most, 1..1000
 */
public record ClientQuery(
        String instance, String search, @Nullable String after, int limit) {}
