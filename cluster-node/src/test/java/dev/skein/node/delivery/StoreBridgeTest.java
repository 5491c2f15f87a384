package dev.skein.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.link.Frame;
import dev.skein.node.link.InboundStream;
import dev.skein.node.link.LinkMessage;
import dev.skein.node.route.actor.ElsewhereSessions;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From the store's commits to the event loops. */
@Timeout(60)
class StoreBridgeTest {
    private static final long SESSION = 7;
    private static final long WRITER = 1;
    private static final long NODE = 99;

    private final RecordedCommands store = new RecordedCommands();
    private final TestDelivery node = new TestDelivery(store, 2);
    private final LoopContext loop = node.loop(0);
    private final TestAttachment session = new TestAttachment(node.loop(1), "c", SESSION);
    private final List<Boolean> outcomes = new ArrayList<>();
    private final List<String> then = new ArrayList<>();

    @AfterEach
    void close() {
        node.close();
    }

    private StoreBridge.Appended appended(String text) {
        Message message = Messages.message(loop, "a/b", text, 1);
        PublishTally tally = new PublishTally() {
            @Override
            protected void settled(boolean ok) {
                outcomes.add(ok);
            }
        };
        tally.expect();
        return node.delivery
                .bridge()
                .appended(loop, message, List.of(new Receiver(SESSION, 1)), tally, (committed, handed) -> {
                    then.add(text + " " + committed.id().sequence() + (handed ? " handed" : ""));
                });
    }

    private static MessageId id(long sequence) {
        return new MessageId(sequence, WRITER);
    }

    private void endCommit() {
        store.endCommit();
        node.run();
    }

    private void attach() {
        node.delivery.attachments().putSession(SESSION, session);
    }

    @Test
    void whatIsCommittedIsPushedAndSettledWhenTheCommitEndsAndNotBefore() {
        attach();
        appended("x").committed(id(5));
        node.run();
        assertThat(session.heard()).isEmpty();
        assertThat(outcomes).isEmpty();

        endCommit();
        assertThat(session.heard()).containsExactly("push x 1");
        assertThat(then).containsExactly("x 5");
        assertThat(outcomes).containsExactly(true);

        endCommit(); // of a commit that had nothing
        assertThat(session.heard()).hasSize(1);
        assertThat(outcomes).hasSize(1);
    }

    @Test
    void commitsArriveInTheirOrder() {
        attach();
        StoreBridge.Appended first = appended("first");
        StoreBridge.Appended second = appended("second");
        StoreBridge.Appended third = appended("third");
        second.committed(id(1));
        first.committed(id(2));
        store.endCommit();
        third.committed(id(3));
        store.endCommit();
        node.run();
        assertThat(session.heard()).containsExactly("push second 1", "push first 1", "push third 1");
        assertThat(then).containsExactly("second 1", "first 2", "third 3");
    }

    @Test
    void whoAttachesAfterTheCommitReadsItFromTheStoreAndIsNotPushedTo() {
        appended("x").committed(id(5));
        attach();
        endCommit();
        assertThat(session.heard()).isEmpty();
        assertThat(outcomes).containsExactly(true);
    }

    @Test
    void aSessionThatIsConnectedElsewhereIsPushedToOverTheLink() {
        TestDelivery.OtherNode other = node.other(NODE);
        ElsewhereSessions.attach(node.delivery.links().sessions(), SESSION, other.peer());
        appended("x").committed(id(5));
        endCommit();

        LinkMessage.Segment segment = other.link().expectMessageClass(LinkMessage.Segment.class);
        List<String> frames = new ArrayList<>();
        new InboundStream((kind, header, _, targets, _) ->
                        frames.add(kind + " " + header.sequence() + " for " + targets.id(0)))
                .take(1, segment.bytes());
        assertThat(frames).containsExactly(Frame.Kind.STORED + " 5 for " + SESSION);
        assertThat(segment.awaited()).as("it is in the store: nobody waits").isFalse();
        assertThat(outcomes).containsExactly(true);
    }

    @Test
    void whatThisProcessHasCommittedBeforeIsHandedToNobodyAgain() {
        attach();
        appended("x").committed(id(5));
        appended("again").repeated(id(5));
        endCommit();
        assertThat(session.heard()).containsExactly("push x 1");
        assertThat(then).containsExactly("x 5", "again 5 handed");
        assertThat(outcomes).containsExactly(true, true);
    }

    @Test
    void whatAProcessBeforeThisOneHasCommittedIsLookedForInTheStore() {
        attach();
        appended("again").repeated(id(4));
        appended("x").committed(id(5));
        appended("older").repeated(id(3));
        appended("elsewhere").repeated(new MessageId(9, NODE));
        endCommit();
        assertThat(session.heard()).containsExactly("look again", "push x 1", "look again", "look again");
        assertThat(then).containsExactly("again 4", "x 5", "older 3", "elsewhere 9");
    }

    @Test
    void whatIsNotStoredIsNotAcknowledgedAndNothingFollows() {
        attach();
        appended("refused").failed(new StoreUnavailableException("test", new IllegalStateException()));
        appended("passed over").passedOver();
        endCommit();
        assertThat(outcomes).containsExactly(false, false);
        assertThat(session.heard()).isEmpty();
        assertThat(then).isEmpty();
    }

    @Test
    void aTaskBehindPushesRunsAfterThoseOfEarlierCommits() {
        attach();
        appended("x").committed(id(5));
        node.delivery
                .bridge()
                .behindPushes(1, () -> then.add("behind " + session.heard()))
                .committed();
        endCommit();
        assertThat(then).contains("behind [push x 1]");
    }

    @Test
    void aSessionThatIsConnectedElsewhereIsToldToLookIntoTheStore() {
        TestDelivery.OtherNode other = node.other(NODE);
        node.delivery.bridge().lookAgain(SESSION); // it is connected nowhere
        endCommit();
        ElsewhereSessions.attach(node.delivery.links().sessions(), SESSION, other.peer());
        node.delivery.bridge().lookAgain(SESSION);
        endCommit();

        LinkMessage.Segment segment = other.link().expectMessageClass(LinkMessage.Segment.class);
        assertThat(segment.sequence()).isEqualTo(1);
        List<String> frames = new ArrayList<>();
        new InboundStream((kind, _, _, targets, _) -> frames.add(kind + " " + targets.id(0))).take(1, segment.bytes());
        assertThat(frames).containsExactly(Frame.Kind.LOOK_AGAIN + " " + SESSION);
    }
}
