package dev.skein.node.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.link.Frame;
import dev.skein.node.link.InboundStream;
import dev.skein.node.link.LinkMessage;
import dev.skein.node.link.OutboundStream;
import dev.skein.node.route.LocalRoute;
import dev.skein.node.route.Peer;
import dev.skein.persistence.api.MessageStore;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.message.TopicName;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One event loop's end of a link: what it sends, what it waits for, and what it takes. */
@Timeout(60)
class LoopLinksTest {
    private static final long OTHER = 99;
    private static final String TOPIC = "a/b";
    private static final String MIB = "x".repeat(1 << 20);

    private final MessageStore store = new RecordedCommands();
    private final TestDelivery node = new TestDelivery(store, 1);
    private final LoopContext loop = node.loop(0);
    private final LoopLinks links = loop.links();
    private final TestDelivery.OtherNode other = node.other(OTHER);
    private final NotedTally tally = new NotedTally();
    /** Frames that arrived at the other node, such as "LIVE text". */
    private final List<String> arrived = new ArrayList<>();

    private final InboundStream inbound = new InboundStream((kind, _, _, _, rest) -> {
        rest.skipBytes(rest.readUnsignedShort());
        arrived.add(kind + " " + (rest.readableBytes() < 100 ? rest.toString(UTF_8) : "MIB"));
    });

    @AfterEach
    void close() {
        node.close();
    }

    private void live(Peer to, String text, int qos) {
        links.live(
                to, Messages.message(loop, TOPIC, text, qos), node.routes(TOPIC).observer(), tally);
    }

    /** The next segment that was sent; it arrives. */
    private LinkMessage.Segment segment() {
        LinkMessage.Segment segment = other.link().expectMessageClass(LinkMessage.Segment.class);
        inbound.take(segment.sequence(), segment.bytes());
        return segment;
    }

    private void accepted(long sequence) {
        links.on(new LinkMessage.Acknowledged(OTHER, node.membership.self().uid(), 0, sequence));
        node.run();
    }

    @Test
    void whatIsWrittenInARoundLeavesTogetherAndIsDoneWhenTheOtherNodeHasIt() {
        live(other.peer(), "first", 1);
        live(other.peer(), "second", 0);
        node.run();
        LinkMessage.Segment segment = segment();
        assertThat(arrived).containsExactly("LIVE first", "LIVE second");
        assertThat(segment.awaited()).isTrue();
        assertThat(tally.outcomes()).isEmpty();

        accepted(0); // of something before
        assertThat(tally.outcomes()).isEmpty();
        accepted(segment.sequence());
        accepted(segment.sequence());
        assertThat(tally.outcomes()).containsExactly(true);
    }

    @Test
    void nobodyWaitsForQos0() {
        live(other.peer(), "x", 0);
        node.run();
        assertThat(segment().awaited()).isFalse();
        assertThat(tally.isSettled()).isTrue();
        assertThat(tally.outcomes()).isEmpty();
    }

    @ParameterizedTest // what is waited for is there before the next CONNACK
    @CsvSource({"0, true", "1, false", "1, true", "2, false"})
    void aWillOfAnyQosIsWaitedForAsMessagesFromQos1Are(int qos, boolean will) {
        Message message = Messages.message(loop, TOPIC, "x", qos);
        if (will) {
            message.markOnce();
        }
        links.live(other.peer(), message, node.routes(TOPIC).observer(), tally);
        node.run();
        LinkMessage.Segment segment = segment();
        assertThat(segment.awaited()).isTrue();
        assertThat(tally.isSettled()).isFalse();

        accepted(segment.sequence());
        assertThat(tally.outcomes()).containsExactly(true);
    }

    @Test
    void aWillForOneConnectionIsWaitedForUntilItsNodeIsGone() {
        Message will = Messages.message(loop, TOPIC, "x", 0);
        will.markOnce();
        Frame.Targets connection = Frame.Targets.of(7, 0, false);
        links.targets(
                other.peer(),
                Frame.Kind.CONNECTION,
                will,
                connection,
                node.routes(TOPIC).observer(),
                tally);
        node.run();
        assertThat(segment().awaited()).isTrue();
        assertThat(tally.isSettled()).isFalse();

        links.left(other.peer());
        assertThat(tally.outcomes()).containsExactly(true);
    }

    /** What a node that reads frames of {@code version} is told of a message with origin and properties. */
    private String told(int version) {
        TestDelivery.OtherNode reader = node.other(OTHER + version, version);
        Properties properties = new Properties.Builder().user("k", "v").build();
        Message message = new Message(
                TestDelivery.INSTANCE,
                TopicName.of(TOPIC),
                new Content(new byte[] {1}, properties),
                0,
                false,
                Origin.API,
                new MessageId(1, 2));
        links.live(reader.peer(), message, node.routes(TOPIC).observer(), tally);
        node.run();
        List<String> read = new ArrayList<>();
        new InboundStream((_, header, _, _, rest) ->
                        read.add(header.origin() + " " + header.properties() + " " + rest.readableBytes()))
                .take(
                        1,
                        reader.link()
                                .expectMessageClass(LinkMessage.Segment.class)
                                .bytes());
        return String.join(", ", read);
    }

    @Test
    void aNodeOfTheFirstVersionIsToldNoMoreThanItCanRead() {
        assertThat(told(1)).isEqualTo("null null 6");
        assertThat(told(Frame.VERSION)).isEqualTo("api 7 bytes of properties 6");
    }

    @Test
    void nobodyWaitsForANodeThatIsGoneBeforeOrWhileAMessageIsOnItsWay() {
        live(new Peer(5, "127.0.0.1:5", Frame.VERSION), "never there", 1);
        assertThat(tally.isSettled()).isTrue();

        live(other.peer(), "sent", 1);
        node.run();
        live(other.peer(), "not sent yet", 1);
        links.left(other.peer());
        assertThat(tally.outcomes()).containsExactly(true);
        node.run();
        assertThat(segment().sequence()).isEqualTo(1);
        assertThat(arrived).containsExactly("LIVE sent");
    }

    @Test
    void aFullLinkDropsQos0AndLeavesOutPushesUntilThereIsRoomAndThenSaysSo() {
        for (int i = 0; i < 17; i++) {
            live(other.peer(), MIB, 1);
        }
        node.run();
        assertThat(links.isCongested()).isTrue();
        live(other.peer(), "dropped", 0);
        links.stored(other.peer(), Messages.message(loop, TOPIC, "left out", 1), Frame.Targets.of(7, 1, false));
        node.run();

        long last = 0;
        while (arrived.size() < 17) {
            last = segment().sequence();
        }
        accepted(last);
        assertThat(links.isCongested()).isFalse();
        live(other.peer(), "after", 0);
        node.run();
        while (arrived.size() < 19) {
            segment();
        }
        assertThat(arrived.subList(17, 19)).containsExactly("LOOK_AGAIN ", "LIVE after");
        accepted(last + 1);
        live(other.peer(), "last", 0);
        node.run();
        segment();
        assertThat(arrived.getLast()).as("it is said once").isEqualTo("LIVE last");
        assertThat(arrived).hasSize(20);
    }

    @Test
    void whatWasNotAcknowledgedIsSentOnceMoreAndTakenOnce() {
        live(other.peer(), "x", 1);
        node.run();
        segment();
        links.resend(); // it may be on its way
        links.resend();
        assertThat(segment().sequence()).isEqualTo(1);
        assertThat(arrived).containsExactly("LIVE x");
    }

    /** Segments that the other node sends, one for each call. */
    private final List<LinkMessage.Segment> sent = new ArrayList<>();

    private final OutboundStream outbound = new OutboundStream((sequence, bytes, awaited) ->
            sent.add(new LinkMessage.Segment(OTHER, node.membership.self().uid(), 0, sequence, bytes, awaited)));

    private LinkMessage.Segment frame(Frame.Kind kind, Message message, Frame.Targets targets, boolean awaited) {
        Frame.Header header = new Frame.Header(
                message.id().sequence(), message.id().writer(), message.qos(), message.retain(), message.isOnce());
        outbound.write(
                kind, header, message.instance(), targets, message.topic().wire(), message.payload());
        if (awaited) {
            outbound.whenAccepted(() -> {});
        }
        outbound.flush();
        return sent.getLast();
    }

    private LinkMessage.Segment frame(Frame.Kind kind, String text, Frame.Targets targets) {
        return frame(kind, Messages.message(loop, TOPIC, text, 1), targets, true);
    }

    private void take(LinkMessage.Segment segment) {
        links.on(segment);
        node.run();
    }

    private long acknowledged() {
        return other.link().expectMessageClass(LinkMessage.Acknowledged.class).sequence();
    }

    private TestAttachment session(long id) {
        TestAttachment attachment = new TestAttachment(loop, "c" + id, id);
        node.delivery.attachments().putSession(id, attachment);
        return attachment;
    }

    @Test
    void framesReachThoseTheyAreFor() {
        TestAttachment subscriber = new TestAttachment(loop, "live", 0);
        node.table("a").add(TOPIC, new LocalRoute(subscriber, 0)); // whether or not the table is open here
        TestAttachment session = session(7);
        TestAttachment connection = new TestAttachment(loop, "p2p", 0);
        node.delivery.attachments().putConnection(8, connection);
        take(frame(Frame.Kind.LIVE, "live", Frame.Targets.NONE));
        take(frame(Frame.Kind.STORED, "stored", Frame.Targets.of(7, 1, false)));
        take(frame(Frame.Kind.SESSION, "not stored", Frame.Targets.of(7, 0, false)));
        take(frame(Frame.Kind.CONNECTION, "to one", Frame.Targets.of(8, 1, false)));
        take(frame(Frame.Kind.CONNECTION, "to one who has left", Frame.Targets.of(9, 1, false)));
        take(frame(Frame.Kind.LOOK_AGAIN, "", Frame.Targets.of(7, 0, false)));
        assertThat(subscriber.heard()).containsExactly("deliver live 0");
        assertThat(session.heard()).containsExactly("push stored 1", "deliver not stored 0", "look again");
        assertThat(connection.heard()).containsExactly("deliver to one 1");
    }

    @Test
    void aSegmentCountsOnceInItsOrderAndWhatWasTakenIsToldAgain() {
        TestAttachment session = session(7);
        Frame.Targets target = Frame.Targets.of(7, 1, false);
        LinkMessage.Segment first = frame(Frame.Kind.STORED, "first", target);
        LinkMessage.Segment second = frame(Frame.Kind.STORED, "second", target);
        take(second);
        assertThat(acknowledged()).isZero();
        take(first);
        assertThat(acknowledged()).isEqualTo(1);
        take(first);
        assertThat(acknowledged()).isEqualTo(1);
        take(second);
        assertThat(acknowledged()).isEqualTo(2);
        assertThat(session.heard()).containsExactly("push first 1", "push second 1");
    }

    @Test
    void aNodeThatIsNotKnownYetIsNotHeardAndSendsItAgain() {
        TestAttachment session = session(7);
        LinkMessage.Segment known = frame(Frame.Kind.STORED, "x", Frame.Targets.of(7, 1, false));
        LinkMessage.Segment early =
                new LinkMessage.Segment(5, known.to(), known.stream(), 1, known.bytes(), known.awaited());
        take(early);
        assertThat(session.heard()).isEmpty();
        TestDelivery.OtherNode joined = node.other(5);
        take(early);
        assertThat(session.heard()).containsExactly("push x 1");
        assertThat(joined.link()
                        .expectMessageClass(LinkMessage.Acknowledged.class)
                        .sequence())
                .isEqualTo(1);
    }

    @Test
    void aMessageThatIsToComeOnceIsDroppedWhenItComesByAnotherNode() {
        TestAttachment subscriber = new TestAttachment(loop, "live", 0);
        node.table("a").add(TOPIC, new LocalRoute(subscriber, 1));
        Message message = Messages.message(loop, TOPIC, "x", 1);
        message.markOnce();
        take(frame(Frame.Kind.LIVE, message, Frame.Targets.NONE, true));
        take(frame(Frame.Kind.LIVE, message, Frame.Targets.NONE, true));
        assertThat(subscriber.heard()).containsExactly("deliver x 1");
    }

    @Test
    void whileThereIsNoMemoryPublishersOfTheOtherNodeWaitAndQos0IsDropped() {
        TestAttachment subscriber = new TestAttachment(loop, "live", 0);
        node.table("a").add(TOPIC, new LocalRoute(subscriber, 1));
        node.delivery.pressure().alarm("heap 99 %");
        take(frame(Frame.Kind.LIVE, Messages.message(loop, TOPIC, "dropped", 0), Frame.Targets.NONE, false));
        take(frame(Frame.Kind.LIVE, "was on its way", Frame.Targets.NONE));
        assertThat(subscriber.heard()).containsExactly("deliver was on its way 1");
        assertThat(hold().level()).isEqualTo(Obstacle.ALL);
        node.delivery.pressure().alarm(null);
        node.run();
        assertThat(hold().level()).isEqualTo(Obstacle.OPEN);
        assertThat(node.metrics.scrape()).contains("reason=\"memory\"} 1.0");
    }

    /** The next word on whether publishers of the other node have to wait. */
    private LinkMessage.Hold hold() {
        return (LinkMessage.Hold) other.link()
                .fishForMessage(
                        TestDelivery.LONG,
                        message -> message instanceof LinkMessage.Hold
                                ? FishingOutcomes.complete()
                                : FishingOutcomes.continueAndIgnore())
                .getLast();
    }

    @Test
    void whatNobodyWaitsForIsAcknowledgedWithTheNextSweep() {
        session(7);
        take(frame(Frame.Kind.STORED, Messages.message(loop, TOPIC, "x", 0), Frame.Targets.of(7, 0, false), false));
        links.acknowledge();
        node.run();
        links.acknowledge(); // it knows by now
        node.run();
        take(frame(Frame.Kind.STORED, "y", Frame.Targets.of(7, 1, false)));
        assertThat(acknowledged()).isEqualTo(1);
        assertThat(acknowledged()).isEqualTo(2);
    }
}
