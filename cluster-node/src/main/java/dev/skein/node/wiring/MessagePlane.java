package dev.skein.node.wiring;

import dev.skein.node.admission.Admission;
import dev.skein.node.auth.CachedCredentials;
import dev.skein.node.auth.CredentialStore;
import dev.skein.node.auth.InstanceAuthenticator;
import dev.skein.node.auth.RegistryCredentials;
import dev.skein.node.claim.Claims;
import dev.skein.node.config.NodeConfig;
import dev.skein.node.delivery.Delivery;
import dev.skein.node.delivery.Ingress;
import dev.skein.node.delivery.LeftQueues;
import dev.skein.node.delivery.MemoryPressure;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.edge.EventLoops;
import dev.skein.node.edge.Listeners;
import dev.skein.node.edge.mqtt.MqttEdge;
import dev.skein.node.governor.MemoryWatch;
import dev.skein.node.observe.Observers;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.route.InstanceQuotas;
import dev.skein.node.rule.RuleEngine;
import dev.skein.node.rule.status.PresenceNotices;
import dev.skein.node.trace.Tracing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What serves clients and moves their messages on this node.
 *
 * @param actors those that decide
 * @param delivery event loops and what lies between them
 * @param edge MQTT
 * @param wills publishes them, also for nodes that are gone
 * @param loops threads of all connections
 * @param hashes threads on which passwords are hashed
 * @param admission how much the node takes on at once
 * @param rules to and from back ends
 * @param memory watches the heap and direct memory
 * @param tracing records what becomes of clients and messages
 */
record MessagePlane(
        NodeActors actors,
        Delivery delivery,
        MqttEdge edge,
        Wills wills,
        EventLoops loops,
        ExecutorService hashes,
        Admission admission,
        RuleEngine rules,
        MemoryWatch memory,
        Tracing tracing) {
    private static final Duration PRESSURE_SWEEP = Duration.ofSeconds(1);
    private static final Duration ADMISSION_TICK = Duration.ofMillis(50);
    private static final int CREDENTIALS_CACHED_MAX = 50_000;
    private static final Duration LOOPS_TIMEOUT = Duration.ofSeconds(5);

    /** Starts everything; no client is served before {@link #open} and {@link #listen}. */
    static MessagePlane start(Foundation base) {
        NodeConfig config = base.config();
        Admission admission = admission(base);
        ConnectionMemory memory = new ConnectionMemory(config.edge().memoryMax());
        // Sessions that other nodes start here may have wills published before this node has event loops.
        CompletableFuture<Ingress> ingress = new CompletableFuture<>();
        CompletableFuture<LeftQueues> queues = new CompletableFuture<>();
        Wills wills = new Wills(
                base.system(),
                base.stores().wills(),
                new WaitingWills(base.stores(), base.registry().views(), base.clock()),
                base.membership(),
                will -> ingress.thenCompose(ready -> ready.publish(will)),
                memory);
        NodeActors actors = NodeActors.start(
                base,
                admission.restores(),
                wills,
                (session, filters) -> queues.thenCompose(ready -> ready.handOn(session, filters)));
        PresenceNotices notices = new PresenceNotices(base.clock());
        Tracing tracing =
                Tracing.start(config.tracing(), base.membership().self().uid(), base.clock());
        EventLoops loops = EventLoops.create(config.edge());
        tracing.serve(loops.loops());
        Observers observers = new Observers(base.metrics(), List.of(notices, tracing.source()));
        Delivery delivery = delivery(base, actors, loops, memory, observers);
        tracing.holdBack(delivery.disk()::isLow); // what is left is for messages
        ingress.complete(delivery.ingress());
        queues.complete(new LeftQueues(delivery));
        ExecutorService hashes = config.auth().newHashExecutor();
        MqttEdge edge = new MqttEdge(
                delivery,
                Claims.create(base.system(), delivery),
                authenticator(base, hashes),
                wills,
                admission,
                config.mqtt(),
                config.edge());
        return new MessagePlane(
                actors,
                delivery,
                edge,
                wills,
                loops,
                hashes,
                admission,
                Rules.of(base, delivery, notices),
                watch(base, delivery),
                tracing);
    }

    private static MemoryWatch watch(Foundation base, Delivery delivery) {
        DiskWatch.start(base, delivery.disk());
        MemoryPressure pressure = delivery.pressure();
        var _ = base.system()
                .scheduler()
                .scheduleWithFixedDelay(
                        PRESSURE_SWEEP,
                        PRESSURE_SWEEP,
                        pressure::sweep,
                        base.system().executionContext());
        return MemoryWatch.start(base.config().memory(), pressure::alarm);
    }

    private static Delivery delivery(
            Foundation base, NodeActors actors, EventLoops loops, ConnectionMemory memory, Observers observers) {
        NodeConfig config = base.config();
        Delivery.Parts parts = new Delivery.Parts(
                base.stores().messages(),
                actors.tables(),
                base.metrics(),
                observers,
                base.clock(),
                memory,
                config.mqtt().flow(),
                base.membership(),
                config.mqtt().sharing());
        Delivery.Sharded sharded = new Delivery.Sharded(actors.sessions(), actors.routers(), actors.keeper());
        return Delivery.create(
                base.system(), loops.loops(), parts, sharded, base.registry().views());
    }

    private static Admission admission(Foundation base) {
        ActorSystem<?> system = base.system();
        Admission admission = Admission.of(
                base.config().admission(),
                System::nanoTime,
                stage -> base.metrics().admissionWait(stage.label())::record);
        var _ = system.scheduler()
                .scheduleWithFixedDelay(ADMISSION_TICK, ADMISSION_TICK, admission::tick, system.executionContext());
        return admission;
    }

    private static InstanceAuthenticator authenticator(Foundation base, ExecutorService hashes) {
        ActorSystem<?> system = base.system();
        BiConsumer<Duration, Runnable> timer =
                (delay, task) -> system.scheduler().scheduleOnce(delay, task, system.executionContext());
        InstanceViews views = base.registry().views();
        CredentialStore credentials = CachedCredentials.over(
                new RegistryCredentials(views, base.stores().devices()), views, CREDENTIALS_CACHED_MAX);
        return InstanceAuthenticator.create(
                views, credentials, base.config().auth(), hashes, System::nanoTime, timer, base.clock());
    }

    /** What each instance has, and may have. */
    Function<String, InstanceQuotas> quotas() {
        return instance -> actors.tables().of(instance).quotas();
    }

    /** Completes when messages reach every node and come from it. */
    CompletionStage<Void> open(ActorSystem<?> system) {
        return delivery.open().thenRun(wills::start).thenRun(() -> rules.start(system));
    }

    /** Opens the listeners of clients. */
    CompletionStage<Listeners> listen(Foundation base, Serving serving) {
        NodeConfig config = base.config();
        return Listeners.open(
                loops,
                config.listeners(),
                config.tls(),
                config.edge(),
                edge,
                new EdgeMeters(base.metrics(), serving),
                delivery.memory(),
                admission.handshakes());
    }

    /** Ends what has threads of its own, of a node that never served. */
    void end() {
        var _ = rules.close();
        var _ = endLoops();
        endThreads();
    }

    /** Ends the threads beside those of connections. */
    void endThreads() {
        hashes.shutdownNow();
        memory.close();
        tracing.end();
    }

    /** Ends the threads of connections, which are closed by then. */
    CompletionStage<Void> endLoops() {
        tracing.handOver();
        return loops.shutdown(Duration.ZERO, LOOPS_TIMEOUT);
    }
}
