package dev.skein.persistence.trace;

import dev.skein.protocol.message.MessageId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is looked for: the records of one client, or those of one message.
 *
 * @param instance id
 * @param clientId null: those of {@code messages}
 * @param messages identities of one message; empty: those of the client
 * @param steps only these; empty: all
 * @param from first millisecond since the Unix epoch
 * @param to last one
 * @param after only what stands behind it in the order that is asked for; null: from the beginning
 * @param limit records at the most, 1 and more
 * @param newestFirst whether the newest come first
 */
public record TraceQuery(
        String instance,
        @Nullable String clientId,
        List<MessageId> messages,
        Set<TraceStep> steps,
        long from,
        long to,
        @Nullable TracePlace after,
        int limit,
        boolean newestFirst) {
    /** Copies list and set. */
    public TraceQuery {
        messages = List.copyOf(messages);
        steps = Set.copyOf(steps);
    }
}
