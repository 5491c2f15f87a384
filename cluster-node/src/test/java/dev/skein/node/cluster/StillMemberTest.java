package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Waiting;
import dev.skein.node.route.actor.SyncNode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes in a real cluster; one of them was stalled. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StillMemberTest {
    private static final Duration NO_AUDIT = Duration.ofMinutes(1);
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final AtomicInteger counted = new AtomicInteger();

    private ActorRef<StillMember.Command> start(SyncNode node) {
        return start(node, StillMember.create(node.membership, counted::incrementAndGet));
    }

    private static ActorRef<StillMember.Command> start(SyncNode node, Behavior<StillMember.Command> behavior) {
        return node.kit.system().systemActorOf(behavior, StillMember.NAME, Props.empty());
    }

    private static CompletableFuture<Boolean> confirm(ActorRef<StillMember.Command> actor) {
        CompletableFuture<Boolean> confirmed = new CompletableFuture<>();
        actor.tell(new StillMember.Confirm(3000, () -> confirmed.complete(true)));
        return confirmed;
    }

    private static void meet(SyncNode one, SyncNode other) {
        assertThat(one.membership.up().toCompletableFuture()).succeedsWithin(DEADLINE);
        assertThat(other.membership.up().toCompletableFuture()).succeedsWithin(DEADLINE);
        Waiting.until("they know each other", DEADLINE, () -> !one.membership.isAlone() && !other.membership.isAlone());
    }

    @Test
    void aMemberIsConfirmed() {
        try (SyncNode one = SyncNode.first(NO_AUDIT);
                SyncNode other = one.another(NO_AUDIT)) {
            meet(one, other);
            ActorRef<StillMember.Command> asking = start(one);
            CompletableFuture<Boolean> first = confirm(asking);
            CompletableFuture<Boolean> second = confirm(asking);
            start(other); // it is asked again until it answers
            assertThat(first).succeedsWithin(DEADLINE);
            assertThat(second).succeedsWithin(DEADLINE);
            assertThat(counted).hasValue(1);
            assertThat(confirm(asking)).succeedsWithin(DEADLINE);
            assertThat(counted).hasValue(2);
        }
    }

    @Test
    void onlyAnAnswerToTheLastQuestionCounts() {
        try (SyncNode one = SyncNode.first(NO_AUDIT);
                SyncNode other = one.another(NO_AUDIT)) {
            meet(one, other);
            TestProbe<StillMember.Command> questions = other.kit.createTestProbe();
            start(other, Behaviors.receiveMessage(question -> {
                questions.getRef().tell(question);
                return Behaviors.same();
            }));
            ActorRef<StillMember.Command> asking = start(one);
            CompletableFuture<Boolean> first = confirm(asking);
            CompletableFuture<Boolean> second = confirm(asking);
            long here = one.membership.self().uid();
            long there = other.membership.self().uid();
            questions.fishForMessage(
                    DEADLINE,
                    message -> message.equals(new StillMember.Question(here, there, 2))
                            ? FishingOutcomes.complete()
                            : FishingOutcomes.continueAndIgnore());
            asking.tell(new StillMember.Yes(there, here, 1));
            asking.tell(new StillMember.Yes(there, here + 1, 2)); // to another life
            questions.expectMessage(new StillMember.Question(here, there, 2)); // asked again
            assertThat(first).isNotDone();
            assertThat(second).isNotDone();
            asking.tell(new StillMember.Yes(there, here, 2));
            assertThat(first).succeedsWithin(DEADLINE);
            assertThat(second).succeedsWithin(DEADLINE);
        }
    }

    @Test
    void whoHasLeftIsNotWaitedFor() {
        try (SyncNode one = SyncNode.first(NO_AUDIT)) {
            ActorRef<StillMember.Command> asking = start(one);
            CompletableFuture<Boolean> confirmed;
            try (SyncNode other = one.another(NO_AUDIT)) {
                meet(one, other);
                confirmed = confirm(asking);
                assertThat(one.membership.isInTouch(other.membership.self().uid()))
                        .isTrue();
                assertThat(one.membership.isInTouch(7)).isFalse();
                assertThat(confirmed).isNotDone();
            }
            assertThat(confirmed).succeedsWithin(DEADLINE);
        }
    }
}
