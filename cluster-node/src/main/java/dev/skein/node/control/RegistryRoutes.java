package dev.skein.node.control;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Routes of instances, groups, parent topics and the audit log. */
final class RegistryRoutes {
    static final String GROUP = "group";
    static final String PARENT_TOPIC = "parentTopic";

    private final RegistryAdmin registry;

    RegistryRoutes(RegistryAdmin registry) {
        this.registry = registry;
    }

    CompletionStage<Answer> instances(Call call) {
        return registry.instances().thenApply(instances -> Answer.ok(new Answer.Instances(instances)));
    }

    CompletionStage<Answer> instance(Call call) {
        String id = call.instance();
        return registry.instances()
                .thenApply(instances -> instances.stream()
                        .filter(instance -> instance.id().equals(id))
                        .findFirst()
                        .map(Answer::ok)
                        .orElseThrow(() -> new ControlException(
                                ErrorCode.INSTANCE_NOT_FOUND,
                                "instance: " + id + " (expected: one that is configured)")));
    }

    CompletionStage<Answer> groups(Call call) {
        int limit = call.limit();
        return registry.groups(call.instance()).thenApply(all -> page(all, call, limit, Answer.Groups::new));
    }

    CompletionStage<Answer> createGroup(Call call) {
        String group = name(call, GROUP);
        return registry.createGroup(call.instance(), group, call.caller())
                .thenApply(_ -> Answer.created(new RegistryEntry(group, false)));
    }

    CompletionStage<Answer> deleteGroup(Call call) {
        return registry.deleteGroup(call.instance(), call.variable(GROUP), call.caller())
                .thenApply(_ -> Answer.noContent());
    }

    CompletionStage<Answer> topics(Call call) {
        int limit = call.limit();
        return registry.parentTopics(call.instance()).thenApply(all -> page(all, call, limit, Answer.Topics::new));
    }

    CompletionStage<Answer> createTopic(Call call) {
        String parentTopic = name(call, PARENT_TOPIC);
        return registry.createParentTopic(call.instance(), parentTopic, call.caller())
                .thenApply(_ -> Answer.created(new RegistryEntry(parentTopic, false)));
    }

    CompletionStage<Answer> deleteTopic(Call call) {
        return registry.deleteParentTopic(call.instance(), call.variable(PARENT_TOPIC), call.caller())
                .thenApply(_ -> Answer.noContent());
    }

    CompletionStage<Answer> audit(Call call) {
        long before = call.number("after", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        return registry.audit(call.instance(), before, call.limit()).thenApply(Answer::ok);
    }

    private static String name(Call call, String field) {
        String name = call.body().text(field);
        if (name.isEmpty()) {
            throw new ControlException(ErrorCode.INVALID_FIELD, field + ": empty (expected: a name)");
        }
        return name;
    }

    private static Answer page(
            List<RegistryEntry> sorted,
            Call call,
            int limit,
            BiFunction<List<RegistryEntry>, @Nullable String, Object> body) {
        String after = call.parameter("after").orElse("");
        List<RegistryEntry> rest = sorted.stream()
                .filter(entry -> entry.name().compareTo(after) > 0)
                .limit(limit + 1L)
                .toList();
        boolean more = rest.size() > limit;
        List<RegistryEntry> page = more ? rest.subList(0, limit) : rest;
        return Answer.ok(body.apply(page, more ? page.getLast().name() : null));
    }
}
