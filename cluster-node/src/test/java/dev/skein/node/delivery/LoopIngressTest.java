package dev.skein.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.LocalRoute;
import dev.skein.node.route.Match;
import dev.skein.node.route.RouteMemory;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.SessionRoute;
import dev.skein.node.route.SessionRoutes;
import dev.skein.node.route.actor.TableKeeper;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.persistence.api.StoreCommand.OnceMark;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one event loop does with a publish, until it may be acknowledged. */
@Timeout(60)
class LoopIngressTest {
    private static final String TOPIC = "a/b";
    private static final long SESSION = 7;
    private static final MessageId COMMITTED = new MessageId(5, 1);
    private static final OnceMark MARK = new InboundMark(3, 1);

    private final RecordedCommands store = new RecordedCommands();
    private final TestDelivery node = new TestDelivery(store, 2);
    private final LoopContext loop = node.loop(0);
    private final TestAttachment here = new TestAttachment(loop, "here", 0);
    private final TestAttachment there = new TestAttachment(node.loop(1), "there", 0);
    private final NotedTally tally = new NotedTally();

    @AfterEach
    void close() {
        node.close();
    }

    private Message publish(String text, int qos, @Nullable OnceMark mark) {
        TopicRoutes routes = node.routes(TOPIC);
        Match match = Objects.requireNonNull(loop.ingress().match(routes));
        Message message = Messages.message(loop, TOPIC, text, qos);
        loop.ingress().publish(message, routes, match, mark, tally);
        return message;
    }

    private static void subscribe(RouteTable table, TestAttachment attachment, int qos) {
        table.add(TOPIC, new LocalRoute(attachment, qos));
    }

    private StoreCommand.AppendListener append() {
        return store.appends().getLast().listener();
    }

    private void endCommit() {
        store.endCommit();
        node.run();
    }

    @Test
    void aPublishWaitsUntilItsTablesAreOpenTheRootFirst() {
        AtomicInteger again = new AtomicInteger();
        TopicRoutes routes = node.routes(TOPIC);
        assertThat(loop.ingress().match(routes, again::incrementAndGet)).isNull();
        TableKeeper.Open root = node.keeper.expectMessageClass(TableKeeper.Open.class);
        assertThat(root.parent()).isEqualTo(RouteTable.ROOT);
        node.tables.of(TestDelivery.INSTANCE).root().open(new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2)));
        root.opened().run();
        assertThat(again).hasValue(0);
        node.run();
        assertThat(again).hasValue(1);

        assertThat(loop.ingress().match(routes, again::incrementAndGet)).isNull();
        assertThat(node.keeper.expectMessageClass(TableKeeper.Open.class).parent())
                .isEqualTo("a");
        node.open("a");
        assertThat(loop.ingress().match(routes, again::incrementAndGet)).isNotNull();
    }

    @Test
    void liveSubscribersOfThisLoopHaveItAtOnceAndThoseOfOthersAfterTheRound() {
        RouteTable table = node.open("a");
        subscribe(table, here, 1);
        subscribe(table, there, 2);
        publish("x", 2, null);
        assertThat(here.heard()).containsExactly("deliver x 1");
        assertThat(there.heard()).isEmpty();
        node.run();
        assertThat(there.heard()).containsExactly("deliver x 2");
        assertThat(tally.isSettled()).as("nothing to wait for").isTrue();
        assertThat(store.commands()).isEmpty();
    }

    @Test
    void whoSubscribesAfterTheMatchDoesNotGetItAndWhoIsInTheNextOneDoes() {
        RouteTable table = node.open("a");
        TopicRoutes routes = node.routes(TOPIC);
        Match before = Objects.requireNonNull(loop.ingress().match(routes));
        subscribe(table, here, 1);
        loop.ingress().publish(Messages.message(loop, TOPIC, "early", 0), routes, before, null, tally);
        loop.ingress()
                .publish(
                        Messages.message(loop, TOPIC, "late", 0),
                        routes,
                        Objects.requireNonNull(loop.ingress().match(routes)),
                        null,
                        tally);
        assertThat(here.heard()).containsExactly("deliver late 0");
    }

    @Test
    void aPublishForPersistentSessionsWaitsForItsCommit() {
        RouteTable table = node.open("a");
        table.put(TOPIC, new SessionRoute(SESSION, "c", 1));
        Message message = publish("x", 2, null);
        assertThat(store.appends())
                .singleElement()
                .satisfies(append -> assertThat(append.receivers()).containsExactly(new Receiver(SESSION, 1)));
        append().committed(COMMITTED);
        node.run();
        assertThat(tally.outcomes()).as("before the commit has ended").isEmpty();

        endCommit();
        assertThat(tally.outcomes()).containsExactly(true);
        assertThat(tally.identities()).containsExactly(COMMITTED);
        assertThat(message.id()).as("handed on to live receivers before").isNotEqualTo(COMMITTED);
    }

    @Test
    void aPublishThatTheStoreRefusesIsNotAcknowledgedThoughLiveSubscribersHaveIt() {
        RouteTable table = node.open("a");
        table.put(TOPIC, new SessionRoute(SESSION, "c", 1));
        subscribe(table, here, 1);
        publish("x", 1, null);
        append().failed(new StoreUnavailableException("test", new IllegalStateException()));
        endCommit();
        assertThat(tally.outcomes()).containsExactly(false);
        assertThat(here.heard()).containsExactly("deliver x 1");
    }

    @Test
    void qos0GoesToAPersistentSessionThatIsOnlineAndIsKeptForNoOther() {
        RouteTable table = node.open("a");
        table.put(TOPIC, new SessionRoute(SESSION, "c", 1));
        publish("offline", 0, null);
        TestAttachment session = new TestAttachment(loop, "c", SESSION);
        node.delivery.attachments().putSession(SESSION, session);
        publish("online", 0, null);
        assertThat(session.heard()).containsExactly("deliver online 0");
        assertThat(store.commands()).isEmpty();
        assertThat(node.metrics.scrape()).containsPattern("skein_deliveries_dropped_total\\{.*offline_qos0.*} 1");
    }

    @Test // [MQTT-4.3.3-2]
    void aMarkedMessageReachesLiveSubscribersWithItsCommitOnly() {
        subscribe(node.open("a"), here, 2);
        publish("x", 2, MARK);
        assertThat(here.heard()).isEmpty();
        assertThat(store.appends()).singleElement().satisfies(append -> {
            assertThat(append.mark()).isEqualTo(MARK);
            assertThat(append.receivers()).isEmpty();
        });
        append().committed(COMMITTED);
        endCommit();
        assertThat(here.heard()).containsExactly("deliver x 2");
        assertThat(tally.outcomes()).containsExactly(true);
    }

    @Test
    void aMarkedMessageThatThisNodeHasCommittedBeforeIsAcknowledgedAndHandedToNobody() {
        subscribe(node.open("a"), here, 2);
        publish("x", 2, MARK);
        append().committed(COMMITTED);
        endCommit();
        publish("x", 2, MARK);
        append().repeated(COMMITTED);
        endCommit();
        assertThat(here.heard()).containsExactly("deliver x 2");
        assertThat(tally.outcomes()).containsExactly(true, true);
    }

    @Test
    void aMarkedMessageThatAnotherNodeHasCommittedIsHandedOnHereOnceHoweverOftenItComes() {
        subscribe(node.open("a"), here, 2);
        for (int times = 0; times < 2; times++) {
            publish("x", 2, MARK);
            append().repeated(new MessageId(5, 99));
            endCommit();
        }
        assertThat(here.heard()).containsExactly("deliver x 2");
        assertThat(tally.outcomes()).containsExactly(true, true);
    }

    @Test
    void aMarkedMessageThatIsPassedOverReachesNobody() {
        subscribe(node.open("a"), here, 2);
        publish("x", 2, MARK);
        append().passedOver();
        endCommit();
        assertThat(here.heard()).isEmpty();
        assertThat(tally.outcomes()).containsExactly(false);
    }

    @Test
    void aMessageToOneClientOfThisNodeGoesToItAtOnceWhateverItHasSubscribed() {
        node.delivery.attachments().put(there.key(), there);
        AtomicInteger located = new AtomicInteger();
        loop.ingress()
                .publishToClient(
                        Messages.message(loop, TOPIC, "x", 1),
                        node.routes(TOPIC),
                        "there",
                        null,
                        tally,
                        () -> true,
                        located::incrementAndGet);
        assertThat(located).hasValue(1);
        node.run();
        assertThat(there.heard()).containsExactly("deliver x 1");
        assertThat(tally.isSettled()).isTrue();
    }

    @Test
    void aMessageToOnePersistentSessionWaitsForItsCommit() {
        TestAttachment session = new TestAttachment(loop, "c", SESSION);
        node.delivery.attachments().put(session.key(), session);
        node.delivery.attachments().putSession(SESSION, session);
        loop.ingress()
                .publishToClient(
                        Messages.message(loop, TOPIC, "x", 1),
                        node.routes(TOPIC),
                        "c",
                        null,
                        tally,
                        () -> true,
                        () -> {});
        assertThat(store.appends())
                .singleElement()
                .satisfies(append -> assertThat(append.receivers()).isEqualTo(List.of(new Receiver(SESSION, 1))));
        assertThat(session.heard()).isEmpty();
        append().committed(COMMITTED);
        endCommit();
        assertThat(session.heard()).containsExactly("push x 1");
        assertThat(tally.outcomes()).containsExactly(true);
    }
}
