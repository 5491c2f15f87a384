package dev.skein.node.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.session.actor.ConnectionEvent.Attached;
import dev.skein.node.session.actor.ConnectionEvent.AttachedPart;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.Subscription;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Answers in three parts, of which some are lost. */
class AttachedPartsTest {
    private static final long NODE = 9;
    private static final long OTHER_NODE = 8;

    private final AttachedParts parts = new AttachedParts();

    private static Attached attached(long node, List<Subscription> subscriptions) {
        return new Attached(
                5, true, new StoredSession(7, new SessionKey("default", "c"), 1, 2, "user:bob", subscriptions), node);
    }

    /** A filter tells where it comes from. */
    private static Subscription subscription(long node, long answer, int number) {
        return new Subscription(node + "/" + answer + "/" + number, 1);
    }

    private static Attached whole(long node, long answer) {
        return attached(
                node,
                List.of(subscription(node, answer, 0), subscription(node, answer, 1), subscription(node, answer, 2)));
    }

    private @Nullable Attached add(long node, long answer, int number) {
        return parts.add(
                new AttachedPart(attached(node, List.of(subscription(node, answer, number))), answer, number, 3));
    }

    @Test
    void anAnswerIsWholeWithItsLastPart() {
        assertThat(add(NODE, 1, 0)).isNull();
        assertThat(add(NODE, 1, 1)).isNull();
        assertThat(add(NODE, 1, 2)).isEqualTo(whole(NODE, 1));
    }

    @Test
    void anAnswerThatLacksAPartIsNeverWholeAndTheNextOneIs() {
        for (int lost = 0; lost < 3; lost++) {
            for (int number = 0; number < 3; number++) {
                if (number != lost) {
                    assertThat(add(NODE, lost, number)).isNull();
                }
            }
        }
        add(NODE, 4, 0);
        add(NODE, 4, 1);
        assertThat(add(NODE, 4, 2)).isEqualTo(whole(NODE, 4));
    }

    @Test
    void partsOfTwoAnswersAreNotMixed() {
        add(NODE, 1, 0);
        add(NODE, 1, 1);
        assertThat(add(NODE, 2, 2)).isNull();
        assertThat(add(NODE, 1, 2)).isEqualTo(whole(NODE, 1));
    }

    @Test
    void answersOfTwoNodesWithOneNumberAreNotMixed() {
        add(NODE, 1, 0);
        add(NODE, 1, 1);
        add(OTHER_NODE, 1, 0);
        assertThat(add(NODE, 1, 2)).isNull();
        add(OTHER_NODE, 1, 1);
        assertThat(add(OTHER_NODE, 1, 2)).isEqualTo(whole(OTHER_NODE, 1));
    }

    @Test
    void aPartThatComesTwiceCountsOnce() {
        add(NODE, 1, 0);
        add(NODE, 1, 1);
        assertThat(add(NODE, 1, 1)).isNull();
        assertThat(add(NODE, 1, 2)).isEqualTo(whole(NODE, 1));
    }

    @Test
    void anAnswerThatBeginsAnewLeavesNothingOfTheOneBefore() {
        add(NODE, 1, 0);
        add(NODE, 1, 1);
        add(NODE, 2, 0);
        add(NODE, 2, 1);
        assertThat(add(NODE, 2, 2)).isEqualTo(whole(NODE, 2));
    }
}
