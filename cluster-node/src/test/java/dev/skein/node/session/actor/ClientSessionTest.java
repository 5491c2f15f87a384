package dev.skein.node.session.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.admission.Budget;
import dev.skein.node.reliability.Waiting;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.SyncNode;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.memory.MemoryStores;
import dev.skein.protocol.message.Subscription;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a session says of its client, also when it knows less than the node of the connection. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClientSessionTest {
    private static final long CONNECTION = 5;
    private static final long NODE_THAT_IS_GONE = -1;
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final SyncNode node = SyncNode.first(Duration.ofMinutes(1));
    private final MemoryStores stores = new MemoryStores(
            new StoreSettings(Duration.ofDays(1), 1_000, 1_000, Duration.ofHours(1), 100, "n"),
            InstantSource.system(),
            (_, _, _) -> {});
    private final TestProbe<ShardingEnvelope<RouterCommand>> routers = node.kit.createTestProbe();
    private final TestProbe<ConnectionEvent> gateway = node.kit.createTestProbe();
    private final TestProbe<SessionCommand.Kicked> operator = node.kit.createTestProbe();
    private final TestProbe<SessionCommand.Location> publisher = node.kit.createTestProbe();

    @AfterEach
    void stop() {
        node.close();
        stores.close();
    }

    private ActorRef<SessionCommand> session() {
        TestProbe<ShardingEnvelope<SessionCommand>> self = node.kit.createTestProbe();
        TestProbe<ClusterSharding.ShardCommand> shard = node.kit.createTestProbe();
        Budget budget = new Budget(10, 10, DEADLINE, DEADLINE, System::nanoTime, _ -> {});
        SessionContext shared = new SessionContext(
                node.membership,
                self.getRef(),
                stores.sessions(),
                new Restores(stores.sessions(), budget),
                routers.getRef(),
                InstantSource.system(),
                new AtomicLong(),
                new NoFormerWills(),
                (_, _) -> CompletableFuture.completedFuture(null),
                new ShardAges(System::nanoTime),
                _ -> Duration.ofDays(1),
                new SessionContext.Deadlines(DEADLINE, DEADLINE, DEADLINE));
        return node.kit.spawn(ClientSession.create(ClientSession.entityId("default", "c"), shared, shard.getRef()));
    }

    private ActorRef<SessionCommand> connected(long home) {
        ActorRef<SessionCommand> session = session();
        ConnectionRef connection = new ConnectionRef(gateway.getRef(), CONNECTION, home);
        session.tell(new SessionCommand.Attach(connection, true, true, false, null, false, null, null));
        gateway.expectMessageClass(ConnectionEvent.Attached.class, DEADLINE);
        return session;
    }

    private void kick(ActorRef<SessionCommand> session) {
        session.tell(new SessionCommand.Kick(operator.getRef()));
    }

    @Test
    void nobodyIsConnectedSoNobodyIsKicked() {
        kick(session());
        operator.expectMessage(DEADLINE, new SessionCommand.Kicked(false));
    }

    @Test
    void theNodeOfTheConnectionSaysWhetherSomebodyWasKicked() {
        kick(connected(node.membership.self().uid()));
        gateway.expectMessage(DEADLINE, new ConnectionEvent.Kick(CONNECTION, operator.getRef()));
        operator.getRef().tell(new SessionCommand.Kicked(false)); // it has gone, and the session does not know yet
        operator.expectMessage(DEADLINE, new SessionCommand.Kicked(false));
    }

    @Test
    void aConnectionOnANodeThatIsGoneIsNotKicked() {
        kick(connected(NODE_THAT_IS_GONE));
        operator.expectMessage(DEADLINE, new SessionCommand.Kicked(false));
    }

    @Test
    void aNewActorLooksForTheConnectionThatAnEarlierOneAdmitted() {
        try (SyncNode other = node.another(Duration.ofMinutes(1))) {
            long home = other.membership.self().uid();
            has(node, false);
            has(other, true);
            awaitHearing(home);
            ActorRef<SessionCommand> session = session();
            session.tell(new SessionCommand.Locate(publisher.getRef()));
            publisher.expectMessage(DEADLINE, new SessionCommand.Location(0, CONNECTION, home));
        }
    }

    @Test
    void aNewActorFindsNoConnectionWhereThereIsNone() {
        try (SyncNode other = node.another(Duration.ofMinutes(1))) {
            has(node, false);
            has(other, false);
            awaitHearing(other.membership.self().uid());
            ActorRef<SessionCommand> session = session();
            session.tell(new SessionCommand.Locate(publisher.getRef()));
            publisher.expectMessage(DEADLINE, new SessionCommand.Location(0, 0, 0));
            kick(session);
            operator.expectMessage(DEADLINE, new SessionCommand.Kicked(false));
        }
    }

    /** The shard has moved; the database's last word of the session is old, and its client is connected. */
    @Test
    void aConnectedClientLosesNoSessionWhenAnExpiryComesBeforeItsClaimToANewActor() throws Exception {
        SessionKey key = new SessionKey("default", "c");
        var stored =
                stores.sessions().create(key, null, 1).toCompletableFuture().get(20, TimeUnit.SECONDS);
        stores.sessions().note(stored.seen(2, 0)).toCompletableFuture().get(20, TimeUnit.SECONDS);
        ActorRef<SessionCommand> session = session();
        session.tell(new SessionCommand.Expire(1_000));
        ConnectionRef here = new ConnectionRef(
                gateway.getRef(), CONNECTION, node.membership.self().uid());
        session.tell(new SessionCommand.Attach(here, false, true, true, null, false, null, null));
        gateway.expectMessageClass(ConnectionEvent.Resumed.class, DEADLINE);
    }

    @Test
    void aSessionExpiresWhenNoNodeHasItsClient() throws Exception {
        SessionKey key = new SessionKey("default", "c");
        var stored =
                stores.sessions().create(key, null, 1).toCompletableFuture().get(20, TimeUnit.SECONDS);
        stores.sessions().note(stored.seen(2, 0)).toCompletableFuture().get(20, TimeUnit.SECONDS);
        has(node, false);
        ActorRef<SessionCommand> session = session();
        session.tell(new SessionCommand.Expire(1_000));
        publisher.awaitAssert(
                DEADLINE,
                () -> assertThat(stores.sessions()
                                .find(key)
                                .toCompletableFuture()
                                .get(20, TimeUnit.SECONDS))
                        .isEmpty());
    }

    @Test
    void aChangeThatWasHeldUpDoesNotUndoWhatItsConnectionAskedForSince() throws Exception {
        ActorRef<SessionCommand> session = session();
        ConnectionRef connection = new ConnectionRef(
                gateway.getRef(), CONNECTION, node.membership.self().uid());
        session.tell(new SessionCommand.Attach(connection, false, true, false, null, false, null, null));
        gateway.expectMessageClass(ConnectionEvent.Attached.class, DEADLINE);
        SessionCommand first = new SessionCommand.Unsubscribe(connection, 1, List.of("a/b"));
        SessionCommand then = new SessionCommand.Subscribe(connection, 2, List.of(new Subscription("a/b", 1)));
        session.tell(first); // sent again
        gateway.expectMessage(DEADLINE, new ConnectionEvent.Subscribed(CONNECTION, 1));
        answer(session, then);
        gateway.expectMessage(DEADLINE, new ConnectionEvent.Subscribed(CONNECTION, 2));
        session.tell(first); // the first copy
        answer(session, then); // sent again because no answer came
        gateway.expectMessage(DEADLINE, new ConnectionEvent.Subscribed(CONNECTION, 2));
        assertThat(stores.sessions()
                        .find(new SessionKey("default", "c"))
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS)
                        .orElseThrow()
                        .subscriptions())
                .containsExactly(new Subscription("a/b", 1));
    }

    /** The session of the client, with {@code count} filters of 1000 characters in the store. */
    private ActorRef<SessionCommand> withFilters(int count) throws Exception {
        var stored = stores.sessions()
                .create(
                        new SessionKey("default", "c"),
                        null,
                        InstantSource.system().millis())
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        List<Subscription> filters = IntStream.range(0, count)
                .mapToObj(each -> new Subscription("a/" + each + "/" + "x".repeat(990), 1))
                .toList();
        stores.sessions().subscribe(stored, filters).toCompletableFuture().get(20, TimeUnit.SECONDS);
        return session();
    }

    private void attach(ActorRef<SessionCommand> session, boolean clean, long home) {
        session.tell(new SessionCommand.Attach(
                new ConnectionRef(gateway.getRef(), CONNECTION, home), clean, true, false, null, false, null, null));
    }

    private List<ConnectionEvent.AttachedPart> parts() {
        List<ConnectionEvent.AttachedPart> parts = new ArrayList<>();
        do {
            parts.add(gateway.expectMessageClass(ConnectionEvent.AttachedPart.class, DEADLINE));
        } while (parts.size() < parts.getFirst().parts());
        return parts;
    }

    @Test
    void aLargeSessionGoesToAnotherNodeInPartsAndEachAnswerHasItsOwn() throws Exception {
        try (SyncNode other = node.another(Duration.ofMinutes(1))) {
            long home = other.membership.self().uid();
            Waiting.until("two nodes", () -> node.membership.isMember(home));
            ActorRef<SessionCommand> session = withFilters(2_400);
            attach(session, false, home);
            List<ConnectionEvent.AttachedPart> answer = parts();
            attach(session, false, home); // a part was lost
            List<ConnectionEvent.AttachedPart> again = parts();

            assertThat(answer).hasSizeGreaterThan(1);
            assertThat(answer)
                    .extracting(ConnectionEvent.AttachedPart::answer)
                    .containsOnly(answer.getFirst().answer());
            assertThat(again)
                    .extracting(ConnectionEvent.AttachedPart::answer)
                    .containsOnly(again.getFirst().answer());
            assertThat(again.getFirst().answer()).isNotEqualTo(answer.getFirst().answer());
            assertThat(again)
                    .hasSameSizeAs(answer)
                    .allMatch(part -> part.attached().present());
            for (List<ConnectionEvent.AttachedPart> each : List.of(answer, again)) {
                assertThat(each)
                        .extracting(ConnectionEvent.AttachedPart::number)
                        .containsExactlyElementsOf(
                                IntStream.range(0, each.size()).boxed().toList());
                assertThat(each.stream().flatMap(part -> subscriptions(part.attached()).stream()))
                        .hasSize(2_400)
                        .doesNotHaveDuplicates();
                assertThat(each).allMatch(part -> chars(part.attached()) < 300_000);
            }
        }
    }

    @Test
    void aLargeSessionThatStaysOnItsNodeIsOneMessage() throws Exception {
        ActorRef<SessionCommand> session = withFilters(2_400);
        attach(session, false, node.membership.self().uid());
        var whole = gateway.expectMessageClass(ConnectionEvent.Attached.class, DEADLINE);
        assertThat(subscriptions(whole)).hasSize(2_400);
    }

    @Test
    void aSmallSessionGoesToAnotherNodeInOneMessage() throws Exception {
        try (SyncNode other = node.another(Duration.ofMinutes(1))) {
            long home = other.membership.self().uid();
            Waiting.until("two nodes", () -> node.membership.isMember(home));
            attach(withFilters(30), false, home);
            var whole = gateway.expectMessageClass(ConnectionEvent.Attached.class, DEADLINE);
            assertThat(subscriptions(whole)).hasSize(30);
        }
    }

    /** The shard has come from another node, where the connection was admitted. */
    @Test
    void anActorWhoseShardIsNewHereLooksForTheConnectionBeforeItAdmitsAnother() {
        try (SyncNode other = node.another(Duration.ofMinutes(1))) {
            long home = other.membership.self().uid();
            has(node, false);
            has(other, true);
            awaitHearing(home);
            assertThat(node.membership.isUnsettled()).isFalse();
            ActorRef<SessionCommand> session = session();
            ConnectionRef next = new ConnectionRef(
                    gateway.getRef(), CONNECTION + 1, node.membership.self().uid());
            session.tell(new SessionCommand.Attach(next, true, true, false, null, false, null, null));
            gateway.expectNoMessage(Duration.ofMillis(100));
            session.tell(SessionCommand.Detach.of(CONNECTION));
            assertThat(gateway.expectMessageClass(ConnectionEvent.Attached.class, DEADLINE)
                            .connectionId())
                    .isEqualTo(CONNECTION + 1);
        }
    }

    private static List<Subscription> subscriptions(ConnectionEvent.Attached attached) {
        return Objects.requireNonNull(attached.session()).subscriptions();
    }

    private static int chars(ConnectionEvent.Attached attached) {
        return subscriptions(attached).stream()
                .mapToInt(each -> each.filter().length())
                .sum();
    }

    /** A subscription that the router of its parent topic has in force at once. */
    private void answer(ActorRef<SessionCommand> session, SessionCommand change) {
        session.tell(change);
        ShardingEnvelope<RouterCommand> question = routers.receiveMessage(DEADLINE);
        ((RouterCommand.Put) question.message()).replyTo().tell(new RouterCommand.RouteApplied("a"));
    }

    /** A session does not wait for long: the two have to be used to one another. */
    private void awaitHearing(long other) {
        TestProbe<SessionCommand> probe = node.kit.createTestProbe();
        Waiting.until("two nodes", () -> node.membership.isMember(other));
        node.membership
                .<ConnectionEvent>actorOn(Objects.requireNonNull(node.membership.find(other)), ConnectionEvent.GATEWAY)
                .tell(new ConnectionEvent.WhoHolds(0, new SessionKey("default", "c"), probe.getRef()));
        probe.expectMessageClass(SessionCommand.Holder.class, DEADLINE);
    }

    /** A gateway that has the client's connection, or none. */
    private static void has(SyncNode where, boolean connection) {
        long home = where.membership.self().uid();
        where.kit
                .system()
                .systemActorOf(
                        Behaviors.<ConnectionEvent>setup(context -> Behaviors.receiveMessage(event -> {
                            if (event instanceof ConnectionEvent.WhoHolds asked) {
                                ConnectionRef here = new ConnectionRef(context.getSelf(), CONNECTION, home);
                                SessionCommand.Attach claim = connection
                                        ? new SessionCommand.Attach(here, true, true, true, null, false, null, null)
                                        : null;
                                asked.replyTo().tell(new SessionCommand.Holder(home, claim));
                            }
                            return Behaviors.same();
                        })),
                        ConnectionEvent.GATEWAY,
                        Props.empty());
    }
}
