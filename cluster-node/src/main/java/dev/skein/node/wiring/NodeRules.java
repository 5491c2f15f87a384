package dev.skein.node.wiring;

import dev.skein.node.control.ConnectorInfo;
import dev.skein.node.control.ConnectorTest;
import dev.skein.node.control.ControlException;
import dev.skein.node.control.ErrorCode;
import dev.skein.node.control.RuleAdmin;
import dev.skein.node.control.RuleFields;
import dev.skein.node.control.RuleFigures;
import dev.skein.node.control.RuleInfo;
import dev.skein.node.control.RuleOption;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.RegistryCommand;
import dev.skein.node.registry.RegistryReply;
import dev.skein.node.registry.RegistryService;
import dev.skein.node.registry.RuleDefinition;
import dev.skein.node.registry.RuleKind;
import dev.skein.node.registry.ViewReply;
import dev.skein.node.rule.RuleEngine;
import dev.skein.node.rule.RuleState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** The rules as the control API wants them. */
record NodeRules(RegistryService registry, RuleEngine engine) implements RuleAdmin {
    private static final Duration TEST_PATIENCE = Duration.ofSeconds(10);

    @Override
    public CompletionStage<List<RuleInfo>> rules(String instance) {
        return view(instance).thenApply(reply -> {
            InstanceView view = reply.view();
            List<String> configured = reply.configured().rules();
            return view.rules().byId().values().stream()
                    .sorted(Comparator.comparing(RuleDefinition::id))
                    .map(rule -> info(instance, rule, configured.contains(rule.id())))
                    .toList();
        });
    }

    private CompletionStage<ViewReply.View> view(String instance) {
        return registry.view(instance).thenApply(reply -> switch (reply) {
            case ViewReply.View view -> view;
            case RegistryReply.Rejected rejected -> throw NodeRegistry.refused(rejected, ErrorCode.NOT_FOUND);
        });
    }

    private RuleInfo info(String instance, RuleDefinition rule, boolean configured) {
        return new RuleInfo(
                rule.id(),
                rule.kind().name().toLowerCase(Locale.ROOT),
                rule.connector(),
                rule.resource(),
                rule.topic(),
                rule.description(),
                rule.enabled(),
                configured,
                rule.includeApi(),
                rule.deadLetterTopic(),
                options("", rule.options()),
                figures(engine.state(instance, rule.id())));
    }

    /** What lies deeper has the names of all above it. */
    private static List<RuleOption> options(String above, Map<?, ?> options) {
        List<RuleOption> flat = new ArrayList<>();
        options.forEach((name, value) -> {
            if (value instanceof Map<?, ?> map) {
                flat.addAll(options(above + name + ".", map));
            } else {
                flat.add(new RuleOption(above + name, String.valueOf(value)));
            }
        });
        flat.sort(Comparator.comparing(RuleOption::name));
        return flat;
    }

    private static RuleFigures figures(RuleState state) {
        return new RuleFigures(
                state.state(),
                state.problem(),
                state.received(),
                state.sent(),
                state.refused(),
                state.dropped(),
                state.backlog(),
                state.backlogBytes());
    }

    @Override
    public CompletionStage<RuleInfo> createRule(String instance, RuleFields fields, String by) {
        RuleKind kind = kind(Objects.requireNonNullElse(fields.kind(), ""));
        RuleDefinition none = new RuleDefinition(
                Objects.requireNonNullElse(fields.id(), ""), kind, "", "", "", "", true, false, "", Map.of());
        RuleDefinition rule = changed(none, fields);
        return change(instance, to -> new RegistryCommand.CreateRule(by, rule, to))
                .thenApply(_ -> info(instance, rule, false));
    }

    private static RuleKind kind(String text) {
        for (RuleKind kind : RuleKind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(text)) {
                return kind;
            }
        }
        throw new ControlException(
                ErrorCode.INVALID_FIELD, "kind: " + text + " (expected: inbound, outbound or status)");
    }

    private static RuleDefinition changed(RuleDefinition rule, RuleFields fields) {
        Map<String, String> options = fields.options();
        return new RuleDefinition(
                rule.id(),
                rule.kind(),
                or(fields.connector(), rule.connector()),
                or(fields.resource(), rule.resource()),
                or(fields.topic(), rule.topic()),
                or(fields.description(), rule.description()),
                or(fields.enabled(), rule.enabled()),
                or(fields.includeApi(), rule.includeApi()),
                or(fields.deadLetterTopic(), rule.deadLetterTopic()),
                options == null ? rule.options() : Map.copyOf(options));
    }

    private static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    @Override
    public CompletionStage<RuleInfo> changeRule(String instance, String id, RuleFields fields, String by) {
        return view(instance).thenCompose(reply -> {
            RuleDefinition before = reply.view().rules().byId().get(id);
            if (before == null) {
                throw new ControlException(ErrorCode.RULE_NOT_FOUND, "rule: " + id + " (expected: one that exists)");
            }
            RuleDefinition rule = changed(before, fields);
            boolean enabled = rule.enabled();
            return change(
                            instance,
                            to -> fields.onlyEnables()
                                    ? new RegistryCommand.EnableRule(by, id, enabled, to)
                                    : new RegistryCommand.ChangeRule(by, rule, to))
                    .thenApply(_ -> info(instance, rule, false));
        });
    }

    @Override
    public CompletionStage<Done> deleteRule(String instance, String id, String by) {
        return change(instance, to -> new RegistryCommand.DeleteRule(by, id, to));
    }

    private CompletionStage<Done> change(
            String instance, Function<ActorRef<RegistryReply.ChangeReply>, RegistryCommand> command) {
        return registry.change(instance, command).thenApply(reply -> switch (reply) {
            case RegistryReply.Done _ -> Done.getInstance();
            case RegistryReply.Rejected rejected -> throw NodeRegistry.refused(rejected, ErrorCode.RULE_NOT_FOUND);
        });
    }

    @Override
    public List<ConnectorInfo> connectors() {
        return engine.connectors().all().stream()
                .map(each -> new ConnectorInfo(each.id(), each.type()))
                .toList();
    }

    @Override
    public CompletionStage<ConnectorTest> testConnector(String id) {
        if (engine.connectors().find(id) == null) {
            return CompletableFuture.failedFuture(new ControlException(
                    ErrorCode.CONNECTOR_NOT_FOUND, "connector: " + id + " (expected: one of skein.connectors)"));
        }
        return CompletableFuture.supplyAsync(
                () -> engine.connectors()
                        .check(id, TEST_PATIENCE)
                        .map(problem -> new ConnectorTest(false, problem))
                        .orElseGet(() -> new ConnectorTest(true, "answers")),
                engine.threads());
    }
}
