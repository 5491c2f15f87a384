package dev.skein.node.edge.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.admission.Admission;
import dev.skein.node.admission.Budget;
import dev.skein.node.auth.Identity;
import dev.skein.node.cluster.StillMember;
import dev.skein.node.edge.ConnectionInfo;
import dev.skein.node.edge.ListenerSettings;
import dev.skein.node.link.Frame;
import dev.skein.node.observe.MetricsSettings;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.registry.Anonymous;
import dev.skein.node.registry.DuplicateClientId;
import dev.skein.node.registry.InstanceLimits;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.Mode;
import dev.skein.node.registry.PermissionRule;
import dev.skein.node.registry.SessionRules;
import dev.skein.node.route.Message;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.actor.KeeperCommand;
import dev.skein.node.route.actor.RemoteSessions;
import dev.skein.node.route.actor.RouteSync;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.SyncCommand;
import dev.skein.node.route.actor.SyncFigures;
import dev.skein.node.route.actor.SyncNode;
import dev.skein.node.session.FlowSettings;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.protocol.mqtt.MessageId;
import dev.skein.protocol.mqtt.codec.TopicName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node says that it has left something out, and pushes on. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LookAgainTest {
    private static final long SESSION = 7;
    private static final long WRITER = 1L << 32;
    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<QueueCursor> asked = new ArrayList<>();

    private final class Store implements MessageStore {
        @Override
        public void submit(StoreCommand command) {}

        @Override
        public void onBatch(Runnable hook) {}

        @Override
        public CompletionStage<QueuePage> page(long sessionId, QueueCursor after, int maxMessages, int maxBytes) {
            asked.add(after.copy());
            return CompletableFuture.completedFuture(new QueuePage(List.of(), false));
        }

        @Override
        public CompletionStage<FlowState> flowState(long sessionId) {
            return CompletableFuture.completedFuture(new FlowState(List.of(), List.of()));
        }

        @Override
        public CompletionStage<Long> depth(long sessionId) {
            return CompletableFuture.completedFuture(0L);
        }

        @Override
        public long pendingBytes() {
            return 0;
        }
    }

    private static final class NoWills implements WillPublisher {
        @Override
        public CompletionStage<Void> keep(SessionKey client, long connectionId, Will will) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void publish(SessionKey client, long connectionId, Will will) {}

        @Override
        public void drop(long connectionId) {}
    }

    private static Budget budget() {
        return new Budget(10, 10, LONG, LONG, System::nanoTime, _ -> {});
    }

    private EdgeShared shared(SyncNode node, NodeTables tables, NodeMetrics metrics) {
        ActorTestKit kit = node.kit;
        return new EdgeShared(
                new MqttSettings(1 << 20, new FlowSettings(100, 100, 100, 1 << 20, true), 100, LONG, 1 << 20),
                LONG,
                (_, _) -> {},
                new Store(),
                new NoWills(),
                tables,
                metrics,
                InstantSource.system(),
                new EdgeShared.Actors(
                        kit.<ShardingEnvelope<SessionCommand>>createTestProbe().getRef(),
                        kit.<ShardingEnvelope<RouterCommand>>createTestProbe().getRef(),
                        kit.<KeeperCommand>createTestProbe().getRef(),
                        node.membership,
                        kit.<StillMember.Command>createTestProbe().getRef(),
                        kit.system().scheduler()),
                new Admission(budget(), budget(), budget()));
    }

    private static Message message(QueuedMessage stored) {
        return new Message("default", TopicName.of(stored.topic()), stored.payload(), stored.qos(), false);
    }

    private static InstanceView open() {
        return new InstanceView(
                "default",
                Mode.OPEN,
                Anonymous.ALWAYS,
                DuplicateClientId.TAKE_OVER,
                InstanceLimits.OPEN,
                new SessionRules(false, true, Duration.ofDays(1)),
                Set.of(),
                Set.of(),
                Map.of(),
                Map.of(),
                List.of(),
                PermissionRule.Effect.ALLOW,
                0);
    }

    @Test
    void whatWasLeftOutIsReadBeforeAPushThatFollowsTheWordOfIt() {
        try (SyncNode node = SyncNode.first(Duration.ofMinutes(1))) {
            ActorTestKit kit = node.kit;
            NodeTables tables = new NodeTables();
            NodeMetrics metrics = new NodeMetrics(new MetricsSettings(10));
            EdgeShared shared = shared(node, tables, metrics);
            RouteSync.Parts parts = new RouteSync.Parts(
                    node.membership,
                    tables,
                    new RemoteSessions(),
                    List::of,
                    shared.unpushed(),
                    LONG,
                    new CompletableFuture<>(),
                    new SyncFigures());
            shared.links(new Links(
                    node.membership,
                    RouteSync.handle(kit.<SyncCommand>createTestProbe().getRef(), parts),
                    parts.sessions()));
            EmbeddedChannel channel = new EmbeddedChannel();
            LoopContext loop = new LoopContext(shared, 0, 1, channel.eventLoop());
            shared.loops().add(loop);
            loop.start();
            EdgeInstance instance = new EdgeInstance(open(), tables.of("default"), metrics);
            shared.instances().put("default", instance);
            MqttConnection connection = new MqttConnection(
                    shared,
                    loop,
                    ConnectionInfo.of(
                            new ListenerSettings("mqtt", true, "127.0.0.1", 0, "default", false),
                            new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 1)));
            channel.pipeline().addLast(connection);
            ClientState client = new ClientState(
                    shared,
                    connection,
                    instance,
                    new Identity("default", "c", null, null),
                    new ClientState.Accepted(1, SESSION, 4, false, 0, null));
            connection.connected(client);
            shared.attached().put(SESSION, connection);
            client.flow().resume(new FlowState(List.of(), List.of()), LookAgainTest::message);
            channel.runPendingTasks();
            assertThat(asked).hasSize(1); // and the page was empty: it is live

            // The other node's link was full when message 1 was committed; then there is room, and message 2 follows.
            loop.links()
                    .frame(
                            Frame.Kind.LOOK_AGAIN,
                            new Frame.Header(0, 0, 0, false, false),
                            "",
                            Frame.Targets.NONE,
                            Unpooled.buffer().writeShort(0));
            ByteBuf rest = Unpooled.buffer();
            rest.writeShort(3).writeBytes("a/b".getBytes(UTF_8));
            loop.links()
                    .frame(
                            Frame.Kind.STORED,
                            new Frame.Header(2, WRITER, 1, false, false),
                            "default",
                            Frame.Targets.of(SESSION, 1, false),
                            rest);
            channel.runPendingTasks();
            channel.advanceTimeBy(2, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
            channel.runPendingTasks();

            assertThat(asked).hasSizeGreaterThan(1);
            // Message 1 is still to be read, so no page may begin behind it.
            assertThat(asked.get(1).covers(new MessageId(1, WRITER))).isFalse();
        }
    }
}
