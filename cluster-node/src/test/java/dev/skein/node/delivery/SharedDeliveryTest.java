package dev.skein.node.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.link.Frame;
import dev.skein.node.link.InboundStream;
import dev.skein.node.link.LinkMessage;
import dev.skein.node.link.OutboundStream;
import dev.skein.node.route.LocalRoute;
import dev.skein.node.route.Match;
import dev.skein.node.route.RemoteRoute;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.SessionRoute;
import dev.skein.node.route.actor.TableKeeper;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages of shared subscriptions whose members are on other nodes, which may go. */
@Timeout(60)
class SharedDeliveryTest {
    private static final long OTHER = 99;
    private static final String TOPIC = "a/b";
    private static final String FILTER = "$share/g/a/+";

    private final RecordedCommands store = new RecordedCommands();
    private final TestDelivery node = new TestDelivery(store, 1);
    private final LoopContext loop = node.loop(0);
    private final LoopLinks links = loop.links();
    private final TestDelivery.OtherNode other = node.other(OTHER);
    private final TestDelivery.OtherNode third = node.other(OTHER + 1);
    private final RouteTable table = node.table("a");
    private final NotedTally tally = new NotedTally();
    /** Frames that arrived at the other nodes, such as "SHARED text 1", with the ticket. */
    private final List<String> arrived = new ArrayList<>();

    private final OutboundStream outbound = new OutboundStream((sequence, bytes, awaited) ->
            links.on(new LinkMessage.Segment(OTHER, node.membership.self().uid(), 0, sequence, bytes, awaited)));

    @AfterEach
    void close() {
        node.close();
    }

    private void publish(String text, int qos) {
        node.open("a");
        TopicRoutes routes = node.routes(TOPIC);
        Match match = Objects.requireNonNull(loop.ingress().match(routes));
        loop.ingress().publish(Messages.message(loop, TOPIC, text, qos), routes, match, null, tally);
        node.run();
    }

    /** What was sent to {@code to} with the next segment. */
    private String sentTo(TestDelivery.OtherNode to) {
        InboundStream inbound = new InboundStream((kind, header, _, targets, rest) -> {
            rest.skipBytes(rest.readUnsignedShort());
            long ticket = targets.size() == 0 ? header.ticket() : targets.id(0);
            arrived.add(kind + " " + rest.toString(UTF_8) + " " + ticket);
        });
        LinkMessage.Segment segment = (LinkMessage.Segment) to.link()
                .fishForMessage(
                        TestDelivery.LONG,
                        message -> message instanceof LinkMessage.Segment
                                ? FishingOutcomes.complete()
                                : FishingOutcomes.continueAndIgnore())
                .getLast();
        inbound.take(1, segment.bytes());
        return arrived.getLast();
    }

    private void accepted() {
        links.on(new LinkMessage.Acknowledged(OTHER, node.membership.self().uid(), 0, 1));
        node.run();
    }

    /** The other node says that a member has taken the message of that ticket. */
    private void taken(long ticket) {
        Frame.Header header = new Frame.Header(0, 0, 0, false, false);
        Frame.Targets tickets = Frame.Targets.of(ticket, 0, false);
        outbound.write(Frame.Kind.TAKEN, header, "", tickets, new byte[Short.BYTES], new byte[0]);
        outbound.flush();
        node.run();
    }

    /** The other node hands a message to a member here. */
    private void handed(String text, long ticket) {
        Message message = Messages.message(loop, TOPIC, text, 1);
        Frame.Header header =
                new Frame.Header(message.id().sequence(), OTHER, 1, false, false, Origin.UNKNOWN, null, FILTER, ticket);
        outbound.write(
                Frame.Kind.SHARED,
                header,
                TestDelivery.INSTANCE,
                Frame.Targets.NONE,
                message.topic().wire(),
                message.payload());
        outbound.flush();
        node.run();
    }

    private void gone(TestDelivery.OtherNode gone) {
        node.delivery.links().forget(gone.peer().uid());
        links.left(gone.peer());
        table.removeRemote(FILTER, new RemoteRoute(gone.peer()));
        node.run();
    }

    private TestAttachment member(String name) {
        TestAttachment member = new TestAttachment(loop, name, 0);
        table.add(FILTER, new LocalRoute(member, 1));
        return member;
    }

    @Test
    void whatAMemberOfAnotherNodeHasNotTakenGoesToAnotherWhenThatNodeIsGone() {
        table.addRemote(FILTER, new RemoteRoute(other.peer()));
        publish("x", 1);
        publish("y", 1);
        assertThat(sentTo(other)).isEqualTo("SHARED x 1");
        assertThat(sentTo(other)).isEqualTo("SHARED y 2");
        accepted();
        taken(1);
        TestAttachment here = member("here");
        gone(other);
        assertThat(here.heard()).containsExactly("deliver y 1");
    }

    @Test
    void aMemberOfAThirdNodeOrAPersistentOneMayGetItThen() {
        table.addRemote(FILTER, new RemoteRoute(other.peer()));
        publish("x", 1);
        table.addRemote(FILTER, new RemoteRoute(third.peer()));
        gone(other);
        assertThat(sentTo(third)).isEqualTo("SHARED x 2");

        table.put(FILTER, new SessionRoute(7, "c", 1));
        gone(third);
        assertThat(store.appends())
                .singleElement()
                .satisfies(append -> assertThat(append.receivers()).containsExactly(new Receiver(7, 1)));
    }

    @Test
    void theRoutesOfANodeThatIsGoneMayStillBeThere() {
        table.addRemote(FILTER, new RemoteRoute(other.peer()));
        table.addRemote(FILTER, new RemoteRoute(third.peer()));
        publish("x", 1);
        sentTo(other);
        node.delivery.links().forget(OTHER);
        links.left(other.peer());
        node.run();
        assertThat(sentTo(third)).isEqualTo("SHARED x 2");
    }

    @Test
    void aPublisherIsAcknowledgedWhenTheOtherNodeHasIt() {
        table.addRemote(FILTER, new RemoteRoute(other.peer()));
        publish("x", 1);
        assertThat(tally.outcomes()).isEmpty();
        accepted();
        assertThat(tally.outcomes()).containsExactly(true);
    }

    @Test
    void aNodeThatDoesNotAnswerTicketsIsAskedForNone() {
        TestDelivery.OtherNode older = node.other(OTHER + 2, 3);
        table.addRemote(FILTER, new RemoteRoute(older.peer()));
        publish("x", 1);
        assertThat(sentTo(older)).isEqualTo("SHARED x 0");
    }

    @Test
    void qos0IsNotKept() {
        table.addRemote(FILTER, new RemoteRoute(other.peer()));
        publish("x", 0);
        TestAttachment here = member("here");
        gone(other);
        assertThat(here.heard()).isEmpty();
    }

    @Test
    void whatArrivesWhenTheMemberHasGoneGoesToAMemberElsewhereAndItsKeeperIsTold() {
        table.addRemote(FILTER, new RemoteRoute(third.peer()));
        handed("x", 5);
        assertThat(sentTo(third)).isEqualTo("SHARED x 1");
        links.on(new LinkMessage.Acknowledged(OTHER + 1, node.membership.self().uid(), 0, 1));
        node.run();
        assertThat(sentTo(other)).isEqualTo("TAKEN  5");
    }

    @Test
    void whenNobodyIsThereThePersistentMembersAreLookedUpBeforeItIsDropped() {
        handed("x", 5);
        TableKeeper.Open asked = node.keeper.expectMessageClass(TableKeeper.Open.class);
        assertThat(asked.parent()).isEqualTo("a");
        node.open("a").put(FILTER, new SessionRoute(7, "c", 1));
        asked.opened().run();
        node.run();
        assertThat(store.appends())
                .singleElement()
                .satisfies(append -> assertThat(append.receivers()).containsExactly(new Receiver(7, 1)));
    }

    @Test
    void whatNobodyIsThereForIsDroppedAndItsKeeperIsTold() {
        node.open("a");
        handed("x", 5);
        assertThat(sentTo(other)).isEqualTo("TAKEN  5");
        assertThat(node.metrics.scrape()).containsPattern("dropped_total\\{[^}]*no_subscriber[^}]*} 1");
    }
}
