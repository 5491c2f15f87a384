package dev.skein.node.wiring;

import dev.skein.node.auth.DeviceService;
import dev.skein.node.auth.TokenService;
import dev.skein.node.auth.TopicRules;
import dev.skein.node.control.ControlException;
import dev.skein.node.control.ControlPorts;
import dev.skein.node.control.ErrorCode;
import dev.skein.node.control.HealthReport;
import dev.skein.node.control.HealthReport.Check;
import dev.skein.node.control.MessagePublisher;
import dev.skein.node.control.NewMessage;
import dev.skein.node.control.NodeHealth;
import dev.skein.node.control.rpc.RpcApi;
import dev.skein.node.control.rpc.RpcPorts;
import dev.skein.node.delivery.Attachments;
import dev.skein.node.delivery.Delivery;
import dev.skein.node.delivery.DiskPressure;
import dev.skein.node.delivery.MemoryPressure;
import dev.skein.node.delivery.MessageExpiry;
import dev.skein.node.delivery.PathProbe;
import dev.skein.node.info.ClusterInfo;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.rule.RuleEngine;
import dev.skein.node.trace.ClusterTraces;
import dev.skein.persistence.api.Stores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the control API needs of the node. */
final class ControlAdapters {
    private ControlAdapters() {}

    static ControlPorts of(Foundation base, MessagePlane plane, ClusterInfo cluster, Serving serving) {
        InstanceViews views = base.registry().views();
        NodeClients clients = new NodeClients(
                cluster, base.stores(), plane.actors().sessions(), base.system().scheduler());
        Publishing publishing = new Publishing(views, plane.delivery(), serving);
        NodeRegistry registry = new NodeRegistry(base.registry());
        TokenService tokens = new TokenService(views, base.registry()::change, base.clock(), new SecureRandom());
        return new ControlPorts(
                clients,
                new NodeRetained(base.stores().overview(), plane.delivery().ingress()),
                publishing,
                registry,
                new NodeRules(base.registry(), plane.rules()),
                new NodeCredentials(base.registry(), new NodeTokenKeys(base.registry(), tokens), new SecureRandom()),
                new NodeCluster(
                        cluster, base.membership(), serving, base.metrics().history()),
                new Health(
                        base.stores(),
                        views,
                        plane.delivery().attachments(),
                        PathProbe.start(base.system(), plane.delivery()),
                        serving,
                        plane.delivery().pressure(),
                        plane.delivery().disk(),
                        plane.rules()),
                new NodeTraces(new ClusterTraces(base.system(), base.membership(), plane.tracing())),
                base.metrics()::scrape,
                new RpcApi(new RpcPorts(
                        clients,
                        publishing,
                        registry,
                        tokens,
                        new DeviceService(base.stores().devices(), views, base.clock(), new SecureRandom()),
                        views,
                        base.clock())),
                new HttpMeters(base.metrics()));
    }

    /** Publishes under the instance's rules; permissions are for clients. */
    private record Publishing(InstanceViews views, Delivery delivery, Serving serving) implements MessagePublisher {
        @Override
        public CompletionStage<MessageId> publish(String instance, NewMessage message) {
            if (serving.isDraining()) {
                // What this node would have to hand to others may find them gone.
                return CompletableFuture.failedFuture(
                        new ControlException(ErrorCode.UNAVAILABLE, "node: draining (expected: one that serves)"));
            }
            String topic = message.topic();
            int bytes = message.content().payload().length;
            boolean removes = message.retain() && bytes == 0; // that makes room
            if (delivery.pressure().isHigh() && !removes) {
                return CompletableFuture.failedFuture(new ControlException(
                        ErrorCode.UNAVAILABLE, delivery.pressure().reason()));
            }
            if (delivery.disk().isLow() && !removes) {
                return CompletableFuture.failedFuture(new ControlException(
                        ErrorCode.UNAVAILABLE, delivery.disk().reason()));
            }
            InstanceView view = views.find(instance);
            TopicRules.Violation broken = view == null ? null : broken(view, message);
            if (broken != null) {
                return CompletableFuture.failedFuture(new ControlException(ErrorCode.PUBLISH_REFUSED, broken.detail()));
            }
            return delivery.ingress()
                    .publish(instance, topic, content(message, view), message.qos(), message.retain(), Origin.API)
                    .exceptionallyCompose(failure -> CompletableFuture.failedFuture(refusal(failure)));
        }

        /** The limits that clients have. */
        private static TopicRules.@Nullable Violation broken(InstanceView view, NewMessage message) {
            TopicRules.Violation broken = TopicRules.properties(view, message.content());
            return broken == null
                    ? TopicRules.publish(
                            view, message.topic(), message.content().payload().length)
                    : broken;
        }

        /** Its expiry begins now. */
        private Content content(NewMessage message, @Nullable InstanceView view) {
            if (message.expirySeconds() == 0) {
                return message.content();
            }
            long expiresAt = delivery.clock().millis() + TimeUnit.SECONDS.toMillis(message.expirySeconds());
            Content content = message.content().expiringAt(expiresAt);
            return view == null
                    ? content
                    : MessageExpiry.within(content, view.limits().mqtt5(), delivery.clock());
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
    private record Health(
            Stores stores,
            InstanceViews views,
            Attachments attachments,
            PathProbe path,
            Serving serving,
            MemoryPressure pressure,
            DiskPressure disk,
            RuleEngine rules)
            implements NodeHealth {
        @Override
        public CompletionStage<HealthReport> live() {
            return CompletableFuture.completedFuture(HealthReport.of(Check.good("process", "answers")));
        }

        @Override
        public CompletionStage<HealthReport> ready() {
            Optional<String> problem = stores.problem();
            Check store = problem.map(text -> Check.bad("store", text)).orElseGet(() -> Check.good("store", "commits"));
            int instances = views.all().size();
            Check registry = check("registry", instances > 0, instances + " instances known", "no instance known");
            Check messages = path.problem()
                    .map(text -> Check.bad("messages", text))
                    .orElseGet(() -> Check.good("messages", "pass"));
            int open = serving.listeners();
            Check listeners = check("listeners", open > 0, open + " open", "none open");
            Check draining = check(
                    "draining",
                    !serving.isDraining(),
                    "no",
                    "the node stops: " + attachments.connectionCount() + " connections left");
            List<Check> checks = new ArrayList<>(List.of(store, registry, messages, listeners, draining));
            // The node serves all the same: it is the operator who has to know.
            if (pressure.isHigh()) {
                checks.add(Check.good("memory", pressure.reason()));
            }
            serving.revocationsExpired().ifPresent(text -> checks.add(Check.good("client-crl", text)));
            if (disk.isLow()) {
                checks.add(Check.good("disk", disk.reason()));
            }
            rules.problems().forEach(text -> checks.add(Check.good("rules", text)));
            stores.durabilityWarnings().forEach(warning -> checks.add(Check.good("durability", warning)));
            return CompletableFuture.completedFuture(new HealthReport(checks));
        }

        private static Check check(String name, boolean ok, String good, String bad) {
            return ok ? Check.good(name, good) : Check.bad(name, bad);
        }
    }
}
