package dev.skein.node.edge.mqtt;

import dev.skein.node.delivery.Instance;
import dev.skein.node.delivery.Links;
import dev.skein.node.delivery.LoopContext;
import dev.skein.node.admission.Admission;
import dev.skein.node.admission.Budget;
import dev.skein.node.auth.Identity;
import dev.skein.node.cluster.StillMember;
import dev.skein.node.edge.ConnectionInfo;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.edge.ListenerSettings;
import dev.skein.node.net.Hosts;
import dev.skein.node.observe.MetricsSettings;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.registry.Anonymous;
import dev.skein.node.registry.DuplicateClientId;
import dev.skein.node.registry.InstanceLimits;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.Mode;
import dev.skein.node.registry.PermissionRule;
import dev.skein.node.registry.SessionRules;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.actor.KeeperCommand;
import dev.skein.node.route.actor.RemoteSessions;
import dev.skein.node.route.actor.RouteSync;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.SyncCommand;
import dev.skein.node.route.actor.SyncFigures;
import dev.skein.node.route.actor.SyncNode;
import dev.skein.node.session.FlowSettings;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.ConnectionRef;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.SessionKey;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;

/** One connection of a persistent session, connected, at an edge that has nothing but it. */
final class OneConnection implements AutoCloseable {
    /** Its session. */
    static final long SESSION = 7;

    /** The default of skein.mqtt.max-packet-size. */
    static final int PACKET_MAX = 1024 * 1024;

    /** skein.edge.memory-max. */
    static final int MEMORY_MAX = 64 << 20;

    /** skein.mqtt.max-filter-bytes. */
    static final int FILTERS_MAX = 32 << 20;

    /** skein.edge.stall-timeout, and others. */
    static final Duration LONG = Duration.ofSeconds(20);

    final SyncNode node = SyncNode.first(Duration.ofMinutes(1));
    final TestProbe<ShardingEnvelope<SessionCommand>> sessions = node.kit.createTestProbe();
    final EmbeddedChannel channel = new EmbeddedChannel();
    final EdgeShared shared;
    final LoopContext loop;
    final MqttConnection connection;
    final ClientState client;
    private final NodeTables tables = new NodeTables();
    private final NodeMetrics metrics = new NodeMetrics(new MetricsSettings(10));

    private static final class NoWills implements WillPublisher {
        @Override
        public CompletionStage<Void> keep(SessionKey client, long connectionId, Will will) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> publish(SessionKey client, long connectionId, Will will) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> drop(long connectionId) {
            return CompletableFuture.completedFuture(null);
        }
    }

    OneConnection(MessageStore store) {
        shared = shared(store);
        shared.gateway(node.kit.<ConnectionEvent>createTestProbe().getRef());
        loop = new LoopContext(shared, 0, 1, channel.eventLoop());
        shared.loops().add(loop);
        loop.start();
        Instance instance = new Instance(open(), tables.of("default"), metrics);
        shared.instances().put("default", instance);
        connection = new MqttConnection(
                shared,
                loop,
                ConnectionInfo.of(
                        new ListenerSettings("mqtt", true, new Hosts(List.of("127.0.0.1")), 0, "default", false),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
        channel.pipeline().addLast(connection);
        ConnectionRef self =
                new ConnectionRef(shared.gateway(), 1, node.membership.self().uid());
        connection.tie().claim("default", "c", new SessionCommand.Attach(self, false, true, false));
        sessions.receiveMessage(LONG);
        connection.tie().granted(node.membership.self().uid()); // else it is claimed again on a slow machine
        client = new ClientState(
                shared,
                connection,
                instance,
                new Identity("default", "c", null, null),
                new ClientState.Accepted(1, SESSION, 4, false, 0, null));
        connection.connected(client);
    }

    private static Budget budget() {
        return new Budget(10, 10, LONG, LONG, System::nanoTime, _ -> {});
    }

    private EdgeShared shared(MessageStore store) {
        EdgeShared made = new EdgeShared(
                new MqttSettings(
                        PACKET_MAX,
                        new FlowSettings(100, 100, 100, 1 << 20, true, LONG),
                        100,
                        LONG,
                        FILTERS_MAX,
                        1 << 20),
                LONG,
                LONG,
                new ConnectionMemory(MEMORY_MAX),
                (_, _, _) -> {},
                store,
                new NoWills(),
                tables,
                metrics,
                InstantSource.system(),
                new EdgeShared.Actors(
                        sessions.getRef(),
                        node.kit
                                .<ShardingEnvelope<RouterCommand>>createTestProbe()
                                .getRef(),
                        node.kit.<KeeperCommand>createTestProbe().getRef(),
                        node.membership,
                        node.kit.<StillMember.Command>createTestProbe().getRef(),
                        node.kit.system().scheduler()),
                new Admission(budget(), budget(), budget()));
        RouteSync.Parts parts = new RouteSync.Parts(
                node.membership,
                tables,
                new RemoteSessions(),
                List::of,
                made.unpushed(),
                LONG,
                new CompletableFuture<>(),
                new SyncFigures());
        made.links(new Links(
                node.membership,
                RouteSync.handle(node.kit.<SyncCommand>createTestProbe().getRef(), parts),
                parts.sessions()));
        return made;
    }

    private static InstanceView open() {
        return new InstanceView(
                "default",
                Mode.OPEN,
                Anonymous.ALWAYS,
                DuplicateClientId.TAKE_OVER,
                InstanceLimits.OPEN,
                new SessionRules(false, true, Duration.ofDays(1)),
                false,
                Set.of(),
                Set.of(),
                Map.of(),
                Map.of(),
                List.of(),
                PermissionRule.Effect.ALLOW,
                0);
    }

    @Override
    public void close() {
        var _ = channel.close();
        node.close();
    }
}
