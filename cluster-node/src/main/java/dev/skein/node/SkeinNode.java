// house-off: FileLength: the message plane moves out of it next
package dev.skein.node;

import com.typesafe.config.Config;
import dev.skein.node.admission.Admission;
import dev.skein.node.auth.InstanceAuthenticator;
import dev.skein.node.cluster.Membership;
import dev.skein.node.control.ControlServer;
import dev.skein.node.edge.BoundListener;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.edge.EventLoops;
import dev.skein.node.edge.Listeners;
import dev.skein.node.edge.TlsSettings;
import dev.skein.node.edge.mqtt.MqttEdge;
import dev.skein.node.info.ClusterInfo;
import dev.skein.node.info.NodeInfo;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.registry.RegistryService;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.actor.KeeperCommand;
import dev.skein.node.route.actor.RetainedMemory;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.TableKeeper;
import dev.skein.node.route.actor.TopicRouter;
import dev.skein.node.session.actor.ClientSession;
import dev.skein.node.session.actor.Restores;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.node.session.actor.SessionContext;
import dev.skein.node.session.actor.ShardAges;
import dev.skein.persistence.api.SessionStore;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.jdbc.JdbcStores;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running node: wires the parts together in the order in which they need one another, and takes them apart again. */
public final class SkeinNode {
    private static final Logger LOG = LoggerFactory.getLogger(SkeinNode.class);
    private static final Duration TAKE_OVER_DEADLINE = Duration.ofSeconds(5);
    private static final Duration ROUTE_DEADLINE = Duration.ofSeconds(15);
    private static final Duration IDLE_DEADLINE = Duration.ofSeconds(20);
    private static final Duration TABLE_IDLE = Duration.ofMinutes(5);
    private static final Duration HTTP_DEADLINE = Duration.ofSeconds(2);
    private static final Duration LOOPS_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration ADMISSION_TICK = Duration.ofMillis(50);
    private static final Duration LOST_TIMEOUT = Duration.ofSeconds(2);

    private final NodeConfig config;
    private final Stores stores;
    private final NodeMetrics metrics;
    private final ActorSystem<Void> system;
    private final RegistryService registry;
    private final EventLoops loops;
    private final ExecutorService hashes;
    private final MqttEdge edge;
    private final Serving serving;
    private final Listeners listeners;
    private final @Nullable ControlServer control;
    private final Membership membership;
    private final Wills wills;
    private final Interim interim;
    private @Nullable Joining joining;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicBoolean lost = new AtomicBoolean();

    /** An instance and its mode, {@code open} or {@code apsara}. */
    public record InstanceInfo(String id, String mode) {}

    private SkeinNode(Parts parts, Listeners listeners, @Nullable ControlServer control) {
        this.config = parts.config;
        this.stores = parts.stores;
        this.metrics = parts.metrics;
        this.system = parts.system;
        this.registry = parts.registry;
        this.loops = parts.loops;
        this.hashes = parts.hashes;
        this.edge = parts.edge;
        this.membership = parts.membership;
        this.wills = parts.wills;
        this.interim = parts.interim;
        this.serving = parts.serving;
        this.listeners = listeners;
        this.control = control;
    }

    /** What stands before listeners open. */
    record Parts(
            NodeConfig config,
            Stores stores,
            NodeMetrics metrics,
            ActorSystem<Void> system,
            RegistryService registry,
            EventLoops loops,
            ExecutorService hashes,
            MqttEdge edge,
            Membership membership,
            ActorRef<ShardingEnvelope<SessionCommand>> sessions,
            Wills wills,
            ClusterInfo cluster,
            Serving serving,
            Admission admission,
            ConnectionMemory memory,
            Interim interim) {}

    /** As {@link #begin}, for a node that is not started anew when its cluster puts it down. */
    public static CompletionStage<SkeinNode> start(Config whole) {
        return begin(whole, new Interim(false)).node();
    }

    /**
     * Begins to start a node.
     *
     * @param whole configuration with the section {@code skein}, resolved
     * @param interim what answers at the control API's address while no node does
     * @throws IllegalArgumentException or {@link com.typesafe.config.ConfigException} when the configuration is wrong
     */
    static NodeStart begin(Config whole, Interim interim) {
        NodeConfig config = NodeConfig.from(whole);
        NodeMetrics metrics = new NodeMetrics(config.metrics());
        InstantSource clock = InstantSource.system();
        StoreOpening storeOpening = new StoreOpening(
                () -> open(config, clock, metrics), config.database().patience());
        CompletableFuture<Stores> opening = storeOpening.stores();
        ActorSystem<Void> system = config.newActorSystem();
        CompletableFuture<SkeinNode> started = opening.thenCompose(stores -> {
            Membership membership = Membership.of(system);
            Joining joining = Joining.start(system, membership, config.cluster(), stores.presence());
            // Sharding that is asked before there is a cluster complains twice a second.
            return membership
                    .up()
                    .thenComposeAsync(_ -> RegistryService.start(system, config.skein()))
                    .thenCompose(
                            registry -> wire(config, stores, metrics, system, membership, registry, clock, interim))
                    .thenApply(node -> node.joined(joining));
        });
        system.getWhenTerminated()
                .whenComplete((_, _) -> started.completeExceptionally(new IllegalStateException(
                        "the cluster put the node down before it served (expected: taken in)")));
        CompletionStage<SkeinNode> node = started.exceptionallyCompose(cause -> {
            boolean putDown = CoordinatedShutdown.get(system)
                    .getShutdownReason()
                    .filter(CoordinatedShutdown.clusterDowningReason()::equals)
                    .isPresent();
            Throwable failure = putDown ? new PutDownException(cause) : cause;
            system.terminate();
            return opening.handle((stores, none) -> {
                        if (stores != null) {
                            stores.close();
                        }
                        return null;
                    })
                    .thenCompose(_ -> CompletableFuture.failedFuture(failure));
        });
        return new NodeStart(node, () -> {
            storeOpening.giveUp();
            return opening.handle((_, _) -> Done.getInstance())
                    .thenCompose(
                            _ -> CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.clusterLeavingReason()))
                    .thenCompose(_ -> node.handle((_, _) -> Done.getInstance()));
        });
    }

    private static Stores open(NodeConfig config, InstantSource clock, NodeMetrics metrics) {
        NodeConfig.Database database = config.database();
        return JdbcStores.open(
                database.url(),
                database.user(),
                database.password(),
                database.poolSize(),
                config.store(),
                clock,
                metrics);
    }

    private static CompletionStage<SkeinNode> wire(
            NodeConfig config,
            Stores stores,
            NodeMetrics metrics,
            ActorSystem<Void> system,
            Membership membership,
            RegistryService registry,
            InstantSource clock,
            Interim interim) {
        NodeTables tables = new NodeTables();
        CompletableFuture<ActorRef<KeeperCommand>> keeper = new CompletableFuture<>();
        // Actors that other nodes start here wait a moment for these: they need one another.
        CompletableFuture<MqttEdge> edge = new CompletableFuture<>();
        ClusterSharding sharding = ClusterSharding.get(system);
        ActorRef<ShardingEnvelope<RouterCommand>> routers =
                routers(sharding, config, stores, membership, keeper, metrics);
        keeper.complete(system.systemActorOf(
                TableKeeper.create(membership.self().uid(), tables, routers, TABLE_IDLE, clock::millis),
                TableKeeper.NAME,
                Props.empty()));
        Admission admission = admission(config, metrics, system);
        ConnectionMemory memory = new ConnectionMemory(config.edge().memoryMax());
        CompletableFuture<SessionContext> shared = new CompletableFuture<>();
        Wills wills = new Wills(system, stores.wills(), membership, edge, memory);
        ActorRef<ShardingEnvelope<SessionCommand>> sessions = sessions(sharding, shared);
        Restores restores = new Restores(stores.sessions(), admission.restores());
        shared.complete(context(membership, sessions, stores.sessions(), restores, routers, clock, wills));
        EventLoops loops = EventLoops.create(config.edge());
        ExecutorService hashes = config.auth().newHashExecutor();
        edge.complete(MqttEdge.create(
                system,
                loops.loops(),
                new MqttEdge.Parts(
                        config.mqtt(),
                        config.edge().connectTimeout(),
                        config.edge().stallTimeout(),
                        memory,
                        authenticator(config, registry, hashes, system),
                        registry.views(),
                        stores.messages(),
                        wills,
                        tables,
                        metrics,
                        clock,
                        sessions,
                        routers,
                        keeper.resultNow(),
                        membership,
                        admission)));
        Serving serving = new Serving();
        Parts parts = new Parts(
                config,
                stores,
                metrics,
                system,
                registry,
                loops,
                hashes,
                edge.resultNow(),
                membership,
                sessions,
                wills,
                clusterInfo(system, membership, edge.resultNow(), registry, stores, serving),
                serving,
                admission,
                memory,
                interim);
        NodeGauges.register(parts, tables);
        SessionExpiry.start(system, registry.views(), stores, sessions);
        return edge.resultNow().open().thenCompose(_ -> {
            wills.start();
            return openListeners(parts);
        });
    }

    private static InstanceAuthenticator authenticator(
            NodeConfig config, RegistryService registry, ExecutorService hashes, ActorSystem<?> system) {
        BiConsumer<Duration, Runnable> timer =
                (delay, task) -> system.scheduler().scheduleOnce(delay, task, system.executionContext());
        return new InstanceAuthenticator(registry.views(), config.auth(), hashes, System::nanoTime, timer);
    }

    private static SessionContext context(
            Membership membership,
            ActorRef<ShardingEnvelope<SessionCommand>> sessions,
            SessionStore store,
            Restores restores,
            ActorRef<ShardingEnvelope<RouterCommand>> routers,
            InstantSource clock,
            Wills wills) {
        return new SessionContext(
                membership,
                sessions,
                store,
                restores,
                routers,
                clock,
                new AtomicLong(),
                wills,
                new ShardAges(System::nanoTime),
                TAKE_OVER_DEADLINE,
                ROUTE_DEADLINE,
                IDLE_DEADLINE);
    }

    private static Admission admission(NodeConfig config, NodeMetrics metrics, ActorSystem<?> system) {
        Admission admission = Admission.of(
                config.admission(), System::nanoTime, stage -> metrics.admissionWait(stage.label())::record);
        var _ = system.scheduler()
                .scheduleWithFixedDelay(ADMISSION_TICK, ADMISSION_TICK, admission::tick, system.executionContext());
        return admission;
    }

    private static ClusterInfo clusterInfo(
            ActorSystem<?> system,
            Membership membership,
            MqttEdge edge,
            RegistryService registry,
            Stores stores,
            Serving serving) {
        NodeInfo here =
                new NodeInfo(membership.self().uid(), edge, registry.views(), stores::problem, serving::isDraining);
        system.systemActorOf(here.actor(), NodeInfo.NAME, Props.empty());
        return new ClusterInfo(system, membership, here, edge::pendingTo);
    }

    private static ActorRef<ShardingEnvelope<SessionCommand>> sessions(
            ClusterSharding sharding, CompletableFuture<SessionContext> shared) {
        return sharding.init(Entity.of(
                        ClientSession.TYPE_KEY,
                        context -> ClientSession.create(context.getEntityId(), shared.join(), context.getShard()))
                .withStopMessage(ClientSession.Stop.INSTANCE));
    }

    private static ActorRef<ShardingEnvelope<RouterCommand>> routers(
            ClusterSharding sharding,
            NodeConfig config,
            Stores stores,
            Membership membership,
            CompletableFuture<ActorRef<KeeperCommand>> keeper,
            NodeMetrics metrics) {
        LongAdder passedOver = new LongAdder();
        RetainedMemory retained = RetainedMemory.ofThisJvm(config.mqtt().retainedMax());
        metrics.routersPassedOver(passedOver::sum);
        return sharding.init(Entity.of(
                        TopicRouter.TYPE_KEY,
                        context -> TopicRouter.create(
                                context.getEntityId(),
                                new TopicRouter.Shared(
                                        stores.sessions(),
                                        stores.retained(),
                                        membership,
                                        keeper.join(),
                                        retained,
                                        passedOver),
                                context.getShard()))
                .withStopMessage(TopicRouter.Stop.INSTANCE));
    }

    private static CompletionStage<SkeinNode> openListeners(Parts parts) {
        return control(parts)
                .thenCompose(control -> Listeners.open(
                                parts.loops,
                                parts.config.listeners(),
                                parts.config.tls(),
                                parts.config.edge(),
                                parts.edge,
                                new EdgeMeters(parts.metrics),
                                parts.memory,
                                parts.admission.handshakes())
                        .thenApply(listeners -> {
                            parts.serving.opened(listeners.bound().size());
                            SkeinNode node = new SkeinNode(parts, listeners, control);
                            node.endWithActors();
                            parts.serving.drainAsked().thenRun(() -> {
                                LOG.info("draining, as the control API was asked to");
                                Logging.linksEnd();
                                node.stop();
                            });
                            return node;
                        }));
    }

    private static CompletionStage<@Nullable ControlServer> control(Parts parts) {
        if (!parts.config.http().enabled()) {
            return CompletableFuture.completedFuture(null);
        }
        parts.interim.close();
        return ControlServer.start(parts.system, parts.config.http(), ControlAdapters.of(parts))
                .thenApply(server -> server);
    }

    /** Listeners that are open. */
    public List<BoundListener> listeners() {
        return listeners.bound();
    }

    /** Where the control API listens, or null when it is off. */
    public @Nullable InetSocketAddress httpAddress() {
        return control == null ? null : control.address();
    }

    /** Instances by id. */
    public List<InstanceInfo> instances() {
        return registry.views().all().stream()
                .map(view -> new InstanceInfo(view.id(), view.mode().name().toLowerCase(Locale.ROOT)))
                .sorted((a, b) -> a.id().compareTo(b.id()))
                .toList();
    }

    /** Name of this node in the cluster. */
    public String nodeId() {
        return membership.self().address();
    }

    /** Reads the certificates of {@code tls} now; see {@link Listeners#reload}. */
    CompletionStage<Boolean> readCertificates(TlsSettings tls) {
        return listeners.reload(tls);
    }

    private SkeinNode joined(Joining by) {
        joining = by;
        return this;
    }

    /** Whether it is a cluster of one by its configuration. */
    public boolean isAlone() {
        return !config.cluster().many();
    }

    /** Completes when the node has ended, by {@link #stop} or by itself. */
    public CompletionStage<Void> ended() {
        return ended;
    }

    /** Whether the cluster put this node down, or its actors ended without {@link #stop} having been called. */
    public boolean isLost() {
        return lost.get();
    }

    /** Whether an operator has asked it to end, through the control API. */
    public boolean isDrainAsked() {
        return serving.isDrainAsked();
    }

    /** How long the connections that it has now take to close. */
    Duration drainTime() {
        int rate = lost.get() ? 0 : config.cluster().drainRate();
        return rate == 0 ? Duration.ZERO : Duration.ofSeconds(edge.connections() / rate);
    }

    /** Pekko ends the actors of a node that the cluster has put down; then nothing may go on serving. */
    private void endWithActors() {
        CoordinatedShutdown.get(system).addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "skein-edge", () -> {
            if (!stopping.get()) {
                wills.end();
                lost.set(true);
                LOG.error("put down by the cluster, or its actors failed: every connection is closed");
                stop();
            }
            return CompletableFuture.completedFuture(Done.getInstance());
        });
        if (control != null) {
            // As late as its actors allow: until then it tells how far the node is.
            CoordinatedShutdown.get(system)
                    .addTask(
                            CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
                            "skein-control",
                            () -> control.stop(HTTP_DEADLINE).thenApply(done -> {
                                if (!lost.get()) {
                                    interim.ending(control.address());
                                } else if (!isAlone()) {
                                    interim.open(control.address());
                                }
                                return done;
                            }));
        }
    }

    /** Stops accepting, lets every connection leave its session, commits what was given, and ends. */
    public CompletionStage<Void> stop() {
        if (!stopping.compareAndSet(false, true)) {
            return ended;
        }
        serving.drain();
        wills.leave();
        listeners.stopAccepting();
        // The store of a node that was put down takes nothing any more: nobody's goodbye is worth waiting for.
        Duration leaving = lost.get() ? LOST_TIMEOUT : LEAVE_TIMEOUT.plus(drainTime());
        var _ = edge.closeAll(lost.get() ? 0 : config.cluster().drainRate())
                .toCompletableFuture()
                .orTimeout(leaving.toSeconds(), TimeUnit.SECONDS)
                .exceptionally(late -> {
                    LOG.warn("connections were cut off: {}", late.toString());
                    return null;
                })
                .thenCompose(_ -> CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.clusterLeavingReason()))
                .thenCompose(_ -> listeners.close())
                .thenCompose(_ -> loops.shutdown(Duration.ZERO, LOOPS_TIMEOUT))
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        LOG.warn("not everything stopped in order: {}", failure.toString());
                    }
                    if (joining != null) {
                        joining.end();
                    }
                    hashes.shutdownNow();
                    stores.close();
                    metrics.close();
                    ended.complete(null);
                });
        return ended;
    }
}
