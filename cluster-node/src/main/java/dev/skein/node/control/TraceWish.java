package dev.skein.node.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which records are wanted: those of a client, or those of a message.
 *
 * @param clientId null: those of {@code messageId}
 * @param messageId 32 hexadecimal digits; null: those of {@code clientId}
 * @param steps names of the steps; empty: all
 * @param from first millisecond since the Unix epoch
 * @param to last one
 * @param newestFirst whether the newest come first
 * @param after {@link TraceList#next()} of the page before; empty for the first page
 * @param limit records at the most, 1..1000
 */
public record TraceWish(
        String instance,
        @Nullable String clientId,
        @Nullable String messageId,
        List<String> steps,
        long from,
        long to,
        boolean newestFirst,
        String after,
        int limit) {}
