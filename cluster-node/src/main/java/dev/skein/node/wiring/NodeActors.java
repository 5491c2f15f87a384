package dev.skein.node.wiring;

import dev.skein.node.admission.Budget;
import dev.skein.node.registry.InstanceLimits;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.SessionTerms;
import dev.skein.node.route.InstanceQuotas;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.RouteMemory;
import dev.skein.node.route.actor.KeeperCommand;
import dev.skein.node.route.actor.RetainedMemory;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.TableKeeper;
import dev.skein.node.route.actor.TopicRouter;
import dev.skein.node.session.actor.ClientSession;
import dev.skein.node.session.actor.PendingWills;
import dev.skein.node.session.actor.Restores;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.node.session.actor.SessionContext;
import dev.skein.node.session.actor.ShardAges;
import dev.skein.node.session.actor.SharedQueues;
import dev.skein.persistence.api.Overview.Usage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.jspecify.annotations.Nullable;

/**
 * The actors that decide, and the tables that they keep on this node.
 *
 * @param tables the routes that network threads read
 * @param keeper keeps them in step with the routers
 * @param routers sends to any router of the cluster
 * @param sessions sends to any session of the cluster
 */
record NodeActors(
        NodeTables tables,
        ActorRef<KeeperCommand> keeper,
        ActorRef<ShardingEnvelope<RouterCommand>> routers,
        ActorRef<ShardingEnvelope<SessionCommand>> sessions) {
    private static final Duration TAKE_OVER_DEADLINE = Duration.ofSeconds(5);
    private static final Duration ROUTE_DEADLINE = Duration.ofSeconds(15);
    private static final Duration IDLE_DEADLINE = Duration.ofSeconds(20);
    private static final Duration TABLE_IDLE = Duration.ofMinutes(5);

    /**
     * Starts them.
     *
     * @param reads budget of sessions that are read
     * @param wills of former connections
     * @param queues of sessions that end
     */
    static NodeActors start(Foundation base, Budget reads, PendingWills wills, SharedQueues queues) {
        NodeTables tables = new NodeTables(
                RouteMemory.ofThisJvm(), id -> quotas(base.registry().views().find(id)));
        CompletableFuture<TopicRouter.Shared> ofRouters = new CompletableFuture<>();
        ActorRef<ShardingEnvelope<RouterCommand>> routers = routers(base, ofRouters);
        ActorRef<KeeperCommand> keeper = base.system()
                .systemActorOf(
                        TableKeeper.create(
                                base.membership().self().uid(),
                                tables,
                                routers,
                                TableKeeper.Bounds.ofThisJvm(TABLE_IDLE),
                                base.clock()::millis),
                        TableKeeper.NAME,
                        Props.empty());
        ofRouters.complete(sharedByRouters(base, tables, keeper));
        CompletableFuture<SessionContext> ofSessions = new CompletableFuture<>();
        ActorRef<ShardingEnvelope<SessionCommand>> sessions = sessions(base, ofSessions);
        ofSessions.complete(new SessionContext(
                base.membership(),
                sessions,
                base.stores().sessions(),
                new Restores(base.stores().sessions(), reads),
                routers,
                base.clock(),
                new AtomicLong(),
                wills,
                queues,
                new ShardAges(System::nanoTime),
                instance -> SessionTerms.bySettings(base.registry().views().find(instance)),
                new SessionContext.Deadlines(TAKE_OVER_DEADLINE, ROUTE_DEADLINE, IDLE_DEADLINE)));
        return new NodeActors(tables, keeper, routers, sessions);
    }

    private static ActorRef<ShardingEnvelope<RouterCommand>> routers(
            Foundation base, CompletableFuture<TopicRouter.Shared> shared) {
        return ClusterSharding.get(base.system())
                .init(Entity.of(
                                TopicRouter.TYPE_KEY,
                                context -> EarlyEntity.of(
                                        shared,
                                        ready -> TopicRouter.create(context.getEntityId(), ready, context.getShard())))
                        .withStopMessage(TopicRouter.Stop.INSTANCE));
    }

    private static InstanceQuotas quotas(@Nullable InstanceView view) {
        if (view == null) {
            return InstanceQuotas.none();
        }
        InstanceLimits.Totals totals = view.limits().totals();
        return new InstanceQuotas(
                new Usage(totals.filters(), totals.filterBytes()),
                totals.retainedBytes(),
                totals.retainedParentBytes());
    }

    private static TopicRouter.Shared sharedByRouters(
            Foundation base, NodeTables tables, ActorRef<KeeperCommand> keeper) {
        LongAdder passedOver = new LongAdder();
        base.metrics().routersPassedOver(passedOver::sum);
        return new TopicRouter.Shared(
                base.stores().sessions(),
                base.stores().retained(),
                base.membership(),
                keeper,
                RetainedMemory.ofThisJvm(base.config().mqtt().retainedMax()),
                instance -> tables.of(instance).quotas(),
                passedOver);
    }

    private static ActorRef<ShardingEnvelope<SessionCommand>> sessions(
            Foundation base, CompletableFuture<SessionContext> shared) {
        return ClusterSharding.get(base.system())
                .init(Entity.of(
                                ClientSession.TYPE_KEY,
                                context -> EarlyEntity.of(
                                        shared,
                                        ready ->
                                                ClientSession.create(context.getEntityId(), ready, context.getShard())))
                        .withStopMessage(ClientSession.Stop.INSTANCE));
    }
}
