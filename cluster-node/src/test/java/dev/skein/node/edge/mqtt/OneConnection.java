package dev.skein.node.edge.mqtt;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.admission.Admission;
import dev.skein.node.admission.Budget;
import dev.skein.node.auth.Identity;
import dev.skein.node.claim.Claims;
import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.Membership;
import dev.skein.node.delivery.Delivery;
import dev.skein.node.delivery.Instance;
import dev.skein.node.delivery.LoopContext;
import dev.skein.node.delivery.WillPublisher;
import dev.skein.node.edge.ConnectionInfo;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.edge.EdgeSettings;
import dev.skein.node.edge.ListenerSettings;
import dev.skein.node.net.Hosts;
import dev.skein.node.observe.MetricsSettings;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.observe.Observers;
import dev.skein.node.registry.Anonymous;
import dev.skein.node.registry.DuplicateClientId;
import dev.skein.node.registry.InstanceLimits;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.Mode;
import dev.skein.node.registry.PermissionRule;
import dev.skein.node.registry.SessionRules;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.actor.KeeperCommand;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.SyncNode;
import dev.skein.node.session.FlowSettings;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Will;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;

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

    private static final Config TRANSPORT = ConfigFactory.parseString("stall-timeout = 20s, connect-timeout = 20s")
            .withFallback(ConfigFactory.load("reference.conf").getConfig("skein.edge"));

    private static final FlowSettings FLOW = new FlowSettings(100, 100, 100, 1 << 20, true, LONG);

    final ActorTestKit kit = SyncNode.kit();
    private final Membership membership = Membership.of(kit.system());
    final TestProbe<ShardingEnvelope<SessionCommand>> sessions = kit.createTestProbe();
    final EmbeddedChannel channel = new EmbeddedChannel();
    final Delivery delivery;
    final EdgeShared shared;
    final LoopContext loop;
    final MqttConnection connection;
    final ClientState client;
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
        membership.join(new ClusterSettings("127.0.0.1", "", 0, List.of(), 0), false);
        delivery = delivery(store);
        shared = shared(Claims.create(kit.system(), delivery));
        loop = delivery.loops().getFirst();
        Instance instance = Objects.requireNonNull(delivery.instance("default"));
        connection = new MqttConnection(
                shared,
                loop,
                ConnectionInfo.of(
                        new ListenerSettings("mqtt", true, new Hosts(List.of("127.0.0.1")), 0, "default", false),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
        channel.pipeline().addLast(connection);
        connection.claim().request(new SessionKey("default", "c"), 1, false, true);
        sessions.receiveMessage(LONG);
        // Else it is claimed again on a slow machine.
        connection.claim().on(new ConnectionEvent.Resumed(1, membership.self().uid()), connection.attachment());
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

    private Delivery delivery(MessageStore store) {
        Delivery.Parts parts = new Delivery.Parts(
                store,
                new NodeTables(),
                metrics,
                new Observers(metrics, List.of()),
                InstantSource.system(),
                new ConnectionMemory(MEMORY_MAX),
                FLOW,
                membership);
        Delivery.Sharded sharded = new Delivery.Sharded(
                sessions.getRef(),
                kit.<ShardingEnvelope<RouterCommand>>createTestProbe().getRef(),
                kit.<KeeperCommand>createTestProbe().getRef());
        return Delivery.create(kit.system(), List.of(channel.eventLoop()), parts, sharded, new OneInstance());
    }

    private EdgeShared shared(Claims claims) {
        MqttSettings settings = new MqttSettings(PACKET_MAX, FLOW, 100, LONG, FILTERS_MAX, 1 << 20);
        return new EdgeShared(
                delivery,
                claims,
                (_, _, _) -> {},
                new NoWills(),
                new Admission(budget(), budget(), budget()),
                settings,
                EdgeSettings.from(TRANSPORT));
    }

    private static final class OneInstance implements InstanceViews {
        @Override
        public @Nullable InstanceView find(String instance) {
            return instance.equals("default") ? open() : null;
        }

        @Override
        public List<InstanceView> all() {
            return List.of(open());
        }

        @Override
        public void onChange(Consumer<InstanceView> listener) {}
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
        kit.shutdownTestKit();
    }
}
