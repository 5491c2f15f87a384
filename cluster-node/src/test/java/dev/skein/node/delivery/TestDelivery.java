package dev.skein.node.delivery;

import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.Membership;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.link.Frame;
import dev.skein.node.link.LinkMessage;
import dev.skein.node.observe.MetricsSettings;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.observe.Observers;
import dev.skein.node.registry.Anonymous;
import dev.skein.node.registry.DuplicateClientId;
import dev.skein.node.registry.InstanceLimits;
import dev.skein.node.registry.InstanceRules;
import dev.skein.node.registry.InstanceTokens;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.Mode;
import dev.skein.node.registry.PermissionRule;
import dev.skein.node.registry.SessionOwner;
import dev.skein.node.registry.SessionRules;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.Peer;
import dev.skein.node.route.RouteMemory;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.SessionRoutes;
import dev.skein.node.route.actor.KeeperCommand;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.SyncNode;
import dev.skein.node.session.FlowSettings;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.MessageStore;
import dev.skein.protocol.message.TopicName;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * The message plane of a node with one open instance and no clients. Its event loops run when the test says so, and the
 * actors around it are probes.
 */
public final class TestDelivery implements AutoCloseable {
    /** The one instance. */
    public static final String INSTANCE = "default";

    /** skein.edge.memory-max. */
    public static final int MEMORY_MAX = 64 << 20;

    /** Of whatever waits. */
    public static final Duration LONG = Duration.ofSeconds(20);

    /** Of its clients. */
    public static final FlowSettings FLOW = new FlowSettings(100, 100, 100, 1 << 20, true, LONG);

    public final ActorTestKit kit = SyncNode.kit();
    public final Membership membership = Membership.of(kit.system());
    public final TestProbe<ShardingEnvelope<SessionCommand>> sessions = kit.createTestProbe();
    public final TestProbe<KeeperCommand> keeper = kit.createTestProbe();
    public final List<EmbeddedChannel> channels;
    public final Delivery delivery;
    final NodeTables tables = new NodeTables(new RouteMemory(Long.MAX_VALUE / 2));
    public final NodeMetrics metrics = new NodeMetrics(new MetricsSettings(10));

    /** @param loops how many event loops, each with a channel of its own */
    public TestDelivery(MessageStore store, int loops) {
        this(store, loops, open(), InstantSource.system());
    }

    /** As the other constructor, with an instance and a clock of the test's own. */
    public TestDelivery(MessageStore store, int loops, InstanceView view, InstantSource clock) {
        channels =
                IntStream.range(0, loops).mapToObj(_ -> new EmbeddedChannel()).toList();
        membership.join(new ClusterSettings("127.0.0.1", "", 0, List.of(), 0), false);
        Delivery.Parts parts = new Delivery.Parts(
                store,
                tables,
                metrics,
                new Observers(metrics, List.of()),
                clock,
                new ConnectionMemory(MEMORY_MAX),
                FLOW,
                membership,
                SharedStrategy.ROUND_ROBIN);
        Delivery.Sharded sharded = new Delivery.Sharded(
                sessions.getRef(),
                kit.<ShardingEnvelope<RouterCommand>>createTestProbe().getRef(),
                keeper.getRef());
        delivery = Delivery.create(
                kit.system(),
                channels.stream().map(EmbeddedChannel::eventLoop).toList(),
                parts,
                sharded,
                new OneInstance(view));
    }

    private record OneInstance(InstanceView view) implements InstanceViews {
        @Override
        public @Nullable InstanceView find(String instance) {
            return instance.equals(INSTANCE) ? view : null;
        }

        @Override
        public List<InstanceView> all() {
            return List.of(view);
        }

        @Override
        public void onChange(Consumer<InstanceView> listener) {}
    }

    /** The instance of a test that has none of its own. */
    public static InstanceView open() {
        return new InstanceView(
                INSTANCE,
                Mode.OPEN,
                Anonymous.ALWAYS,
                DuplicateClientId.TAKE_OVER,
                InstanceLimits.OPEN,
                new SessionRules(false, true, SessionOwner.IDENTITY, Duration.ofDays(1), Duration.ZERO, Duration.ZERO),
                false,
                Set.of(),
                Set.of(),
                Map.of(),
                Map.of(),
                List.of(),
                PermissionRule.Effect.ALLOW,
                InstanceRules.NONE,
                InstanceTokens.none(),
                0);
    }

    public LoopContext loop(int index) {
        return delivery.loops().get(index);
    }

    /** The instance. */
    public Instance instance() {
        return Objects.requireNonNull(delivery.instance(INSTANCE));
    }

    /** The routes of a topic. */
    TopicRoutes routes(String topic) {
        return TopicRoutes.of(delivery, instance(), TopicName.of(topic));
    }

    /** The table of a parent topic. */
    RouteTable table(String parent) {
        return tables.of(INSTANCE).table(parent);
    }

    /** Opens the root's table and that of {@code parent}, without persistent sessions. */
    public RouteTable open(String parent) {
        tables.of(INSTANCE).root().open(new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2)));
        RouteTable table = table(parent);
        table.open(new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2)));
        return table;
    }

    /** Another node, and what is sent to it. */
    OtherNode other(long uid) {
        return other(uid, Frame.VERSION);
    }

    /** Another node that reads frames of that version. */
    OtherNode other(long uid, int frames) {
        OtherNode other = new OtherNode(new Peer(uid, "127.0.0.1:" + uid, frames), kit.createTestProbe());
        delivery.links().add(delivery, new Links.Linked(other.peer, other.link.getRef()));
        return other;
    }

    /** See {@link #other}. */
    record OtherNode(Peer peer, TestProbe<LinkMessage> link) {}

    /** Runs what is due on all loops, until nothing is. */
    public void run() {
        int round = 0;
        do {
            channels.forEach(EmbeddedChannel::runPendingTasks);
            round++;
        } while (round < 2 * channels.size()
                || !delivery.loops().stream().allMatch(each -> each.inbox().isIdle()));
    }

    @Override
    public void close() {
        channels.forEach(each -> {
            var _ = each.close();
        });
        kit.shutdownTestKit();
    }
}
