package dev.skein.node.wiring;

import dev.skein.node.admission.Budget;
import dev.skein.node.admission.Meters;
import dev.skein.node.admission.Reconnects;
import dev.skein.node.admission.Stage;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.edge.mqtt.MqttEdge;
import dev.skein.node.governor.MemoryGovernor;
import dev.skein.node.observe.History;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.route.Quota;
import dev.skein.node.route.RouteMemory;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.RouteTables;
import dev.skein.node.trace.Tracing;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The figures that a node shows without counting them itself. */
final class NodeGauges {
    private static final Duration COUNT_EVERY = Duration.ofSeconds(15);

    private NodeGauges() {}

    static void register(Foundation base, MessagePlane plane) {
        NodeMetrics metrics = base.metrics();
        remember(base);
        metrics.cluster(() -> base.membership().others().size() + 1L);
        metrics.store(
                () -> base.stores().metrics(),
                () -> base.stores().messages().pendingBytes(),
                () -> base.config().mqtt().maxPendingBytes());
        ConnectionMemory memory = plane.delivery().memory();
        metrics.connectionMemory(memory::used, memory::max, memory::closed);
        RouteMemory routes = plane.delivery().routeMemory();
        metrics.sessionRoutes(routes::used, routes::max);
        for (Stage stage : Stage.values()) {
            Budget budget = plane.admission().of(stage);
            String label = stage.label();
            metrics.admission(
                    label,
                    () -> budget.figures().inProgress(),
                    () -> budget.figures().waiting(),
                    () -> budget.figures().admitted());
            metrics.admissionRefused(
                    label, () -> budget.figures().full(), () -> budget.figures().overdue());
        }
        Reconnects reconnects = plane.admission().reconnects();
        metrics.reconnects(reconnects::clientsSlowed, reconnects::addressesSlowed, reconnects::waiting);
        MemoryGovernor governor = plane.memory().governor();
        governor.kinds()
                .forEach(kind -> metrics.memory(kind.what(), kind::used, kind::max, () -> governor.isAbove(kind)));
        metrics.memoryAlarms(governor::raised);
        Tracing tracing = plane.tracing();
        metrics.trace(tracing::written, tracing::dropped, tracing::bytes);
        for (InstanceView view : base.registry().views().all()) {
            rates(metrics, view.id(), plane.admission().meters());
            RouteTables ofInstance = plane.actors().tables().of(view.id());
            metrics.routes(view.id(), () -> ofInstance.all().size(), () -> routes(ofInstance));
            MqttEdge edge = plane.edge();
            String id = view.id();
            AtomicLong stored =
                    counted(base, COUNT_EVERY, () -> base.stores().sessions().count(id));
            Quota retained = ofInstance.quotas().retained();
            metrics.retained(
                    id, () -> retained.total().entries(), () -> retained.total().bytes());
            Quota filters = ofInstance.quotas().filters();
            metrics.filters(
                    id, () -> filters.total().entries(), () -> filters.total().bytes());
            metrics.sessions(id, () -> edge.load(id).clean(), stored::get);
            metrics.subscriptions(id, () -> edge.load(id).subscriptions());
            metrics.deliveriesQueued(id, () -> edge.load(id).queued());
        }
    }

    private static void remember(Foundation base) {
        var _ = base.system()
                .scheduler()
                .scheduleWithFixedDelay(
                        Duration.ZERO,
                        History.STEP,
                        () -> base.metrics().history().sample(base.clock().millis()),
                        base.system().executionContext());
    }

    private static void rates(NodeMetrics metrics, String instance, Meters meters) {
        for (Meters.Scope scope : Meters.Scope.values()) {
            for (Meters.Kind kind : Meters.Kind.values()) {
                if (Meters.isBounded(scope, kind)) {
                    metrics.rateExceeded(
                            instance, scope.label(), kind.label(), () -> meters.count(instance, scope, kind));
                }
            }
        }
    }

    /** Counts what is in the store now and then: a scrape must not wait for the database. */
    private static AtomicLong counted(Foundation base, Duration every, Supplier<CompletionStage<Long>> count) {
        AtomicLong last = new AtomicLong();
        var _ = base.system()
                .scheduler()
                .scheduleWithFixedDelay(
                        Duration.ZERO,
                        every,
                        () -> count.get().thenAccept(last::set),
                        base.system().executionContext());
        return last;
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
