package dev.skein.node.session.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.admission.Budget;
import dev.skein.node.reliability.Waiting;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.SyncNode;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.memory.MemoryStores;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody has a client ID before the wills of its former connections are out, in whatever order things happen. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FormerWillsTest {
    private static final long OLD = 5;
    private static final long NEW = 6;
    private static final long NEWEST = 7;
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration SOON = Duration.ofMillis(100);

    private final SyncNode node = SyncNode.first(Duration.ofMinutes(1));
    private final MemoryStores stores = new MemoryStores(
            new StoreSettings(Duration.ofDays(1), 1_000, 1_000, Duration.ofHours(1), 100, "n"),
            InstantSource.system(),
            (_, _, _) -> {});
    private final TestProbe<ConnectionEvent> gateway = node.kit.createTestProbe();
    private final TestProbe<SessionCommand.Location> publisher = node.kit.createTestProbe();
    private final TestProbe<ClusterSharding.ShardCommand> shard = node.kit.createTestProbe();
    private final Store wills = new Store();

    /** Notes what it is asked for; the test says when that is done. */
    private static final class Store implements PendingWills {
        private volatile boolean possible;
        private final List<String> asked = new CopyOnWriteArrayList<>();
        private final List<CompletableFuture<Void>> answers = new CopyOnWriteArrayList<>();

        @Override
        public boolean possible() {
            return possible;
        }

        @Override
        public CompletionStage<Void> settle(SessionKey client, long connectionId, boolean takenUp) {
            return add((takenUp ? "settle taken up " : "settle ") + connectionId);
        }

        @Override
        public CompletionStage<Void> drop(long connectionId) {
            return add("drop " + connectionId);
        }

        private CompletionStage<Void> add(String what) {
            CompletableFuture<Void> answer = new CompletableFuture<>();
            answers.add(answer);
            asked.add(what);
            return answer;
        }

        void await(String... all) {
            Waiting.until("asked for " + List.of(all), DEADLINE, () -> asked.equals(List.of(all)));
        }

        void done() {
            answers.getLast().complete(null);
        }

        void failed() {
            answers.getLast().completeExceptionally(new IllegalStateException("the store is away"));
        }
    }

    @AfterEach
    void stop() {
        node.close();
        stores.close();
    }

    private ActorRef<SessionCommand> session(Duration takeOverDeadline) {
        TestProbe<ShardingEnvelope<SessionCommand>> self = node.kit.createTestProbe();
        TestProbe<ShardingEnvelope<RouterCommand>> routers = node.kit.createTestProbe();
        Budget budget = new Budget(10, 10, DEADLINE, DEADLINE, System::nanoTime, _ -> {});
        SessionContext shared = new SessionContext(
                node.membership,
                self.getRef(),
                stores.sessions(),
                new Restores(stores.sessions(), budget),
                routers.getRef(),
                InstantSource.system(),
                new AtomicLong(),
                wills,
                (_, _) -> CompletableFuture.completedFuture(null),
                new ShardAges(System::nanoTime),
                _ -> Duration.ofDays(1),
                new SessionContext.Deadlines(takeOverDeadline, DEADLINE, DEADLINE));
        return node.kit.spawn(ClientSession.create(ClientSession.entityId("default", "c"), shared, shard.getRef()));
    }

    private void attach(ActorRef<SessionCommand> session, long connection, boolean takeOver) {
        ConnectionRef here = new ConnectionRef(
                gateway.getRef(), connection, node.membership.self().uid());
        session.tell(new SessionCommand.Attach(here, true, takeOver, false, null, false, null, null));
    }

    private void expectAttached(long connection) {
        assertThat(gateway.expectMessageClass(ConnectionEvent.Attached.class, DEADLINE)
                        .connectionId())
                .isEqualTo(connection);
    }

    private void expectRefused(long connection, ConnectionEvent.Refusal why) {
        gateway.expectMessage(DEADLINE, new ConnectionEvent.Refused(connection, why, null));
    }

    private void expectProbe(ActorRef<SessionCommand> session) {
        gateway.expectMessage(DEADLINE, new ConnectionEvent.Probe(OLD, session));
    }

    private ActorRef<SessionCommand> held(Duration takeOverDeadline) {
        ActorRef<SessionCommand> session = session(takeOverDeadline);
        attach(session, OLD, true);
        expectAttached(OLD);
        return session;
    }

    /** The old connection is told to leave, and asked whether it has. */
    private ActorRef<SessionCommand> contested(Duration takeOverDeadline) {
        ActorRef<SessionCommand> session = held(takeOverDeadline);
        attach(session, NEW, true);
        gateway.expectMessage(DEADLINE, new ConnectionEvent.TakenOver(OLD));
        expectProbe(session);
        return session;
    }

    @Test
    void noWillIsLookedForWhenNoNodeIsGoneAndEveryConnectionLeaves() {
        ActorRef<SessionCommand> session = contested(DEADLINE);
        session.tell(new SessionCommand.ProbeResult(OLD, false, false));
        gateway.expectNoMessage(SOON); // its Detach comes when its will is out
        session.tell(SessionCommand.Detach.of(OLD));
        expectAttached(NEW);
        assertThat(wills.asked).isEmpty();
    }

    @Test
    void nobodyIsAdmittedBeforeTheWillsOfNodesThatAreGoneAreOut() {
        wills.possible = true;
        ActorRef<SessionCommand> session = session(DEADLINE);
        attach(session, OLD, true);
        wills.await("settle 0");
        gateway.expectNoMessage(SOON);
        wills.done();
        expectAttached(OLD);
    }

    @Test
    void whoWaitsForAWillThatCannotBePublishedIsRefusedAndMayTryAgain() {
        wills.possible = true;
        ActorRef<SessionCommand> session = session(DEADLINE);
        attach(session, OLD, true);
        wills.await("settle 0");
        attach(session, NEW, true);
        expectRefused(OLD, ConnectionEvent.Refusal.SUPERSEDED);
        wills.failed();
        expectRefused(NEW, ConnectionEvent.Refusal.STORE_UNAVAILABLE);
    }

    @Test
    void aWillThatTakesTooLongRefusesTheClient() {
        wills.possible = true;
        attach(session(DEADLINE), OLD, true);
        expectRefused(OLD, ConnectionEvent.Refusal.STORE_UNAVAILABLE);
    }

    @Test
    void theLatestOfThoseThatWaitForWillsIsAdmitted() {
        wills.possible = true;
        ActorRef<SessionCommand> session = session(DEADLINE);
        attach(session, OLD, true);
        wills.await("settle 0");
        attach(session, NEW, false);
        expectRefused(OLD, ConnectionEvent.Refusal.SUPERSEDED);
        wills.done();
        expectAttached(NEW);
        wills.await("settle 0");
    }

    @Test
    void whoLeavesWhileItWaitsForWillsIsNotAdmitted() {
        wills.possible = true;
        ActorRef<SessionCommand> session = session(DEADLINE);
        attach(session, OLD, true);
        wills.await("settle 0");
        session.tell(SessionCommand.Detach.of(OLD));
        wills.done();
        shard.expectMessageClass(ClusterSharding.Passivate.class, DEADLINE);
        gateway.expectNoMessage(SOON);
    }

    /** The will may be a P2P message, whose publisher looks for this very client. */
    @Test
    void theClientIsLookedForWhileItsWillsArePublished() {
        wills.possible = true;
        ActorRef<SessionCommand> session = session(DEADLINE);
        attach(session, OLD, true);
        wills.await("settle 0");
        session.tell(new SessionCommand.Locate(publisher.getRef()));
        publisher.expectMessage(DEADLINE, new SessionCommand.Location(0, 0, 0));
    }

    /** An earlier actor had admitted it; it still has the client ID, or leaves it when its own will is out. */
    @Test
    void aConnectionThatResumesWhileAnotherWaitsForWillsIsContested() {
        wills.possible = true;
        ActorRef<SessionCommand> session = session(DEADLINE);
        attach(session, NEW, true);
        wills.await("settle 0");
        ConnectionRef old =
                new ConnectionRef(gateway.getRef(), OLD, node.membership.self().uid());
        session.tell(new SessionCommand.Attach(old, true, true, true, null, false, null, null));
        gateway.expectMessageClass(ConnectionEvent.Resumed.class, DEADLINE);
        wills.done();
        gateway.expectMessage(DEADLINE, new ConnectionEvent.TakenOver(OLD));
        expectProbe(session);
        wills.possible = false;
        session.tell(SessionCommand.Detach.of(OLD));
        expectAttached(NEW);
    }

    @Test
    void theWillOfAConnectionThatDoesNotLeaveIsPublishedBeforeTheNextIsAdmitted() {
        contested(SOON);
        wills.await("settle " + OLD);
        gateway.expectMessage(DEADLINE, new ConnectionEvent.TakenOver(OLD));
        gateway.expectNoMessage(SOON);
        wills.done();
        expectAttached(NEW);
    }

    @Test
    void theWillOfAClientThatHasDisconnectedIsForgottenWhenItsConnectionDoesNotLeave() {
        ActorRef<SessionCommand> session = contested(Duration.ofSeconds(1));
        session.tell(new SessionCommand.ProbeResult(OLD, false, true));
        wills.await("drop " + OLD);
        wills.done();
        wills.await("drop " + OLD, "settle 0");
        wills.done();
        Waiting.until(
                "NEW is admitted",
                DEADLINE,
                () -> gateway.receiveMessage(DEADLINE) instanceof ConnectionEvent.Attached attached
                        && attached.connectionId() == NEW);
    }

    @Test
    void aConnectionWhoseWillCannotBePublishedKeepsTheClientIdUntilItLeaves() {
        ActorRef<SessionCommand> session = contested(SOON);
        wills.await("settle " + OLD);
        gateway.expectMessage(DEADLINE, new ConnectionEvent.TakenOver(OLD));
        wills.failed();
        expectRefused(NEW, ConnectionEvent.Refusal.STORE_UNAVAILABLE);
        session.tell(new SessionCommand.Locate(publisher.getRef()));
        assertThat(publisher.receiveMessage(DEADLINE).connectionId()).isEqualTo(OLD);
        session.tell(SessionCommand.Detach.of(OLD));
        shard.expectMessageClass(ClusterSharding.Passivate.class, DEADLINE);
    }

    @Test
    void aConnectionThatLeavesWhileItsWillIsSettledElsewhereIsFollowedByTheNext() {
        ActorRef<SessionCommand> session = contested(SOON);
        wills.await("settle " + OLD);
        gateway.expectMessage(DEADLINE, new ConnectionEvent.TakenOver(OLD));
        session.tell(SessionCommand.Detach.of(OLD));
        gateway.expectNoMessage(SOON); // whoever publishes it now, the answer tells
        wills.done();
        expectAttached(NEW);
    }

    @Test
    void aHolderThatIsAliveRefusesTheNext() {
        ActorRef<SessionCommand> session = held(DEADLINE);
        attach(session, NEW, false);
        expectProbe(session);
        session.tell(new SessionCommand.ProbeResult(OLD, true, false));
        expectRefused(NEW, ConnectionEvent.Refusal.IN_USE);
    }

    @Test
    void aHolderWhoseEndIsKnownIsWaitedForWhereOthersAreRefused() {
        ActorRef<SessionCommand> session = held(DEADLINE);
        attach(session, NEW, false);
        expectProbe(session);
        session.tell(new SessionCommand.ProbeResult(OLD, false, true));
        gateway.expectNoMessage(SOON);
        session.tell(SessionCommand.Detach.of(OLD));
        expectAttached(NEW);
    }

    /** Who is admitted by an actor that ends is not known to the one that follows, which may admit another. */
    @Test
    void nobodyIsAdmittedByAnActorThatIsAboutToEnd() {
        ActorRef<SessionCommand> session = held(DEADLINE);
        session.tell(SessionCommand.Detach.of(OLD));
        shard.expectMessageClass(ClusterSharding.Passivate.class, DEADLINE);
        attach(session, NEW, true);
        attach(session, NEWEST, true);
        gateway.expectNoMessage(SOON);
        session.tell(ClientSession.Stop.INSTANCE);
        gateway.expectMessage(DEADLINE, new ConnectionEvent.Reclaim(NEW));
        gateway.expectMessage(DEADLINE, new ConnectionEvent.Reclaim(NEWEST));
    }
}
