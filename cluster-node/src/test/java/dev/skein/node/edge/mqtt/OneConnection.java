package dev.skein.node.edge.mqtt;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.admission.Admission;
import dev.skein.node.admission.Budget;
import dev.skein.node.admission.Meters;
import dev.skein.node.admission.ReconnectSettings;
import dev.skein.node.admission.Reconnects;
import dev.skein.node.auth.Authenticator;
import dev.skein.node.auth.Identity;
import dev.skein.node.claim.Claims;
import dev.skein.node.delivery.Delivery;
import dev.skein.node.delivery.LoopContext;
import dev.skein.node.delivery.SharedStrategy;
import dev.skein.node.delivery.TestDelivery;
import dev.skein.node.delivery.WillPublisher;
import dev.skein.node.edge.ConnectionInfo;
import dev.skein.node.edge.EdgeSettings;
import dev.skein.node.edge.ListenerSettings;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.SessionTerm;
import dev.skein.protocol.message.Will;
import dev.skein.protocol.mqtt.codec.MqttFramer;
import dev.skein.protocol.mqtt.codec.PacketDecoder;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;

/** One connection of a persistent session, connected, at an edge that has nothing but it. */
final class OneConnection implements AutoCloseable {
    /** Its session. */
    static final long SESSION = 7;

    /** The default of skein.mqtt.max-packet-size. */
    static final int PACKET_MAX = 1024 * 1024;

    /** skein.edge.memory-max. */
    static final int MEMORY_MAX = TestDelivery.MEMORY_MAX;

    /** skein.mqtt.max-filter-bytes. */
    static final int FILTERS_MAX = 32 << 20;

    /** skein.edge.stall-timeout, and others. */
    static final Duration LONG = TestDelivery.LONG;

    private static final Config TRANSPORT = ConfigFactory.parseString("stall-timeout = 20s, connect-timeout = 20s")
            .withFallback(ConfigFactory.load("reference.conf").getConfig("skein.edge"));

    final TestDelivery node;
    final ActorTestKit kit;
    final TestProbe<ShardingEnvelope<SessionCommand>> sessions;
    final EmbeddedChannel channel;
    final Delivery delivery;
    final EdgeShared shared;
    final LoopContext loop;
    final MqttConnection connection;
    final ClientState client;

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
        public CompletionStage<Void> delay(SessionKey client, long connectionId, Will will, long seconds) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> drop(long connectionId) {
            return CompletableFuture.completedFuture(null);
        }
    }

    OneConnection(MessageStore store) {
        this(new TestDelivery(store, 1), new Identity("default", "c", null, null, "anonymous"), SESSION);
    }

    /** @param session 0 for a clean one */
    OneConnection(TestDelivery node, Identity identity, long session) {
        this.node = node;
        kit = node.kit;
        sessions = node.sessions;
        channel = node.channels.getFirst();
        delivery = node.delivery;
        shared = shared(delivery, Claims.create(kit.system(), delivery), (_, _, _) -> {}, new NoWills());
        loop = delivery.loops().getFirst();
        connection = connection(shared, loop);
        add(channel, connection, loop);
        connection
                .claim()
                .request(
                        new SessionKey("default", "c"), 1, SessionTerm.ofCleanSession(false), true, "anonymous", false);
        sessions.receiveMessage(LONG);
        // Else it is claimed again on a slow machine.
        connection
                .claim()
                .on(new ConnectionEvent.Resumed(1, node.membership.self().uid(), null), connection.attachment());
        client = new ClientState(
                shared,
                connection,
                node.instance(),
                identity,
                new ClientState.Accepted(
                        1,
                        session,
                        4,
                        ClientWishes.ofCleanSession(false),
                        0,
                        null,
                        SessionTerm.BY_SETTINGS,
                        false,
                        null));
        connection.connected(client);
    }

    private static Budget budget() {
        return new Budget(10, 10, LONG, LONG, System::nanoTime, _ -> {});
    }

    private static Admission admission() {
        ReconnectSettings none = new ReconnectSettings(0, 0, LONG, LONG);
        return new Admission(
                budget(), budget(), budget(), budget(), new Reconnects(none, 1, System::nanoTime), new Meters());
    }

    /** What connections of {@code delivery} share. */
    static EdgeShared shared(Delivery delivery, Claims claims, Authenticator authenticator, WillPublisher wills) {
        MqttSettings settings = new MqttSettings(
                PACKET_MAX,
                PACKET_MAX,
                new PacketPace.Bound(LONG, 0),
                TestDelivery.FLOW,
                100,
                LONG,
                FILTERS_MAX,
                true,
                SharedStrategy.ROUND_ROBIN,
                true,
                Mqtt5Writer.Limits.ofNode(TestDelivery.FLOW.publishWindow(), PACKET_MAX, 0, 0, ""),
                1 << 20);
        return new EdgeShared(
                delivery, claims, authenticator, wills, admission(), settings, EdgeSettings.from(TRANSPORT));
    }

    /** Puts {@code connection} where it is in a node. */
    static void add(EmbeddedChannel channel, MqttConnection connection, LoopContext loop) {
        MqttFramer framer = new MqttFramer(PACKET_MAX, loop.topics(), PacketDecoder.INSTANCE, connection.holdings());
        channel.pipeline().addLast(framer, connection);
    }

    /** A connection of which nothing has come yet. */
    static MqttConnection connection(EdgeShared shared, LoopContext loop) {
        return new MqttConnection(
                shared,
                loop,
                ConnectionInfo.of(
                        ListenerSettings.plain(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
    }

    @Override
    public void close() {
        node.close();
    }
}
