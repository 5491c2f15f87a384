package dev.skein.node.edge.mqtt;

import dev.skein.node.admission.Admission;
import dev.skein.node.auth.Authenticator;
import dev.skein.node.cluster.Membership;
import dev.skein.node.cluster.StillMember;
import dev.skein.node.edge.ConnectionInfo;
import dev.skein.node.edge.ConnectionInitializer;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.edge.EdgeSettings;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.route.Match;
import dev.skein.node.route.Message;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.actor.KeeperCommand;
import dev.skein.node.route.actor.RemoteSessions;
import dev.skein.node.route.actor.RouteSync;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.SyncCommand;
import dev.skein.node.route.actor.SyncFigures;
import dev.skein.node.route.actor.TableKeeper;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand.OnceMark;
import dev.skein.persistence.api.StoreCommand.WillMark;
import dev.skein.persistence.api.StoredWill;
import dev.skein.protocol.mqtt.MessageId;
import dev.skein.protocol.mqtt.codec.MqttFramer;
import dev.skein.protocol.mqtt.codec.PacketDecoder;
import dev.skein.protocol.mqtt.codec.TopicName;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;

/** MQTT on this node: puts the handlers on new connections, and publishes for wills and for the control API. */
public final class MqttEdge implements ConnectionInitializer {
    private static final int CLOSES_A_SECOND = 20;
    private static final Duration AUDIT_EVERY = Duration.ofSeconds(30);

    private final EdgeShared shared;

    /**
     * What the edge stands on.
     *
     * @param transport until when CONNECT must have been answered, and when a client is stalled
     * @param memory what all connections of the node hold
     * @param actors those that it talks to
     * @param admission how much the node takes on at once
     */
    public record Parts(
            MqttSettings settings,
            EdgeSettings transport,
            ConnectionMemory memory,
            Authenticator authenticator,
            InstanceViews views,
            MessageStore store,
            WillPublisher wills,
            NodeTables tables,
            NodeMetrics metrics,
            InstantSource clock,
            Actors actors,
            Admission admission) {}

    /**
     * The actors that MQTT talks to.
     *
     * @param sessions the sharded sessions
     * @param routers the sharded routers
     * @param keeper the keeper of this node's tables
     * @param membership the other nodes
     */
    public record Actors(
            ActorRef<ShardingEnvelope<SessionCommand>> sessions,
            ActorRef<ShardingEnvelope<RouterCommand>> routers,
            ActorRef<KeeperCommand> keeper,
            Membership membership) {}

    private MqttEdge(EdgeShared shared) {
        this.shared = shared;
    }

    /** Starts on {@code loops}, in their order; {@link #open} follows before the first connection. */
    public static MqttEdge create(ActorSystem<?> system, List<EventLoop> loops, Parts parts) {
        EdgeShared shared = new EdgeShared(
                parts.settings(),
                parts.transport().connectTimeout(),
                parts.transport().stallTimeout(),
                parts.memory(),
                parts.authenticator(),
                parts.store(),
                parts.wills(),
                parts.tables(),
                parts.metrics(),
                parts.clock(),
                new EdgeShared.Actors(
                        parts.actors().sessions(),
                        parts.actors().routers(),
                        parts.actors().keeper(),
                        parts.actors().membership(),
                        stillMember(system, parts),
                        system.scheduler()),
                parts.admission());
        shared.links(links(system, shared));
        for (int i = 0; i < loops.size(); i++) {
            shared.loops().add(new LoopContext(shared, i, loops.size(), loops.get(i)));
        }
        shared.loops().forEach(LoopContext::start);
        parts.store().onBatch(shared.bridge()::endOfCommit);
        MqttEdge edge = new MqttEdge(shared);
        parts.views().all().forEach(edge::update);
        parts.views().onChange(edge::update);
        shared.gateway(system.systemActorOf(ConnectionGateway.create(shared), ConnectionEvent.GATEWAY, Props.empty()));
        // On the threads that read from the other nodes: a segment changes hands once, to its event loop.
        system.systemActorOf(
                Links.actor(shared),
                Links.NAME,
                DispatcherSelector.fromConfig("pekko.remote.default-remote-dispatcher"));
        shared.links().follow(shared);
        LinkFigures figures = shared.links().figures();
        HeldPublishers held = shared.held();
        parts.metrics().heldPublishers(held::waiting, held::times, held::nanos);
        parts.metrics().links(figures::resent, figures::pushesLeftOut, figures::claimsSaidAgain);
        return edge;
    }

    private static ActorRef<StillMember.Command> stillMember(ActorSystem<?> system, Parts parts) {
        LongAdder standstills = new LongAdder();
        parts.metrics().standstills(standstills::sum);
        return system.systemActorOf(
                StillMember.create(parts.actors().membership(), standstills::increment), StillMember.NAME, Props.empty());
    }

    private static Links links(ActorSystem<?> system, EdgeShared shared) {
        Membership membership = shared.actors().membership();
        RemoteSessions sessions = new RemoteSessions();
        RouteSync.Parts parts = new RouteSync.Parts(
                membership,
                shared.tables(),
                sessions,
                () -> shared.attached().keySet(),
                shared.unpushed(),
                AUDIT_EVERY,
                new CompletableFuture<>(),
                new SyncFigures());
        ActorRef<SyncCommand> sync = system.systemActorOf(RouteSync.create(parts), RouteSync.NAME, Props.empty());
        SyncFigures figures = parts.figures();
        shared.metrics().remoteRoutes(figures::remoteRoutes, sessions::size, figures::pending, figures::repaired);
        return new Links(membership, RouteSync.handle(sync, parts), sessions);
    }

    private void update(InstanceView view) {
        EdgeInstance instance = shared.instances()
                .computeIfAbsent(
                        view.id(), id -> new EdgeInstance(view, shared.tables().of(id), shared.metrics()));
        instance.update(view);
    }

    /** Completes when this node and all others know each other's routes and the root tables are open. */
    public CompletionStage<Void> open() {
        return shared.links().sync().synced().thenCompose(_ -> openRoots());
    }

    private CompletionStage<Void> openRoots() {
        CompletableFuture<?>[] opened = shared.instances().keySet().stream()
                .map(instance -> {
                    CompletableFuture<Boolean> done = new CompletableFuture<>();
                    shared.actors()
                            .keeper()
                            .tell(new TableKeeper.Open(instance, RouteTable.ROOT, () -> done.complete(true)));
                    return done;
                })
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(opened);
    }

    @Override
    public void init(Channel channel, ConnectionInfo info) {
        LoopContext loop = shared.loops().stream()
                .filter(each -> each.eventLoop() == channel.eventLoop())
                .findFirst()
                .orElseThrow();
        MqttConnection connection = new MqttConnection(shared, loop, info);
        MqttFramer framer = new MqttFramer(
                shared.settings().maxPacketSize(), loop.topics(), PacketDecoder.INSTANCE, connection.holdings());
        channel.pipeline().addLast(framer, connection);
    }

    /**
     * Publishes for the node itself. Any thread.
     *
     * @param topic a valid topic name
     * @return completes with the message's identity when it is stored and accepted as a QoS 1 publish would be; fails
     *     when the instance is unknown, the topic wrong or the store refused it
     */
    public CompletionStage<MessageId> publish(String instance, String topic, byte[] payload, int qos, boolean retain) {
        return publish(instance, topic, payload, qos, retain, null);
    }

    /**
     * Publishes a will, which must be undertaken by this node, once: however often and by whichever nodes it is tried.
     * Any thread; as {@link #publish(String, String, byte[], int, boolean)}.
     */
    public CompletionStage<MessageId> publish(StoredWill will) {
        WillMark mark = new WillMark(will.connectionId(), will.node());
        return publish(will.key().instance(), will.topic(), will.payload(), will.qos(), will.retain(), mark);
    }

    private CompletionStage<MessageId> publish(
            String instance, String topic, byte[] payload, int qos, boolean retain, @Nullable OnceMark mark) {
        EdgeInstance known = shared.instances().get(instance);
        if (known == null) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("instance: " + instance + " (expected: a known one)"));
        }
        TopicName name;
        try {
            name = TopicName.of(topic);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<MessageId> done = new CompletableFuture<>();
        // One loop for a topic, so that what is published on it one after another stays in order.
        LoopContext loop = shared.loops()
                .get(Math.floorMod(topic.hashCode(), shared.loops().size()));
        boolean retained = retain && known.p2pTarget(name) == null;
        Supplier<Message> made = () -> loop.message(known, name, payload, qos, retained);
        Runnable publish = () -> publish(loop, known, name, made, mark, done);
        // A will waits for no receiver: whoever comes next with its client ID waits for it.
        long patience =
                mark == null && qos > 0 ? shared.settings().flow().patience().toNanos() : 0;
        long until = System.nanoTime() + patience;
        loop.execute(() -> afterReceivers(loop, known, name, until, publish));
        return done;
    }

    /** Runs {@code publish} when receivers have room, or at the time {@code until}. */
    private void afterReceivers(LoopContext loop, EdgeInstance instance, TopicName name, long until, Runnable publish) {
        boolean mayWait = shared.held().any() && name.p2pTarget() == null && until - System.nanoTime() > 0;
        TopicRoutes routes = TopicRoutes.of(shared, instance, name);
        Match match = mayWait ? loop.publisher().match(routes) : null;
        Obstacle obstacle = match == null ? null : loop.obstacles().find(match, routes);
        if (match == null || obstacle == null) {
            publish.run();
        } else {
            obstacle.await(
                    Obstacles.isAlone(match),
                    () -> loop.execute(() -> afterReceivers(loop, instance, name, until, publish)));
        }
    }

    private void publish(
            LoopContext loop,
            EdgeInstance instance,
            TopicName name,
            Supplier<Message> made,
            @Nullable OnceMark mark,
            CompletableFuture<MessageId> done) {
        if (loop.standstill().mustWait()) {
            loop.standstill().await(() -> publish(loop, instance, name, made, mark, done));
            return;
        }
        TopicRoutes routes = TopicRoutes.of(shared, instance, name);
        String target = instance.p2pTarget(name);
        Match match = target == null ? loop.publisher().match(routes) : null;
        if (target == null && match == null) {
            loop.publisher().open(routes, () -> publish(loop, instance, name, made, mark, done));
            return;
        }
        Message message = made.get();
        routes.metrics().received(message.qos(), message.payload().length);
        PublishTally tally = new PublishTally() {
            @Override
            void settled(boolean ok) {
                loop.execute(
                        () -> { // after the end of this round: live connections of other loops have it then
                            if (ok) {
                                done.complete(message.id());
                            } else {
                                done.completeExceptionally(
                                        new IllegalStateException("message: not stored (expected: stored)"));
                            }
                        });
            }
        };
        Runnable settleNow = () -> {
            if (tally.isSettled()) {
                tally.settled(true);
            }
        };
        if (match != null) {
            loop.publisher().publish(message, routes, match, mark, tally);
            settleNow.run();
        } else if (target != null) {
            loop.publisher().publishToClient(message, routes, target, mark, tally, () -> true, settleNow);
        }
    }

    /** Client IDs connected to this node, in order. */
    public List<String> online(String instance) {
        return shared.clients().keySet().stream()
                .filter(key -> key.instance().equals(instance))
                .map(SessionKey::clientId)
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    /**
     * Figures of the connected clients of one instance, for metrics: taken from their event loops without waiting, so
     * each may be a moment old.
     *
     * @param clean connected clean sessions
     * @param persistent connected persistent sessions
     * @param subscriptions topic filters of all of them
     * @param queued messages that wait in memory behind their connections
     */
    public record Load(long clean, long persistent, long subscriptions, long queued) {}

    /** See {@link Load}. */
    public Load load(String instance) {
        long clean = 0;
        long persistent = 0;
        long subscriptions = 0;
        long queued = 0;
        for (MqttConnection connection : shared.clients().values()) {
            ClientState client = connection.clientOrNull();
            if (client != null && client.instance().id().equals(instance)) {
                clean += client.sessionId() == 0 ? 1 : 0;
                persistent += client.sessionId() == 0 ? 0 : 1;
                SubscriptionPhase subscribed = connection.subscriptionsOrNull();
                subscriptions += subscribed == null ? 0 : subscribed.count();
                queued += client.flow().queued();
            }
        }
        return new Load(clean, persistent, subscriptions, queued);
    }

    /** Bytes that the node at {@code address} has not yet taken from this one; a moment old. */
    public long pendingTo(String address) {
        return shared.links().figures().pendingTo(address);
    }

    /** Connections from CONNECT until they have left their sessions. */
    public int connections() {
        return shared.connections().size();
    }

    /** One connected client; empty when it is not connected to this node. */
    public CompletionStage<Optional<ClientInfo>> client(String instance, String clientId) {
        MqttConnection connection = shared.clients().get(new SessionKey(instance, clientId));
        if (connection == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletableFuture<Optional<ClientInfo>> answer = new CompletableFuture<>();
        connection.context().execute(() -> answer.complete(info(connection)));
        return answer;
    }

    private static Optional<ClientInfo> info(MqttConnection connection) {
        ClientState client = connection.clientOrNull();
        if (client == null || connection.isClosed()) {
            return Optional.empty();
        }
        ClientState.Accepted accepted = client.accepted();
        return Optional.of(new ClientInfo(
                client.identity().clientId(),
                client.identity().username(),
                client.identity().group(),
                client.connectedAt(),
                NetUtil.toSocketAddressString(connection.info().remote()),
                connection.info().listener(),
                accepted.protocolLevel(),
                accepted.cleanSession(),
                (int) TimeUnit.NANOSECONDS.toSeconds(accepted.keepAliveNanos()),
                accepted.sessionId(),
                connection.subscriptions().snapshot(),
                client.flow().queued(),
                client.flow().inflight(),
                client.counts()));
    }

    /**
     * Closes every connection; completes when all have left their sessions.
     *
     * @param rate connections a second, 0 for all at once
     */
    public CompletionStage<Void> closeAll(int rate) {
        int loops = shared.loops().size();
        int atOnce = rate / CLOSES_A_SECOND;
        List<CompletableFuture<?>> closed = new ArrayList<>();
        for (LoopContext loop : shared.loops()) {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            closed.add(done);
            int share = Math.max(1, (atOnce + loop.index()) / loops);
            int each = rate == 0 ? Integer.MAX_VALUE : share;
            loop.execute(() -> loop.closeAll(each, 1000 / CLOSES_A_SECOND, done));
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
        if (shared.connections().isEmpty()) {
            left.complete(true);
        } else {
            var _ = shared.loops().getFirst().eventLoop().schedule(() -> awaitLeft(left), 20, TimeUnit.MILLISECONDS);
        }
    }
}
