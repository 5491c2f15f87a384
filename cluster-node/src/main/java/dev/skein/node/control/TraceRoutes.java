package dev.skein.node.control;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Routes of what was recorded of clients and messages. */
final class TraceRoutes {
    /** Parameters of both. */
    static final List<String> QUERY = List.of("from", "to", "steps", "order", "after", Call.LIMIT);

    private static final String NEWEST = "newest";
    private static final long FOREVER = Long.MAX_VALUE / 2;

    private final TraceDirectory traces;

    TraceRoutes(TraceDirectory traces) {
        this.traces = traces;
    }

    CompletionStage<Answer> client(Call call) {
        return find(call, call.variable("clientId"), null);
    }

    CompletionStage<Answer> message(Call call) {
        return find(call, null, call.variable("messageId"));
    }

    private CompletionStage<Answer> find(Call call, @Nullable String clientId, @Nullable String messageId) {
        long from = call.number("from", 0, FOREVER, 0);
        TraceWish wish = new TraceWish(
                call.instance(),
                clientId,
                messageId,
                call.parameter("steps")
                        .map(text -> List.of(text.split(",", -1)))
                        .orElse(List.of()),
                from,
                call.number("to", from, FOREVER, FOREVER),
                newestFirst(call.parameter("order").orElse("oldest")),
                call.parameter("after").orElse(""),
                call.limit());
        return traces.find(wish).thenApply(Answer::ok);
    }

    private static boolean newestFirst(String order) {
        return switch (order) {
            case NEWEST -> true;
            case "oldest" -> false;
            default ->
                throw new ControlException(
                        ErrorCode.INVALID_PARAMETER, "order: " + order + " (expected: oldest or newest)");
        };
    }
}
