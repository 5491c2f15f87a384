package dev.skein.node;

import dev.skein.node.edge.mqtt.MqttEdge;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.RouteTables;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The figures that a node shows without counting them itself. */
final class NodeGauges {
    private static final Duration COUNT_EVERY = Duration.ofSeconds(15);

    private NodeGauges() {}

    static void register(SkeinNode.Parts parts, NodeTables tables) {
        NodeMetrics metrics = parts.metrics();
        metrics.store(
                () -> parts.stores().metrics(), () -> parts.stores().messages().pendingBytes());
        for (InstanceView view : parts.registry().views().all()) {
            RouteTables ofInstance = tables.of(view.id());
            metrics.routes(view.id(), () -> ofInstance.all().size(), () -> routes(ofInstance));
            AtomicLong stored = new AtomicLong();
            refresh(parts, view.id(), stored);
            MqttEdge edge = parts.edge();
            String id = view.id();
            metrics.sessions(id, () -> edge.load(id).clean(), stored::get);
            metrics.subscriptions(id, () -> edge.load(id).subscriptions());
            metrics.deliveriesQueued(id, () -> edge.load(id).queued());
        }
    }

    /** Counts the persistent sessions of the store now and then: a scrape must not wait for the database. */
    private static void refresh(SkeinNode.Parts parts, String instance, AtomicLong stored) {
        var _ = parts.system()
                .scheduler()
                .scheduleWithFixedDelay(
                        Duration.ZERO,
                        COUNT_EVERY,
                        () -> parts.stores().sessions().count(instance).thenAccept(stored::set),
                        parts.system().executionContext());
    }

    private static long routes(RouteTables tables) {
        return tables.all().stream()
                .mapToLong(table -> (long) table.localSize() + sessions(table))
                .sum();
    }

    private static long sessions(RouteTable table) {
        return table.sessionSize();
    }
}
