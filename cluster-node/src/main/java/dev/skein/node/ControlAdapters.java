package dev.skein.node;

import dev.skein.node.auth.TopicRules;
import dev.skein.node.control.ControlException;
import dev.skein.node.control.ControlPorts;
import dev.skein.node.control.ErrorCode;
import dev.skein.node.control.HealthReport;
import dev.skein.node.control.HealthReport.Check;
import dev.skein.node.control.MessagePublisher;
import dev.skein.node.control.NodeHealth;
import dev.skein.node.registry.InstanceView;
import dev.skein.protocol.mqtt.MessageId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the control API needs of the node. */
final class ControlAdapters {
    private ControlAdapters() {}

    static ControlPorts of(SkeinNode.Parts parts) {
        return new ControlPorts(
                new NodeClients(parts),
                new Publishing(parts),
                new NodeRegistry(parts.registry()),
                new NodeCluster(parts),
                new Health(parts),
                parts.metrics()::scrape);
    }

    /** Publishes under the instance's rules; permissions are for clients. */
    private record Publishing(SkeinNode.Parts parts) implements MessagePublisher {
        @Override
        public CompletionStage<MessageId> publish(
                String instance, String topic, byte[] payload, int qos, boolean retain) {
            if (parts.serving().isDraining()) {
                // What this node would have to hand to others may find them gone.
                return CompletableFuture.failedFuture(
                        new ControlException(ErrorCode.UNAVAILABLE, "node: draining (expected: one that serves)"));
            }
            InstanceView view = parts.registry().views().find(instance);
            TopicRules.Violation broken = view == null ? null : TopicRules.publish(view, topic, payload.length);
            if (broken != null) {
                return CompletableFuture.failedFuture(new ControlException(ErrorCode.PUBLISH_REFUSED, broken.detail()));
            }
            return parts.edge()
                    .publish(instance, topic, payload, qos, retain)
                    .exceptionallyCompose(failure -> CompletableFuture.failedFuture(refusal(failure)));
        }

        private static ControlException refusal(Throwable failure) {
            return new ControlException(
                    Failures.unwrap(failure) instanceof IllegalArgumentException
                            ? ErrorCode.PUBLISH_REFUSED
                            : ErrorCode.UNAVAILABLE,
                    Failures.describe(failure));
        }
    }

    /** Whether the node lives and serves. */
    private record Health(SkeinNode.Parts parts) implements NodeHealth {
        @Override
        public CompletionStage<HealthReport> live() {
            return CompletableFuture.completedFuture(HealthReport.of(Check.good("process", "answers")));
        }

        @Override
        public CompletionStage<HealthReport> ready() {
            Optional<String> problem = parts.stores().problem();
            Check store = problem.map(text -> Check.bad("store", text)).orElseGet(() -> Check.good("store", "commits"));
            int instances = parts.registry().views().all().size();
            Check registry = check("registry", instances > 0, instances + " instances known", "no instance known");
            Serving serving = parts.serving();
            int open = serving.listeners();
            Check listeners = check("listeners", open > 0, open + " open", "none open");
            Check draining = check(
                    "draining",
                    !serving.isDraining(),
                    "no",
                    "the node stops: " + parts.edge().connections() + " connections left");
            List<Check> checks = new ArrayList<>(List.of(store, registry, listeners, draining));
            // The node serves all the same: it is the operator who has to know.
            parts.stores().durabilityWarnings().forEach(warning -> checks.add(Check.good("durability", warning)));
            return CompletableFuture.completedFuture(new HealthReport(checks));
        }

        private static Check check(String name, boolean ok, String good, String bad) {
            return ok ? Check.good(name, good) : Check.bad(name, bad);
        }
    }
}
