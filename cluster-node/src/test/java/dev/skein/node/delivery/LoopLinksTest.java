package dev.skein.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.Membership;
import dev.skein.node.edge.ConnectionMemory;
import dev.skein.node.link.Frame;
import dev.skein.node.link.InboundStream;
import dev.skein.node.link.LinkMessage;
import dev.skein.node.observe.MetricsSettings;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.observe.Observers;
import dev.skein.node.observe.TopicMetrics;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.route.Messages;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.Peer;
import dev.skein.node.route.actor.KeeperCommand;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.SyncNode;
import dev.skein.node.session.FlowSettings;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.memory.MemoryStores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.message.TopicName;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a publisher, or who publishes a will, waits for at another node. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LoopLinksTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Peer OTHER = new Peer(4711, "other:1", Frame.VERSION);

    private final ActorTestKit kit = SyncNode.kit();
    private final Membership membership = Membership.of(kit.system());
    private final NodeMetrics metrics = new NodeMetrics(new MetricsSettings(10));
    private final MemoryStores stores = new MemoryStores(
            new StoreSettings(Duration.ofDays(3), 1000, 1000, Duration.ofDays(1), 1000, "one"),
            InstantSource.system(),
            (_, _, _) -> {});
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final TestProbe<LinkMessage> other = kit.createTestProbe();
    private final Delivery delivery;
    private final LoopContext loop;
    private final Tally tally = new Tally();

    private static final class Tally extends PublishTally {
        private boolean settled;

        @Override
        protected void settled(boolean ok) {
            settled = ok;
        }
    }

    private static final class NoInstances implements InstanceViews {
        @Override
        public @Nullable InstanceView find(String instance) {
            return null;
        }

        @Override
        public List<InstanceView> all() {
            return List.of();
        }

        @Override
        public void onChange(Consumer<InstanceView> listener) {}
    }

    LoopLinksTest() {
        membership.join(new ClusterSettings("127.0.0.1", "", 0, List.of(), 0), false);
        Delivery.Parts parts = new Delivery.Parts(
                stores.messages(),
                new NodeTables(),
                metrics,
                new Observers(metrics, List.of()),
                InstantSource.system(),
                new ConnectionMemory(64 << 20),
                new FlowSettings(100, 100, 100, 1 << 20, true, DEADLINE),
                membership);
        Delivery.Sharded sharded = new Delivery.Sharded(
                kit.<ShardingEnvelope<SessionCommand>>createTestProbe().getRef(),
                kit.<ShardingEnvelope<RouterCommand>>createTestProbe().getRef(),
                kit.<KeeperCommand>createTestProbe().getRef());
        delivery = Delivery.create(kit.system(), List.of(channel.eventLoop()), parts, sharded, new NoInstances());
        delivery.links().add(OTHER, other.getRef(), 1);
        loop = delivery.loops().getFirst();
    }

    @AfterEach
    void stop() {
        var _ = channel.close();
        kit.shutdownTestKit();
        stores.close();
    }

    private static Message message(int qos, boolean will) {
        Message message = Messages.of("default", TopicName.of("t/state"), new byte[] {1}, qos, false);
        if (will) {
            message.markOnce();
        }
        return message;
    }

    private LinkMessage.Segment sent() {
        channel.runPendingTasks();
        return other.expectMessageClass(LinkMessage.Segment.class, DEADLINE);
    }

    @ParameterizedTest // what is waited for is there before the next CONNACK
    @CsvSource({"0, true", "1, false", "1, true", "2, false"})
    void willOfAnyQosAndMessagesFromQos1AreWaitedForUntilTheOtherNodeHasThem(int qos, boolean will) {
        TopicMetrics topic = metrics.topic("default", "t");
        tally.expect(); // the publish itself, as ingress has it
        loop.links().live(OTHER, message(qos, will), topic, tally);
        tally.done(true);
        LinkMessage.Segment segment = sent();

        assertThat(segment.awaited()).isTrue();
        assertThat(tally.settled).isFalse();

        loop.links().on(new LinkMessage.Acknowledged(OTHER.uid(), segment.from(), 0, segment.sequence()));
        assertThat(tally.settled).isTrue();
    }

    @Test
    void willForConnectionsOfAnotherNodeIsWaitedForUntilThatNodeIsGone() {
        tally.expect();
        Frame.Targets connection = Frame.Targets.of(7, 0, false);
        loop.links()
                .targets(
                        OTHER,
                        Frame.Kind.CONNECTION,
                        message(0, true),
                        connection,
                        metrics.topic("default", "t"),
                        tally);
        tally.done(true);
        assertThat(sent().awaited()).isTrue();
        assertThat(tally.settled).isFalse();

        loop.links().left(OTHER);
        assertThat(tally.settled).isTrue();
    }

    @Test
    void nobodyWaitsForAnotherMessageOfQos0() {
        tally.expect();
        loop.links().live(OTHER, message(0, false), metrics.topic("default", "t"), tally);
        tally.done(true);

        assertThat(tally.settled).isTrue();
        assertThat(sent().awaited()).isFalse();
    }

    /** What the other node is told of a message with origin and properties, when it reads frames of {@code version}. */
    private String told(int version) {
        Peer peer = new Peer(OTHER.uid() + version, "other:" + version, version);
        delivery.links().add(peer, other.getRef(), 1);
        Properties properties = new Properties.Builder().user("k", "v").build();
        loop.links()
                .live(
                        peer,
                        new Message(
                                "default",
                                TopicName.of("t/state"),
                                new Content(new byte[] {1}, properties),
                                1,
                                false,
                                Origin.API,
                                new MessageId(1, 2)),
                        metrics.topic("default", "t"),
                        tally);
        List<String> read = new ArrayList<>();
        new InboundStream((_, header, _, _, rest) -> read.add(
                        header.origin() + " " + header.properties() + " " + rest.readableBytes()))
                .take(1, sent().bytes());
        return String.join(", ", read);
    }

    @Test
    void aNodeOfTheFirstVersionIsToldNoMoreThanItCanRead() {
        assertThat(told(1)).isEqualTo("null null 10");
        assertThat(told(Frame.VERSION)).isEqualTo("api 7 bytes of properties 10");
    }
}
