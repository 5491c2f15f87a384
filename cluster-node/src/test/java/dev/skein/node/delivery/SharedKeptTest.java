package dev.skein.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.link.Frame;
import dev.skein.node.route.AnyMessage;
import dev.skein.node.route.Peer;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.TopicName;
import org.junit.jupiter.api.Test;

/** What is kept until a member of another node has taken it. */
class SharedKeptTest {
    private static final Peer PEER = new Peer(1, "127.0.0.1:1", Frame.VERSION);

    private final SharedKept kept = new SharedKept(1);
    private final NotedTally first = new NotedTally();
    private final NotedTally second = new NotedTally();
    private final Message message = AnyMessage.of("i", TopicName.of("a"), new byte[10], 1, false, new MessageId(1, 1));

    @Test
    void aPublisherWaitsForTheMemberOnceTooMuchIsKept() {
        kept.keep(PEER, message, first);
        assertThat(first.isSettled()).isTrue();
        long ticket = kept.keep(PEER, message, second);
        assertThat(second.isSettled()).isFalse();

        kept.taken(ticket);
        kept.taken(ticket);
        assertThat(second.outcomes()).containsExactly(true);
        assertThat(first.outcomes()).isEmpty();
    }

    @Test
    void whatWasTakenTakesNoRoom() {
        long ticket = kept.keep(PEER, message, first);
        assertThat(kept.bytes()).isGreaterThan(10);
        kept.taken(ticket);
        assertThat(kept.bytes()).isZero();
        assertThat(kept.left(PEER)).isEmpty();
    }

    @Test
    void whatAPublisherThatIsGoneWaitsForIsForgotten() {
        kept.keep(PEER, message, first);
        kept.keep(PEER, message, new PublishTally() {
            @Override
            protected boolean isWanted() {
                return false;
            }

            @Override
            protected void settled(boolean ok) {}
        });
        kept.sweep();
        assertThat(kept.left(PEER)).hasSize(1);
    }

    @Test
    void onlyWhatOneNodeHasIsHandedOnWhenItGoes() {
        Peer peer = new Peer(2, "127.0.0.1:2", Frame.VERSION);
        kept.keep(PEER, message, first);
        kept.keep(peer, message, first);
        assertThat(kept.left(PEER))
                .singleElement()
                .satisfies(each -> assertThat(each.peer()).isEqualTo(PEER));
        assertThat(kept.left(peer)).hasSize(1);
    }
}
