package dev.skein.node.rule;

import dev.skein.connectors.api.Settings;
import dev.skein.connectors.api.Sink;
import dev.skein.node.registry.RuleDefinition;
import dev.skein.node.rule.connect.Connectors;
import dev.skein.node.rule.flow.ForwardFigures;
import dev.skein.node.rule.sink.OutboundRule;
import dev.skein.node.rule.sink.Target;
import dev.skein.node.rule.source.InboundFigures;
import dev.skein.node.rule.source.InboundRule;
import dev.skein.node.rule.status.StatusRule;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A rule that runs on this node. Changes on the engine's mailbox; its figures are read by any thread. */
sealed interface RunningRule {
    /** Option of an inbound rule: what the nodes share as consumers. */
    String CONSUMER_GROUP = "consumer-group";

    /** What it does. */
    RuleDefinition definition();

    /** Time has passed. */
    void tick();

    /** How it does. */
    RuleState state();

    /** Ends it, see {@link Target#close}. */
    CompletionStage<Void> close(boolean abandon);

    /** Whether it can become {@code next} without having been ended. */
    default boolean mayBecome(RuleDefinition next) {
        return next.kind() == definition().kind()
                && next.resource().equals(definition().resource());
    }

    /** Leads {@code target} where {@code rule} says. */
    static void lead(Target target, String instance, RuleDefinition rule, Connectors connectors) {
        target.lead(rule.topic(), rule.deadLetterTopic(), sink(instance, rule, rule.topic(), connectors));
    }

    /** Opens a way to {@code topic}. */
    static Supplier<Sink> sink(String instance, RuleDefinition rule, String topic, Connectors connectors) {
        return () -> connectors.get(rule.connector()).sink(topic, settings(instance, rule));
    }

    /** What the rule says to its connector. */
    static Settings settings(String instance, RuleDefinition rule) {
        Map<String, Object> options = new HashMap<>(rule.options());
        options.remove(CONSUMER_GROUP);
        return new Settings("skein.instances." + instance + ".rules." + rule.id() + ".options", options);
    }

    /** Whether the other leads elsewhere. */
    static boolean leadsElsewhere(RuleDefinition rule, RuleDefinition other) {
        return !rule.connector().equals(other.connector())
                || !rule.topic().equals(other.topic())
                || !rule.deadLetterTopic().equals(other.deadLetterTopic())
                || !rule.options().equals(other.options());
    }

    /** One that leads to a topic of a back end. */
    sealed interface ToTarget extends RunningRule {
        /** The way there. */
        Target target();

        @Override
        default RuleState state() {
            ForwardFigures figures = target().figures();
            String problem = target().problem();
            return new RuleState(
                    problem.isEmpty() ? "running" : "failing",
                    problem,
                    figures.offered(),
                    figures.sent(),
                    figures.refused(),
                    figures.droppedFull() + figures.droppedAge(),
                    figures.backlog(),
                    figures.backlogBytes());
        }

        @Override
        default CompletionStage<Void> close(boolean abandon) {
            return target().close(abandon);
        }
    }

    /** An outbound rule. */
    record Outbound(RuleDefinition definition, OutboundRule rule) implements ToTarget {
        @Override
        public void tick() {
            rule.tick();
        }

        @Override
        public Target target() {
            return rule.target();
        }
    }

    /** A status rule. */
    record Status(RuleDefinition definition, StatusRule rule) implements ToTarget {
        @Override
        public void tick() {
            target().tick();
        }

        @Override
        public Target target() {
            return rule.target();
        }
    }

    /** An inbound rule. */
    record Inbound(RuleDefinition definition, InboundRule rule) implements RunningRule {
        @Override
        public void tick() {
            // Its source looks after itself.
        }

        @Override
        public boolean mayBecome(RuleDefinition next) {
            return next.enabled(definition.enabled()).equals(definition);
        }

        @Override
        public RuleState state() {
            InboundFigures figures = rule.figures();
            String state = figures.isPaused() ? "paused" : "running";
            return new RuleState(
                    figures.problem().isEmpty() ? state : "failing",
                    figures.problem(),
                    figures.received(),
                    figures.published(),
                    figures.refused(),
                    0,
                    0,
                    0);
        }

        @Override
        public CompletionStage<Void> close(boolean abandon) {
            rule.close();
            return CompletableFuture.completedFuture(null);
        }
    }
}
