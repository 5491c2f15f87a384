package dev.skein.node.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.delivery.Attachments;
import dev.skein.node.delivery.LoopContext;
import dev.skein.node.delivery.RecordedCommands;
import dev.skein.node.delivery.TestAttachment;
import dev.skein.node.delivery.TestDelivery;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.ConnectionEvent.Attached;
import dev.skein.node.session.actor.ConnectionEvent.Refusal;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.message.SessionTerm;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection and the actor of its session say to one another: early, late, twice, never. */
@Timeout(60)
class ClaimTest {
    private static final SessionTerm TERM = new SessionTerm(true, 60);
    private static final SessionKey KEY = new SessionKey(TestDelivery.INSTANCE, "c");
    private static final long ID = 1;
    private static final long NODE = 99;

    private final TestDelivery node = new TestDelivery(new RecordedCommands(), 1);
    private final LoopContext loop = node.delivery.loops().getFirst();
    private final Claims claims = Claims.create(node.kit.system(), node.delivery);
    private final Claim claim = new Claim(claims);
    private final TestClaimant claimant = new TestClaimant(loop);

    /** Notes what its claim comes to. */
    private static final class TestClaimant extends TestAttachment implements Claimant {
        private boolean connected;

        TestClaimant(LoopContext loop) {
            super(loop, KEY.clientId(), 0);
        }

        @Override
        public boolean isConnected() {
            return connected;
        }

        @Override
        public void granted(Attached attached) {
            connected = true;
            heard().add("granted");
        }

        @Override
        public void refused(ConnectionEvent.Refused refused) {
            heard().add("refused " + refused.reason());
        }

        @Override
        public void resumed() {
            heard().add("resumed");
        }

        @Override
        public void subscribed(long request) {
            heard().add("subscribed " + request);
        }

        @Override
        public void subscribeFailed(long request) {
            heard().add("subscribe failed " + request);
        }

        @Override
        public boolean isAlive() {
            return connected && !isClosed();
        }

        @Override
        public boolean isRead() {
            return true;
        }

        @Override
        public boolean hasDisconnected() {
            return false;
        }

        @Override
        public boolean isEnding() {
            return false;
        }
    }

    @AfterEach
    void close() {
        node.close();
    }

    private SessionCommand told() {
        return node.sessions.receiveMessage().message();
    }

    private void request() {
        claim.request(KEY, ID, TERM, true, "anonymous", false);
        assertThat(told()).isEqualTo(attach(false));
    }

    private SessionCommand.Attach attach(boolean resumed) {
        SessionCommand.Attach first = SessionCommand.Attach.of(claims.reference(ID), TERM, true, "anonymous", false);
        return resumed ? first.resumedWith(0) : first;
    }

    /** Tells the claim, and what follows on the loop. */
    private void on(ConnectionEvent event) {
        claim.on(event, claimant);
        node.run();
    }

    private static Attached attached(long connection) {
        return new Attached(connection, false, null, NODE);
    }

    /** Fails when anything was sent before. */
    private void nothingElseWasTold() {
        claim.tell(SessionCommand.Detach.of(-1));
        assertThat(told()).isEqualTo(SessionCommand.Detach.of(-1));
    }

    @Test
    void beforeAClaimNothingIsSent() {
        claim.tell(SessionCommand.Detach.of(ID));
        claim.reclaim(true);
        claim.check(System.nanoTime() + TimeUnit.DAYS.toNanos(1), true);
        on(attached(ID));
        on(new ConnectionEvent.Reclaim(ID));
        assertThat(claim.held()).isNull();
        assertThat(claimant.heard()).isEmpty();
        request(); // the first that comes
    }

    @Test
    void anAnswerGrantsTheClientIdOnce() {
        request();
        on(attached(ID));
        on(attached(ID));
        assertThat(claimant.heard()).containsExactly("granted");
        assertThat(claim.isOn(NODE)).isTrue();
        assertThat(claim.held()).isEqualTo(attach(true));
        nothingElseWasTold();
    }

    @Test
    void aClaimThatIsSentAgainNamesTheSessionThatWasGranted() {
        request();
        on(new Attached(ID, false, new StoredSession(77, KEY, 1, 0, null, List.of()), NODE));
        assertThat(claim.held()).isEqualTo(attach(false).resumedWith(77));
        on(new ConnectionEvent.Reclaim(ID));
        assertThat(told()).isEqualTo(attach(false).resumedWith(77));
    }

    @Test
    void anAnswerToAnotherConnectionOrToOneThatIsClosedGrantsNothing() {
        request();
        on(attached(ID + 1));
        claimant.close(Reason.CLIENT_CLOSED, "test");
        on(attached(ID));
        on(new ConnectionEvent.AttachedPart(attached(ID), 1, 0, 1));
        assertThat(claimant.heard()).containsExactly("close CLIENT_CLOSED");
    }

    @Test
    void aRefusalCountsUntilItIsConnectedAndOneThatComesLaterMakesItClaimAgain() {
        request();
        on(new ConnectionEvent.Refused(ID, Refusal.BUSY, null));
        assertThat(claimant.heard()).containsExactly("refused BUSY");
        on(attached(ID));
        on(new ConnectionEvent.Refused(ID, Refusal.IN_USE, null));
        assertThat(told()).isEqualTo(attach(true));
        claimant.close(Reason.CLIENT_CLOSED, "test");
        on(new ConnectionEvent.Refused(ID, Refusal.IN_USE, null));
        nothingElseWasTold();
    }

    @Test
    void aClaimWithoutAnAnswerIsSentAgainSoonAndOneWithAnAnswerNowAndThen() {
        request();
        long now = System.nanoTime();
        claim.check(now + TimeUnit.SECONDS.toNanos(1), false);
        nothingElseWasTold();
        claim.check(now + TimeUnit.SECONDS.toNanos(3), false);
        assertThat(told()).isEqualTo(attach(false));

        on(attached(ID));
        claim.check(now + TimeUnit.MINUTES.toNanos(4), true);
        nothingElseWasTold();
        claim.check(now + TimeUnit.MINUTES.toNanos(6), true);
        assertThat(told()).isEqualTo(attach(true));
        on(new ConnectionEvent.Resumed(ID, NODE + 1, null));
        assertThat(claim.isOn(NODE + 1)).isTrue();
        assertThat(claimant.heard()).containsExactly("granted", "resumed");
    }

    @Test
    void anActorThatGoesIsFollowedUntilTheClientIdIsLeft() {
        request();
        on(new ConnectionEvent.Reclaim(ID));
        assertThat(told()).isEqualTo(attach(false));
        on(attached(ID));
        on(new ConnectionEvent.Reclaim(ID));
        assertThat(told()).isEqualTo(attach(true));

        Attachments attachments = node.delivery.attachments();
        claimant.close(Reason.CLIENT_CLOSED, "test");
        Attachments.Leaving leaving = attachments.leaves(KEY, claimant, false);
        on(new ConnectionEvent.Reclaim(ID));
        assertThat(told()).as("it is closed and has its client ID").isEqualTo(attach(true));
        attachments.left(KEY, leaving);
        on(new ConnectionEvent.Reclaim(ID));
        nothingElseWasTold();
    }

    @Test
    void aFormerConnectionOfThisNodeIsClosedAndHasLeftBeforeTheNextIsGranted() {
        Attachments attachments = node.delivery.attachments();
        Attachments.@Nullable Leaving[] leaving = new Attachments.Leaving[1];
        TestAttachment former = new TestAttachment(loop, KEY.clientId(), 0) {
            @Override
            public void close(Reason reason, String detail) {
                super.close(reason, detail);
                leaving[0] = attachments.leaves(KEY, this, false);
            }
        };
        attachments.put(KEY, former);
        request();
        on(attached(ID));
        assertThat(former.heard()).containsExactly("close TAKEN_OVER");
        assertThat(claimant.heard()).isEmpty();

        Attachments.Leaving gone = Objects.requireNonNull(leaving[0]);
        attachments.left(KEY, gone);
        gone.left().complete(null);
        node.run();
        assertThat(claimant.heard()).containsExactly("granted");
    }

    @Test
    void whoIsClosedWhileItsFormerConnectionLeavesIsNotGranted() {
        Attachments attachments = node.delivery.attachments();
        TestAttachment former = new TestAttachment(loop, KEY.clientId(), 0);
        Attachments.Leaving leaving = attachments.leaves(KEY, former, false);
        request();
        on(attached(ID));
        claimant.close(Reason.CLIENT_CLOSED, "test");
        attachments.left(KEY, leaving);
        leaving.left().complete(null);
        node.run();
        assertThat(claimant.heard()).containsExactly("close CLIENT_CLOSED");
    }

    @Test
    void anOperatorHearsWhetherThereWasAConnectionToClose() {
        TestProbe<SessionCommand.Kicked> operator = node.kit.createTestProbe();
        request();
        on(new ConnectionEvent.Kick(ID, operator.getRef()));
        on(new ConnectionEvent.Kick(ID, operator.getRef()));
        operator.expectMessage(new SessionCommand.Kicked(true));
        operator.expectMessage(new SessionCommand.Kicked(false));
        assertThat(claimant.heard()).containsExactly("close KICKED");
    }

    @Test
    void noTwoConnectionsHaveOneId() {
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            ids.add(claims.nextConnectionId());
        }
        assertThat(ids).hasSize(1000).doesNotContain(0L);
    }
}
