package dev.skein.node.wiring;

import com.typesafe.config.Config;
import dev.skein.node.cluster.Membership;
import dev.skein.node.config.NodeConfig;
import dev.skein.node.config.StorageConfig;
import dev.skein.node.info.ClusterInfo;
import dev.skein.node.info.NodeInfo;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.registry.RegistryService;
import dev.skein.node.trace.Tracing;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.jdbc.JdbcStores;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;

/**
 * A node that is starting: its parts begin in the order in which they need one another. It may wait for other nodes for
 * as long as there are none, so the start can be given up.
 */
public final class NodeStart {
    private final ActorSystem<Void> system;
    private final StoreOpening opening;
    private final CompletionStage<SkeinNode> node;

    private NodeStart(ActorSystem<Void> system, StoreOpening opening, CompletionStage<SkeinNode> node) {
        this.system = system;
        this.opening = opening;
        this.node = node;
    }

    /**
     * Begins to start a node.
     *
     * @param whole configuration with the section {@code skein}, resolved
     * @param interim what answers at the control API's address while no node does
     * @throws IllegalArgumentException or {@link com.typesafe.config.ConfigException} when the configuration is wrong
     * @throws IllegalStateException when the file of the embedded database shows that it cannot be opened
     */
    public static NodeStart begin(Config whole, Interim interim) {
        NodeConfig config = NodeConfig.from(whole);
        NodeMetrics metrics = new NodeMetrics(config.metrics());
        InstantSource clock = InstantSource.system();
        StorageConfig storage = config.storage();
        JdbcStores.problem(storage.url()).ifPresent(problem -> {
            throw new IllegalStateException(problem); // the actor system need not start for this
        });
        Undo undo = new Undo();
        undo.begun(metrics::close);
        StoreOpening opening = new StoreOpening(() -> open(storage, clock, metrics), storage.patience());
        undo.begun(() -> {
            var _ = opening.abandon();
        });
        NodeActorSystem actors = actors(config, metrics, undo);
        ActorSystem<Void> system = actors.system();
        undo.begun(system::terminate);
        CompletableFuture<SkeinNode> started = opening.stores().thenCompose(stores -> {
            Membership membership = Membership.of(system);
            Joining joining = Joining.start(system, membership, config.cluster(), stores.presence());
            // Sharding that is asked before there is a cluster complains twice a second.
            return membership
                    .up()
                    .thenComposeAsync(_ -> RegistryService.start(system, config.skein()))
                    .thenApply(registry -> new Foundation(
                            config, clock, metrics, stores, system, actors.contexts(), membership, registry))
                    .thenCompose(base -> serve(base, joining, interim, undo));
        });
        system.getWhenTerminated()
                .whenComplete((_, _) -> started.completeExceptionally(new IllegalStateException(
                        "the cluster downed the node before it served (expected: taken in)")));
        return new NodeStart(
                system, opening, started.exceptionallyCompose(cause -> undo(system, opening, undo, cause)));
    }

    private static NodeActorSystem actors(NodeConfig config, NodeMetrics metrics, Undo undo) {
        boolean started = false;
        try {
            NodeActorSystem actors = NodeActorSystem.start(config, metrics);
            started = true;
            return actors;
        } finally {
            if (!started) {
                undo.run(); // whatever is thrown: Scala throws what Java would have to declare
            }
        }
    }

    private static Stores open(StorageConfig storage, InstantSource clock, NodeMetrics metrics) {
        return JdbcStores.open(
                storage.url(), storage.user(), storage.password(), storage.poolSize(), storage.store(), clock, metrics);
    }

    private static CompletionStage<SkeinNode> serve(Foundation base, Joining joining, Interim interim, Undo undo) {
        MessagePlane plane = MessagePlane.start(base);
        undo.begun(plane::end);
        Serving serving = new Serving();
        ClusterInfo cluster = clusterInfo(base, plane, serving);
        NodeGauges.register(base, plane);
        QuotaWatch.start(base, plane, cluster);
        SessionExpiry.start(
                base.system(),
                base.registry().views(),
                base.stores(),
                base.membership(),
                plane.actors().sessions());
        return plane.open(base.system())
                .thenCompose(_ -> Ports.open(base, plane, cluster, serving, interim))
                .thenApply(ports -> SkeinNode.serve(base, plane, joining, serving, interim, ports));
    }

    /** What nodes tell one another for the control API: also one that has none itself. */
    private static ClusterInfo clusterInfo(Foundation base, MessagePlane plane, Serving serving) {
        NodeInfo here = new NodeInfo(
                base.membership().self().uid(),
                plane.edge(),
                base.registry().views(),
                base.stores()::problem,
                serving::isDraining,
                plane.quotas());
        base.system().systemActorOf(here.actor(), NodeInfo.NAME, Props.empty());
        base.system().systemActorOf(plane.tracing().actor(), Tracing.NAME, Props.empty());
        return new ClusterInfo(base.system(), base.membership(), here, plane.delivery()::pendingTo);
    }

    /** Stops what a start that failed had begun, and fails with its cause. */
    private static CompletionStage<SkeinNode> undo(
            ActorSystem<Void> system, StoreOpening opening, Undo undo, Throwable cause) {
        boolean downed = CoordinatedShutdown.get(system)
                .getShutdownReason()
                .filter(CoordinatedShutdown.clusterDowningReason()::equals)
                .isPresent();
        Throwable failure = downed ? new DownedException(cause) : cause;
        undo.run();
        return opening.abandon().thenCompose(_ -> CompletableFuture.failedFuture(failure));
    }

    /** Completes when it serves; fails, with everything stopped again, when it cannot. */
    public CompletionStage<SkeinNode> node() {
        return node;
    }

    /** Leaves the cluster, if it is in one by then, and stops everything; only while the node does not serve. */
    public CompletableFuture<Void> giveUp() {
        opening.giveUp();
        return opening.stores()
                .handle((_, _) -> Done.getInstance())
                .thenCompose(_ -> CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.clusterLeavingReason()))
                .thenCompose(_ -> node.handle((_, _) -> Done.getInstance()))
                .thenAccept(_ -> {});
    }
}
