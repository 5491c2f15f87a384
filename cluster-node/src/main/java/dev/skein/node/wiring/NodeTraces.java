package dev.skein.node.wiring;

import dev.skein.node.control.ControlException;
import dev.skein.node.control.ErrorCode;
import dev.skein.node.control.TraceDirectory;
import dev.skein.node.control.TraceList;
import dev.skein.node.control.TraceWish;
import dev.skein.node.trace.ClusterTraces;
import dev.skein.node.trace.TraceFound;
import dev.skein.persistence.trace.TraceQuery;
import dev.skein.persistence.trace.TraceStep;
import dev.skein.protocol.message.MessageId;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Traces for the control API. */
record NodeTraces(ClusterTraces traces) implements TraceDirectory {
    @Override
    public CompletionStage<TraceList> find(TraceWish wish) {
        String id = wish.messageId();
        TraceQuery query = new TraceQuery(
                wish.instance(),
                wish.clientId(),
                id == null ? List.of() : List.of(messageId(id)),
                steps(wish.steps()),
                wish.from(),
                wish.to(),
                null,
                wish.limit(),
                wish.newestFirst());
        return traces.find(query, cursor(wish.after())).thenApply(NodeTraces::shown);
    }

    private static MessageId messageId(String text) {
        try {
            return MessageId.parse(text);
        } catch (IllegalArgumentException e) {
            throw invalid("messageId: " + text + " (expected: 32 hexadecimal digits)");
        }
    }

    private static ClusterTraces.@Nullable Cursor cursor(String text) {
        try {
            return text.isEmpty() ? null : ClusterTraces.Cursor.parse(text);
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private static Set<TraceStep> steps(List<String> names) {
        Set<TraceStep> steps = new LinkedHashSet<>();
        for (String name : names) {
            steps.add(Arrays.stream(TraceStep.values())
                    .filter(step -> step.label().equals(name))
                    .findFirst()
                    .orElseThrow(() -> invalid("steps: " + name + " (expected: some of "
                            + Arrays.stream(TraceStep.values())
                                    .map(TraceStep::label)
                                    .collect(Collectors.joining(", "))
                            + ")")));
        }
        return steps;
    }

    private static ControlException invalid(String message) {
        return new ControlException(ErrorCode.INVALID_PARAMETER, message);
    }

    private static TraceList shown(ClusterTraces.Page page) {
        ClusterTraces.Cursor next = page.next();
        return new TraceList(
                page.entries().stream().map(NodeTraces::shown).toList(),
                next == null ? null : next.toString(),
                page.unanswered(),
                page.damaged());
    }

    private static TraceList.Step shown(ClusterTraces.Entry entry) {
        TraceFound.Line line = entry.line();
        TraceStep step = TraceStep.of(line.place().step());
        return new TraceList.Step(
                entry.at().toString(),
                Instant.ofEpochMilli(line.place().millis()),
                entry.at().node(),
                step.label(),
                orNull(line.clientId()),
                step.isPresence()
                        ? null
                        : new TraceList.Traced(line.message(), line.received(), line.topic(), line.qos()),
                orNull(line.channel()),
                orNull(line.address()),
                line.detail(),
                line.count());
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
