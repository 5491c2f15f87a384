package dev.skein.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.route.AnyMessage;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

/** Routers that answer late get what one event loop publishes in its order. */
class RetainedWritesTest {
    private final List<Asked> asked = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final List<String> settled = new ArrayList<>();
    private final RetainedWrites writes = new RetainedWrites(
            Runnable::run,
            this::ask,
            (instance, message, limit) -> refused.add(instance + " " + message.topic() + ": " + limit));

    private boolean clientGone;

    private record Asked(
            String router, String body, BooleanSupplier wanted, CompletableFuture<RouterCommand.Retained> answer) {}

    private CompletionStage<RouterCommand.Retained> ask(
            String router, Function<ActorRef<RouterCommand.Retained>, RouterCommand> question, BooleanSupplier wanted) {
        ActorRef<RouterCommand.Retained> nobody =
                TestInbox.<RouterCommand.Retained>create().getRef();
        RouterCommand.Retain retain = (RouterCommand.Retain) question.apply(nobody);
        String body = new String(retain.message().payload(), StandardCharsets.UTF_8);
        Asked each = new Asked(router, retain.message().topic() + " " + body, wanted, new CompletableFuture<>());
        asked.add(each);
        return each.answer();
    }

    private void publish(String topic, String body) {
        byte[] payload = body.getBytes(StandardCharsets.UTF_8);
        writes.write(AnyMessage.of("default", TopicName.of(topic), payload, 1, true), new PublishTally() {
            @Override
            protected void settled(boolean ok) {
                settled.add(body + " " + ok);
            }

            @Override
            protected boolean isWanted() {
                return !(clientGone && body.equals("resent elsewhere"));
            }
        });
    }

    private void answer(int which, boolean kept) {
        asked.get(which).answer().complete(new RouterCommand.Retained(kept, null));
    }

    @Test
    void nothingOvertakesWhatIsNotAnsweredYet() {
        publish("a/b", "first");
        publish("a/b", "second");
        assertThat(asked).extracting(Asked::body).containsExactly("a/b first");
        answer(0, true);
        assertThat(asked).extracting(Asked::body).containsExactly("a/b first", "a/b second");
        assertThat(settled).containsExactly("first true");
        answer(1, true);
        assertThat(settled).containsExactly("first true", "second true");
    }

    @Test
    void aLimitOfRetainedMessagesFailsNoPublish() {
        publish("a/b", "large");
        publish("a/b", "small");
        asked.getFirst().answer().complete(new RouterCommand.Retained(false, "too much"));
        assertThat(refused).containsExactly("default a/b: too much");
        answer(1, false);
        assertThat(settled).containsExactly("large true", "small false");
        assertThat(refused).hasSize(1);
    }

    @Test
    void theLatestStandsForThoseThatWait() {
        publish("a/b", "first");
        publish("a/b", "second");
        publish("a/b", "");
        publish("a/b", "last");
        answer(0, true);
        assertThat(asked).extracting(Asked::body).containsExactly("a/b first", "a/b last");
        answer(1, true);
        assertThat(settled).containsExactly("first true", "second true", " true", "last true");
    }

    @Test
    void otherTopicsDoNotWait() {
        publish("a/b", "one");
        publish("a/c", "other");
        publish("x/b", "third");
        assertThat(asked).extracting(Asked::router).containsExactly("default|a", "default|a", "default|x");
        answer(1, true);
        assertThat(settled).containsExactly("other true");
    }

    @Test
    void whatItsClientSendsAgainElsewhereIsNotAskedAgain() {
        publish("a/b", "resent elsewhere");
        publish("a/c", "of another client");
        assertThat(asked).allMatch(each -> each.wanted().getAsBoolean());
        clientGone = true;
        assertThat(asked.getFirst().wanted().getAsBoolean()).isFalse();
        assertThat(asked.getLast().wanted().getAsBoolean()).isTrue();
        publish("a/b", "resent elsewhere");
        publish("a/b", "of another client");
        answer(0, true);
        assertThat(asked.getLast().wanted().getAsBoolean()).isTrue();
    }

    @Test
    void whatWaitsForItsTurnIsNotAskedAtAllWhenItsClientIsGone() {
        publish("a/b", "resent elsewhere");
        publish("a/b", "resent elsewhere");
        clientGone = true;
        asked.getFirst().answer().completeExceptionally(new IllegalStateException("no answer"));
        assertThat(asked).hasSize(1);
        assertThat(settled).containsExactly("resent elsewhere false", "resent elsewhere false");
        publish("a/b", "later");
        assertThat(asked).extracting(Asked::body).endsWith("a/b later");
    }

    private void whenSettled(String... routers) {
        writes.whenSettled(List.of(routers), () -> settled.add("settled " + List.of(routers)));
    }

    @Test
    void whatWasMatchedBeforeIsWaitedFor() {
        whenSettled("default|a");
        publish("a/b", "first");
        publish("a/b", "second");
        whenSettled("default|a");
        publish("a/b", "third");
        assertThat(settled).containsExactly("settled [default|a]");
        answer(0, true);
        assertThat(settled).hasSize(2);
        answer(1, true);
        assertThat(settled).containsSubsequence("second true", "settled [default|a]");
        assertThat(settled).hasSize(5);
    }

    @Test
    void otherRoutersAreNotWaitedForButByTheRoot() {
        publish("a/b", "first");
        whenSettled("default|x", "other|#");
        assertThat(settled).containsExactly("settled [default|x, other|#]");
        whenSettled("default|#");
        assertThat(settled).hasSize(1);
        answer(0, false);
        assertThat(settled).endsWith("first false", "settled [default|#]");
    }

    @Test
    void whatIsWrittenAfterItsCommitIsWaitedForFromItsMatchOn() {
        Message message = AnyMessage.of("default", TopicName.of("a/b"), new byte[1], 2, true);
        RetainedWrites.Underway underway = writes.matched(message);
        whenSettled("default|a");
        assertThat(settled).isEmpty();
        underway.end();
        assertThat(settled).containsExactly("settled [default|a]");
        whenSettled("default|a");
        assertThat(settled).hasSize(2);
    }

    @Test
    void whatFailsKeepsNobodyElseWaiting() {
        publish("a/b", "first");
        publish("a/b", "second");
        asked.getFirst().answer().completeExceptionally(new IllegalStateException("no answer"));
        assertThat(settled).containsExactly("first false");
        answer(1, false);
        assertThat(settled).containsExactly("first false", "second false");
        publish("a/b", "third");
        answer(2, true);
        assertThat(settled).endsWith("third true");
    }
}
