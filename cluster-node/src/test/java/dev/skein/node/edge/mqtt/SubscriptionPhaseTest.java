package dev.skein.node.edge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.admission.Admission;
import dev.skein.node.admission.Budget;
import dev.skein.node.auth.Identity;
import dev.skein.node.cluster.StillMember;
import dev.skein.node.edge.ConnectionInfo;
import dev.skein.node.edge.ListenerSettings;
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
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.memory.MemoryStores;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import java.net.InetAddress;
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
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection tells the actor of its session, wherever that is. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SubscriptionPhaseTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    /** The default of skein.mqtt.max-packet-size. */
    private static final int PACKET_MAX = 1024 * 1024;
    /** With that packet size. */
    private static final int FRAME_MAX = 2 * PACKET_MAX;
    /** Of 7 or 8 characters: a packet of 1.01 MB, and 2.2 MB as one message to another node. */
    private static final int FILTERS = 100_000;

    private final SyncNode node = SyncNode.first(Duration.ofMinutes(1));
    private final TestProbe<ShardingEnvelope<SessionCommand>> sessions = node.kit.createTestProbe();
    private final MemoryStores stores = new MemoryStores(
            new StoreSettings(Duration.ofDays(1), 1_000, 1_000, Duration.ofHours(1), 100, "n"),
            InstantSource.system(),
            (_, _, _) -> {});
    private final NodeTables tables = new NodeTables();
    private final NodeMetrics metrics = new NodeMetrics(new MetricsSettings(10));
    private final EmbeddedChannel channel = new EmbeddedChannel();

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

    @AfterEach
    void stop() {
        var _ = channel.close();
        node.close();
        stores.close();
    }

    private static Budget budget() {
        return new Budget(10, 10, LONG, LONG, System::nanoTime, _ -> {});
    }

    private EdgeShared shared() {
        EdgeShared shared = new EdgeShared(
                new MqttSettings(PACKET_MAX, new FlowSettings(100, 100, 100, 1 << 20, true), 100, LONG, 1 << 20),
                LONG,
                (_, _) -> {},
                stores.messages(),
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
                shared.unpushed(),
                LONG,
                new CompletableFuture<>(),
                new SyncFigures());
        shared.links(new Links(
                node.membership,
                RouteSync.handle(node.kit.<SyncCommand>createTestProbe().getRef(), parts),
                parts.sessions()));
        return shared;
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

    /** A client with a persistent session, connected. */
    private MqttConnection connected() {
        EdgeShared shared = shared();
        shared.gateway(node.kit.<ConnectionEvent>createTestProbe().getRef());
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
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
        channel.pipeline().addLast(connection);
        ConnectionRef self =
                new ConnectionRef(shared.gateway(), 1, node.membership.self().uid());
        connection.tie().claim("default", "c", new SessionCommand.Attach(self, false, true, false));
        sessions.receiveMessage(LONG);
        connection.connected(new ClientState(
                shared,
                connection,
                instance,
                new Identity("default", "c", null, null),
                new ClientState.Accepted(1, 7, 4, false, 0, null)));
        return connection;
    }

    private static MqttSubscribeMessage subscribe() {
        MqttMessageBuilders.SubscribeBuilder packet =
                MqttMessageBuilders.subscribe().messageId(1);
        for (int i = 0; i < FILTERS; i++) {
            packet.addSubscription(MqttQoS.AT_LEAST_ONCE, "a/" + (10_000 + i));
        }
        return packet.build();
    }

    @Test
    void aPacketOfManyShortFiltersGoesToTheSessionInMessagesThatFitAFrameAndIsAcknowledgedOnce() {
        MqttConnection connection = connected();
        var serialization = SerializationExtension.get(node.kit.system());
        channel.writeInbound(subscribe());
        List<String> told = new ArrayList<>();
        while (told.size() < FILTERS) {
            var said = (SessionCommand.Subscribe) sessions.receiveMessage(LONG).message();
            assertThat(serialization.serialize(said).get()).hasSizeLessThan(FRAME_MAX / 2);
            said.subscriptions().forEach(each -> told.add(each.filter()));
            channel.runPendingTasks();
            assertThat(channel.<ByteBuf>readOutbound()).isNull();
            connection.tell(new ConnectionEvent.Subscribed(1, said.request()));
            channel.runPendingTasks();
        }

        assertThat(told).hasSize(FILTERS).doesNotHaveDuplicates();
        assertThat(connection.subscriptions().count()).isEqualTo(FILTERS);
        ByteBuf suback = channel.readOutbound();
        assertThat(suback.readableBytes()).isGreaterThan(FILTERS);
        suback.release();
        sessions.expectNoMessage(Duration.ZERO);
    }
}
