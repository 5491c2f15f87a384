package dev.skein.node.control;

import dev.skein.protocol.topic.TopicFilters;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Routes of retained messages. */
final class RetainedRoutes {
    /** Parameters of lists, and of deletions. */
    static final List<String> QUERY = List.of("filter", "after", Call.LIMIT);

    private final RetainedAdmin retained;

    RetainedRoutes(RetainedAdmin retained) {
        this.retained = retained;
    }

    CompletionStage<Answer> list(Call call) {
        String filter = call.parameter("filter").orElse("");
        if (!filter.isEmpty()) {
            check(filter);
        }
        return retained.list(call.instance(), filter, after(call), call.limit()).thenApply(Answer::ok);
    }

    CompletionStage<Answer> delete(Call call) {
        String topic = call.variable("topic");
        return retained.delete(call.instance(), topic).thenApply(deleted -> {
            if (!deleted) {
                throw new ControlException(
                        ErrorCode.RETAINED_NOT_FOUND, "topic: " + topic + " (expected: one with a retained message)");
            }
            return Answer.noContent();
        });
    }

    CompletionStage<Answer> deleteAll(Call call) {
        String filter = call.parameter("filter").orElse("");
        check(filter); // nobody deletes all of them by leaving it out
        return retained.deleteAll(call.instance(), filter, after(call), call.limit())
                .thenApply(Answer::ok);
    }

    private static String after(Call call) {
        return call.parameter("after").orElse("");
    }

    private static void check(String filter) {
        String violation = TopicFilters.violation(filter);
        if (violation != null) {
            throw new ControlException(ErrorCode.INVALID_PARAMETER, "filter: " + violation);
        }
    }
}
