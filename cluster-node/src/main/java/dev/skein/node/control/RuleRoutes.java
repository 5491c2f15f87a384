package dev.skein.node.control;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Routes of rules and of the back ends that they lead to. */
final class RuleRoutes {
    private static final String RULE = "rule";

    private final RuleAdmin rules;

    RuleRoutes(RuleAdmin rules) {
        this.rules = rules;
    }

    CompletionStage<Answer> list(Call call) {
        int limit = call.limit();
        String after = call.parameter("after").orElse("");
        return rules.rules(call.instance()).thenApply(all -> {
            List<RuleInfo> rest = all.stream()
                    .filter(rule -> rule.id().compareTo(after) > 0)
                    .limit(limit + 1L)
                    .toList();
            boolean more = rest.size() > limit;
            List<RuleInfo> page = more ? rest.subList(0, limit) : rest;
            return Answer.ok(new Answer.Rules(page, more ? page.getLast().id() : null));
        });
    }

    CompletionStage<Answer> show(Call call) {
        String id = call.variable(RULE);
        return rules.rules(call.instance())
                .thenApply(all -> all.stream()
                        .filter(rule -> rule.id().equals(id))
                        .findFirst()
                        .map(Answer::ok)
                        .orElseThrow(() -> new ControlException(
                                ErrorCode.RULE_NOT_FOUND, "rule: " + id + " (expected: one that exists)")));
    }

    CompletionStage<Answer> create(Call call) {
        return rules.createRule(call.instance(), RuleFields.create(call.body()), call.caller())
                .thenApply(Answer::created);
    }

    CompletionStage<Answer> change(Call call) {
        return rules.changeRule(call.instance(), call.variable(RULE), RuleFields.change(call.body()), call.caller())
                .thenApply(Answer::ok);
    }

    CompletionStage<Answer> delete(Call call) {
        return rules.deleteRule(call.instance(), call.variable(RULE), call.caller())
                .thenApply(_ -> Answer.noContent());
    }

    CompletionStage<Answer> connectors(Call call) {
        return CompletableFuture.completedFuture(Answer.ok(new Answer.Connectors(rules.connectors())));
    }

    CompletionStage<Answer> testConnector(Call call) {
        return rules.testConnector(call.variable("connector")).thenApply(Answer::ok);
    }
}
