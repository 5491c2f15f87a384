package dev.skein.node;

import dev.skein.node.auth.TopicRules;
import dev.skein.node.control.ControlException;
import dev.skein.node.control.ControlPorts;
import dev.skein.node.control.ErrorCode;
import dev.skein.node.control.HealthReport;
import dev.skein.node.control.MessagePublisher;
import dev.skein.node.control.NodeHealth;
import dev.skein.node.registry.InstanceView;
import dev.skein.protocol.mqtt.MessageId;
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
                new Health(parts),
                parts.metrics()::scrape);
    }

    /** Publishes under the instance's rules; permissions are for clients. */
    private record Publishing(SkeinNode.Parts parts) implements MessagePublisher {
        @Override
        public CompletionStage<MessageId> publish(
                String instance, String topic, byte[] payload, int qos, boolean retain) {
            InstanceView view = parts.registry().views().find(instance);
            TopicRules.Violation broken = view == null ? null : TopicRules.publish(view, topic, payload.length);
            if (broken != null) {
                return CompletableFuture.failedFuture(new ControlException(ErrorCode.PUBLISH_REFUSED, broken.detail()));
            }
            return parts.edge()
                    .publish(instance, topic, payload, qos, retain)
                    .exceptionallyCompose(failure -> CompletableFuture.failedFuture(new ControlException(
                            failure instanceof IllegalArgumentException
                                    ? ErrorCode.PUBLISH_REFUSED
                                    : ErrorCode.UNAVAILABLE,
                            String.valueOf(failure.getMessage()))));
        }
    }

    /** Whether the node lives and serves. */
    private record Health(SkeinNode.Parts parts) implements NodeHealth {
        @Override
        public CompletionStage<HealthReport> live() {
            return CompletableFuture.completedFuture(HealthReport.of(HealthReport.Check.good("process", "answers")));
        }

        @Override
        public CompletionStage<HealthReport> ready() {
            Optional<String> problem = parts.stores().problem();
            HealthReport.Check store = problem.map(text -> HealthReport.Check.bad("store", text))
                    .orElseGet(() -> HealthReport.Check.good("store", "commits"));
            return CompletableFuture.completedFuture(HealthReport.of(store));
        }
    }
}
