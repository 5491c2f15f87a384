package dev.skein.node.delivery;

import dev.skein.node.cluster.Membership;
import dev.skein.node.cluster.StillMember;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.observe.Observers;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.RouteMemory;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.actor.KeeperCommand;
import dev.skein.node.route.actor.RemoteSessions;
import dev.skein.node.route.actor.RouteSync;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.SyncCommand;
import dev.skein.node.route.actor.SyncFigures;
import dev.skein.node.route.actor.TableKeeper;
import dev.skein.node.session.FlowSettings;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.MessageStore;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * The message plane of a node: its event loops with what lies between them, its attachments, and its links to other
 * nodes. Every protocol publishes into it by {@link Ingress} and is served by it through {@link Attachment}.
 * Thread-safe.
 */
public final class Delivery {
    private static final int CLOSES_A_SECOND = 20;
    private static final Duration AUDIT_EVERY = Duration.ofSeconds(30);

    private final Parts parts;
    private final Actors actors;
    private final StoreBridge bridge;
    private final SeenMessages seen = new SeenMessages();
    private final HeldPublishers held = new HeldPublishers();
    private final Pressures pressures = new Pressures(new MemoryPressure(held), new DiskPressure(held));
    private final ConnectionLog log = new ConnectionLog();
    private final List<LoopContext> loops = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<String, Instance> instances = new ConcurrentHashMap<>();
    private final Attachments attachments = new Attachments(loops);
    private final Ingress ingress;
    private @Nullable Links links;

    /**
     * What it stands on.
     *
     * @param tables the route tables of this node
     * @param metrics figures of its own, beside what {@code observers} count
     * @param memory what all connections of the node hold
     * @param flow how long publishers wait for receivers
     * @param membership the other nodes
     * @param sharing how members of shared subscriptions are chosen
     */
    public record Parts(
            MessageStore store,
            NodeTables tables,
            NodeMetrics metrics,
            Observers observers,
            InstantSource clock,
            ConnectionMemory memory,
            FlowSettings flow,
            Membership membership,
            SharedStrategy sharing) {}

    /**
     * The actors that it talks to.
     *
     * @param sessions the sharded sessions
     * @param routers the sharded routers
     * @param keeper the keeper of this node's tables
     */
    public record Sharded(
            ActorRef<ShardingEnvelope<SessionCommand>> sessions,
            ActorRef<ShardingEnvelope<RouterCommand>> routers,
            ActorRef<KeeperCommand> keeper) {}

    /** The actors that its parts talk to. */
    record Actors(Sharded sharded, ActorRef<StillMember.Command> stillMember, Scheduler scheduler) {
        ActorRef<ShardingEnvelope<SessionCommand>> sessions() {
            return sharded.sessions();
        }

        ActorRef<ShardingEnvelope<RouterCommand>> routers() {
            return sharded.routers();
        }

        ActorRef<KeeperCommand> keeper() {
            return sharded.keeper();
        }
    }

    private Delivery(Parts parts, Actors actors) {
        this.parts = parts;
        this.actors = actors;
        this.bridge = new StoreBridge(this);
        this.ingress = new Ingress(this);
    }

    /** Starts on {@code eventLoops}, in their order; {@link #open} follows before the first connection. */
    public static Delivery create(
            ActorSystem<?> system, List<EventLoop> eventLoops, Parts parts, Sharded sharded, InstanceViews views) {
        Actors actors = new Actors(sharded, stillMember(system, parts), system.scheduler());
        Delivery delivery = new Delivery(parts, actors);
        delivery.start(system, eventLoops, views);
        return delivery;
    }

    private static ActorRef<StillMember.Command> stillMember(ActorSystem<?> system, Parts parts) {
        LongAdder standstills = new LongAdder();
        parts.metrics().standstills(standstills::sum);
        return system.systemActorOf(
                StillMember.create(parts.membership(), standstills::increment), StillMember.NAME, Props.empty());
    }

    private void start(ActorSystem<?> system, List<EventLoop> eventLoops, InstanceViews views) {
        Links made = makeLinks(system);
        links = made;
        for (int i = 0; i < eventLoops.size(); i++) {
            loops.add(new LoopContext(this, i, eventLoops.size(), eventLoops.get(i)));
        }
        loops.forEach(LoopContext::start);
        store().onBatch(bridge::endOfCommit);
        views.onChange(this::update); // before: a change in between is not missed
        views.all().forEach(this::update);
        // On the threads that read from the other nodes: a segment changes hands once, to its event loop.
        system.systemActorOf(
                Links.actor(this), Links.NAME, DispatcherSelector.fromConfig("pekko.remote.default-remote-dispatcher"));
        made.follow(this);
        LinkFigures figures = made.figures();
        metrics().heldPublishers(held::waiting, held::times, held::nanos);
        metrics().links(figures::resent, figures::pushesLeftOut, figures::claimsSentAgain);
    }

    private Links makeLinks(ActorSystem<?> system) {
        RemoteSessions sessions = new RemoteSessions();
        RouteSync.Parts sync = new RouteSync.Parts(
                membership(),
                tables(),
                sessions,
                attachments::sessionIds,
                attachments.unpushed(),
                AUDIT_EVERY,
                new CompletableFuture<>(),
                new SyncFigures());
        ActorRef<SyncCommand> actor = system.systemActorOf(RouteSync.create(sync), RouteSync.NAME, Props.empty());
        SyncFigures figures = sync.figures();
        metrics().remoteRoutes(figures::remoteRoutes, sessions::size, figures::pending, figures::repaired);
        return new Links(membership(), RouteSync.handle(actor, sync), sessions);
    }

    private void update(InstanceView view) {
        Instance instance = instances.computeIfAbsent(view.id(), id -> new Instance(view, tables().of(id), metrics()));
        instance.update(view);
    }

    /** Completes when this node and all others know each other's routes and the root tables are open. */
    public CompletionStage<Void> open() {
        return links().sync().synced().thenCompose(_ -> openRoots());
    }

    private CompletionStage<Void> openRoots() {
        CompletableFuture<?>[] opened = instances.keySet().stream()
                .map(instance -> {
                    CompletableFuture<Boolean> done = new CompletableFuture<>();
                    actors.keeper().tell(new TableKeeper.Open(instance, RouteTable.ROOT, () -> done.complete(true)));
                    return done;
                })
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(opened);
    }

    /** The way by which anything publishes that is no client of an event loop. */
    public Ingress ingress() {
        return ingress;
    }

    public MessageStore store() {
        return parts.store();
    }

    /** What the subscriptions of persistent sessions take on this node. */
    public RouteMemory routeMemory() {
        return tables().memory();
    }

    NodeTables tables() {
        return parts.tables();
    }

    /** Who hears of messages and clients. */
    public Observers observers() {
        return parts.observers();
    }

    NodeMetrics metrics() {
        return parts.metrics();
    }

    public InstantSource clock() {
        return parts.clock();
    }

    /** What all connections of the node hold. */
    public ConnectionMemory memory() {
        return parts.memory();
    }

    /** How members of shared subscriptions are chosen. */
    SharedStrategy sharedStrategy() {
        return parts.sharing();
    }

    FlowSettings flow() {
        return parts.flow();
    }

    public Membership membership() {
        return parts.membership();
    }

    Actors actors() {
        return actors;
    }

    /** The sharded sessions. */
    public ActorRef<ShardingEnvelope<SessionCommand>> sessions() {
        return actors.sessions();
    }

    /** Brings what the store committed back to the event loops. */
    public StoreBridge bridge() {
        return bridge;
    }

    SeenMessages seen() {
        return seen;
    }

    /** What the node as a whole may have too little of. */
    private record Pressures(MemoryPressure memory, DiskPressure disk) {}

    /** Publishers that wait for receivers. */
    public HeldPublishers held() {
        return held;
    }

    /** Whether the memory of the node is nearly used up. */
    public MemoryPressure pressure() {
        return pressures.memory;
    }

    /** Whether the disk of the store is nearly full. */
    public DiskPressure disk() {
        return pressures.disk;
    }

    /** Log lines about connections and what they publish. */
    public ConnectionLog log() {
        return log;
    }

    /** Event loops in the order of their index. */
    public List<LoopContext> loops() {
        return loops;
    }

    /** One loop for a topic, so that what is published on it one after another stays in order. */
    LoopContext loopOf(String topic) {
        return loops.get(Math.floorMod(topic.hashCode(), loops.size()));
    }

    /** An instance by its id, or null. */
    public @Nullable Instance instance(String id) {
        return instances.get(id);
    }

    /** The live ends of sessions on this node. */
    public Attachments attachments() {
        return attachments;
    }

    /** The other nodes. */
    public Links links() {
        return Objects.requireNonNull(links);
    }

    /** Bytes that the node at {@code address} has not yet taken from this one; a moment old. */
    public long pendingTo(String address) {
        return links().figures().pendingTo(address);
    }

    /**
     * Closes every connection; completes when all have left their sessions.
     *
     * @param rate connections a second, 0 for all at once
     */
    public CompletionStage<Void> closeAll(int rate) {
        int count = loops.size();
        int atOnce = rate / CLOSES_A_SECOND;
        List<CompletableFuture<?>> closed = new ArrayList<>();
        for (LoopContext loop : loops) {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            closed.add(done);
            int share = Math.max(1, (atOnce + loop.index()) / count);
            int each = rate == 0 ? Integer.MAX_VALUE : share;
            loop.execute(() -> loop.attachments().closeAll(each, 1000 / CLOSES_A_SECOND, done));
        }
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        return CompletableFuture.allOf(closed.toArray(CompletableFuture[]::new))
                .thenCompose(_ -> {
                    awaitLeft(left);
                    return left;
                })
                .thenAccept(_ -> {});
    }

    private void awaitLeft(CompletableFuture<Boolean> left) {
        if (attachments.connectionCount() == 0) {
            left.complete(true);
        } else {
            var _ = loops.getFirst().eventLoop().schedule(() -> awaitLeft(left), 20, TimeUnit.MILLISECONDS);
        }
    }
}
