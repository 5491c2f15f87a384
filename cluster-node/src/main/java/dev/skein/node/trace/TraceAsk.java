package dev.skein.node.trace;

import dev.skein.node.cluster.ClusterMessage;
import dev.skein.persistence.trace.TracePlace;
import dev.skein.persistence.trace.TraceQuery;
import dev.skein.persistence.trace.TraceStep;
import dev.skein.protocol.message.MessageId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Asks a node for records of its files; answered by {@link TraceFound}. Who asks waits for a while and then goes on
 * without the answer.
 *
 * @param clientId null: those of {@code messages}
 * @param messages identities of one message, as texts
 * @param steps codes of the steps; empty: all
 * @param from first millisecond since the Unix epoch
 * @param to last one
 * @param after only what stands behind it; null: from the beginning
 * @param limit records at the most
 */
public record TraceAsk(
        String instance,
        @Nullable String clientId,
        List<String> messages,
        List<Integer> steps,
        long from,
        long to,
        @Nullable TracePlace after,
        int limit,
        boolean newestFirst,
        ActorRef<TraceFound> replyTo)
        implements ClusterMessage {
    static TraceAsk of(TraceQuery query, ActorRef<TraceFound> replyTo) {
        return new TraceAsk(
                query.instance(),
                query.clientId(),
                query.messages().stream().map(MessageId::toString).toList(),
                query.steps().stream().map(TraceStep::code).sorted().toList(),
                query.from(),
                query.to(),
                query.after(),
                query.limit(),
                query.newestFirst(),
                replyTo);
    }

    TraceQuery query() {
        Set<TraceStep> wanted = steps.stream().map(TraceStep::of).collect(Collectors.toSet());
        return new TraceQuery(
                instance,
                clientId,
                messages.stream().map(MessageId::parse).toList(),
                wanted,
                from,
                to,
                after,
                limit,
                newestFirst);
    }
}
