package dev.skein.node.edge.mqtt;

import dev.skein.node.admission.Admission;
import dev.skein.node.auth.Authenticator;
import dev.skein.node.cluster.Membership;
import dev.skein.node.cluster.StillMember;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.actor.KeeperCommand;
import dev.skein.node.route.actor.RouteSync;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.SessionKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;

/** What all connections of a node share. Thread-safe. */
final class EdgeShared {
    /** An odd number with bits all over: neighbours come to lie far apart. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private static final int LOOK_AGAIN_AT_ONCE = 1000;

    private final MqttSettings settings;
    private final Duration connectTimeout;
    private final Duration stallTimeout;
    private final ConnectionMemory memory;
    private final Authenticator authenticator;
    private final MessageStore store;
    private final WillPublisher wills;
    private final NodeTables tables;
    private final NodeMetrics metrics;
    private final InstantSource clock;
    private final Actors actors;
    private final Admission admission;
    private final StoreBridge bridge;
    private final SeenMessages seen = new SeenMessages();
    private final HeldPublishers held = new HeldPublishers();
    private final RefusalLog log = new RefusalLog();
    private final List<LoopContext> loops = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<String, EdgeInstance> instances = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<SessionKey, MqttConnection> clients = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<SessionKey, Leaving> leaving = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, MqttConnection> attached = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, MqttConnection> connections = new ConcurrentHashMap<>();
    private final AtomicLong connectionIds;
    private @Nullable ActorRef<ConnectionEvent> gateway;
    private @Nullable Links links;

    /**
     * A connection that is closed and still has its client ID.
     *
     * @param graceful whether its client has said DISCONNECT
     * @param left completes when its session's actor is told that it has gone
     */
    record Leaving(MqttConnection connection, boolean graceful, CompletableFuture<Void> left) {}

    /** The actors that connections talk to. */
    record Actors(
            ActorRef<ShardingEnvelope<SessionCommand>> sessions,
            ActorRef<ShardingEnvelope<RouterCommand>> routers,
            ActorRef<KeeperCommand> keeper,
            Membership membership,
            ActorRef<StillMember.Command> stillMember,
            Scheduler scheduler) {}

    EdgeShared(
            MqttSettings settings,
            Duration connectTimeout,
            Duration stallTimeout,
            ConnectionMemory memory,
            Authenticator authenticator,
            MessageStore store,
            WillPublisher wills,
            NodeTables tables,
            NodeMetrics metrics,
            InstantSource clock,
            Actors actors,
            Admission admission) {
        this.settings = settings;
        this.connectTimeout = connectTimeout;
        this.stallTimeout = stallTimeout;
        this.memory = memory;
        this.authenticator = authenticator;
        this.store = store;
        this.wills = wills;
        this.tables = tables;
        this.metrics = metrics;
        this.clock = clock;
        this.actors = actors;
        this.admission = admission;
        this.bridge = new StoreBridge(this);
        // Fences what connections say: ids of one node begin at a place of their own, ids of its lives do not meet.
        this.connectionIds = new AtomicLong((actors.membership().self().uid() * SPREAD) ^ (clock.millis() << 20));
    }

    MqttSettings settings() {
        return settings;
    }

    Duration connectTimeout() {
        return connectTimeout;
    }

    /** After how long a client is closed that takes nothing of what waits for it. */
    Duration stallTimeout() {
        return stallTimeout;
    }

    /** What all connections of the node hold. */
    ConnectionMemory memory() {
        return memory;
    }

    Authenticator authenticator() {
        return authenticator;
    }

    SeenMessages seen() {
        return seen;
    }

    MessageStore store() {
        return store;
    }

    WillPublisher wills() {
        return wills;
    }

    NodeTables tables() {
        return tables;
    }

    NodeMetrics metrics() {
        return metrics;
    }

    InstantSource clock() {
        return clock;
    }

    Actors actors() {
        return actors;
    }

    /** How much the node takes on at once. */
    Admission admission() {
        return admission;
    }

    /** The other nodes. */
    Links links() {
        return Objects.requireNonNull(links);
    }

    /** Set once, before the first connection. */
    void links(Links all) {
        links = all;
    }

    StoreBridge bridge() {
        return bridge;
    }

    /** Publishers that wait for receivers. */
    HeldPublishers held() {
        return held;
    }

    RefusalLog log() {
        return log;
    }

    /** The actor through which sessions reach this node's connections. */
    ActorRef<ConnectionEvent> gateway() {
        return Objects.requireNonNull(gateway);
    }

    /** Set once, before the first connection. */
    void gateway(ActorRef<ConnectionEvent> ref) {
        gateway = ref;
    }

    /** Event loops in the order of their index. */
    List<LoopContext> loops() {
        return loops;
    }

    /** Instances by id. */
    ConcurrentHashMap<String, EdgeInstance> instances() {
        return instances;
    }

    /** The live connection of each client ID on this node. */
    ConcurrentHashMap<SessionKey, MqttConnection> clients() {
        return clients;
    }

    /** Connections that are closed and have not left their client ID yet: for their will, or for the store. */
    ConcurrentHashMap<SessionKey, Leaving> leaving() {
        return leaving;
    }

    /** How a connection that is closed leaves its client ID; null when it has left it, or had none. */
    @Nullable
    Leaving leavingOf(MqttConnection connection) {
        ClientState client = connection.clientOrNull();
        Leaving found = client == null ? null : leaving.get(client.key());
        return found != null && found.connection() == connection ? found : null;
    }

    /** The live connection of a persistent session on this node, or null. */
    @Nullable
    MqttConnection attached(long sessionId) {
        return attached.get(sessionId);
    }

    /** The live connections of persistent sessions by session id. */
    ConcurrentHashMap<Long, MqttConnection> attached() {
        return attached;
    }

    /** How sessions attached here hear that others did not push to them. */
    RouteSync.Unpushed unpushed() {
        return new RouteSync.Unpushed() {
            @Override
            public void missed(List<Long> sessions) {
                each(sessions, LoopContext::missed);
            }

            @Override
            public void lookAgain(List<Long> sessions) {
                if (sessions.size() > LOOK_AGAIN_AT_ONCE) {
                    loops.forEach(loop -> loop.execute(loop::lookAgain)); // one after another
                } else {
                    each(sessions, LoopContext::lookAgain);
                }
            }
        };
    }

    private void each(List<Long> sessions, Consumer<MqttConnection> task) {
        Map<Integer, List<MqttConnection>> byLoop = new HashMap<>();
        for (long session : sessions) {
            MqttConnection online = attached(session);
            if (online != null) {
                byLoop.computeIfAbsent(online.loop(), _ -> new ArrayList<>()).add(online);
            }
        }
        byLoop.forEach((loop, some) -> loops.get(loop).execute(() -> some.forEach(task)));
    }

    /** Connections by connection id, from CONNECT until they have detached. */
    ConcurrentHashMap<Long, MqttConnection> connections() {
        return connections;
    }

    long nextConnectionId() {
        return connectionIds.incrementAndGet();
    }
}
