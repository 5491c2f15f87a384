package dev.skein.node.route.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Waiting;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.RetainedStore;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.memory.MemoryStores;
import dev.skein.protocol.mqtt.MessageId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A router whose database does not answer yet. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TopicRouterTest {
    /** As many commands as a router lets wait. */
    private static final int WAITING_MAX = 100_000;

    private static final int MORE = 500;

    private final SyncNode node = SyncNode.first(Duration.ofMinutes(1));
    private final MemoryStores stores = new MemoryStores(
            new StoreSettings(Duration.ofDays(1), 1_000, 1_000, Duration.ofHours(1), 100, "n"),
            InstantSource.system(),
            (_, _, _) -> {});
    private final CompletableFuture<Boolean> databaseAnswers = new CompletableFuture<>();
    private final LongAdder passedOver = new LongAdder();
    private final AtomicInteger found = new AtomicInteger();

    /** A real store that lists nothing before {@link #databaseAnswers}. */
    private final class Late implements RetainedStore {
        @Override
        public CompletionStage<Void> put(String instance, RetainedMessage message) {
            return stores.retained().put(instance, message);
        }

        @Override
        public CompletionStage<Void> remove(String instance, String topic) {
            return stores.retained().remove(instance, topic);
        }

        @Override
        public CompletionStage<List<RetainedMessage>> list(
                String instance, @Nullable String parent, String afterTopic, int limit) {
            return databaseAnswers.thenCompose(_ -> stores.retained().list(instance, parent, afterTopic, limit));
        }

        @Override
        public CompletionStage<Long> count(String instance) {
            return stores.retained().count(instance);
        }
    }

    @AfterEach
    void stop() {
        node.close();
        stores.close();
    }

    private ActorRef<RouterCommand> router() {
        TestProbe<KeeperCommand> keeper = node.kit.createTestProbe();
        TestProbe<ClusterSharding.ShardCommand> shard = node.kit.createTestProbe();
        TopicRouter.Shared shared = new TopicRouter.Shared(
                stores.sessions(), new Late(), node.membership, keeper.getRef(), 1_000, passedOver);
        ActorRef<RouterCommand> router = node.kit.spawn(
                TopicRouter.create(TopicRouter.entityId(SyncNode.INSTANCE, "a"), shared, shard.getRef()));
        router.tell(new RouterCommand.CloseTable(node.membership.self().uid())); // nobody routes by it
        return router;
    }

    private ActorRef<RouterCommand.RetainedPage> reader() {
        return node.kit.spawn(Behaviors.receiveMessage(page -> {
            found.addAndGet(page.messages().size());
            return Behaviors.same();
        }));
    }

    @Test
    void whatIsTooMuchToWaitIsPassedOverAndFoundWhenItIsAskedForAgain() {
        stores.retained()
                .put(SyncNode.INSTANCE, new RetainedMessage(new MessageId(1, 1), "a/b", 1, new byte[] {1}))
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS);
        ActorRef<RouterCommand> router = router();
        ActorRef<RouterCommand.RetainedPage> reader = reader();
        RouterCommand question = new RouterCommand.FindRetained("a/#", "", 10, reader);
        for (int i = 0; i < WAITING_MAX + MORE; i++) {
            router.tell(question);
        }
        Waiting.until("more than may wait is passed over", () -> passedOver.sum() == MORE);
        assertThat(found).hasValue(0);

        databaseAnswers.complete(true);
        Waiting.until("all that waited is answered", () -> found.get() == WAITING_MAX);

        for (int i = 0; i < MORE; i++) {
            router.tell(question);
        }
        Waiting.until(
                "what was passed over is answered when it is asked again", () -> found.get() == WAITING_MAX + MORE);
        assertThat(passedOver.sum()).isEqualTo(MORE);
    }

    /** What the node keeps for "a/b" after {@code messages} came to the router in that order, each answered. */
    private List<RetainedMessage> keptAfter(RetainedMessage... messages) {
        databaseAnswers.complete(true);
        ActorRef<RouterCommand> router = router();
        TestProbe<RouterCommand.Retained> publisher = node.kit.createTestProbe();
        for (RetainedMessage message : messages) {
            router.tell(new RouterCommand.Retain(message, publisher.getRef()));
            assertThat(publisher.receiveMessage(Duration.ofSeconds(20)).kept()).isTrue();
        }
        TestProbe<RouterCommand.RetainedPage> reader = node.kit.createTestProbe();
        router.tell(new RouterCommand.FindRetained("a/b", "", 10, reader.getRef()));
        return reader.receiveMessage(Duration.ofSeconds(20)).messages();
    }

    private static RetainedMessage message(long sequence, long writer, int... payload) {
        byte[] bytes = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            bytes[i] = (byte) payload[i];
        }
        return new RetainedMessage(new MessageId(sequence, writer), "a/b", 1, bytes);
    }

    @Test
    void aCopyThatWasHeldUpReplacesNothingNewerOfItsWriter() {
        RetainedMessage first = message(1, 7, 1);
        RetainedMessage second = message(2, 7, 2);
        RetainedMessage ofAnother = message(1, 8, 3);
        assertThat(keptAfter(first, second, first)).containsExactly(second);
        assertThat(keptAfter(first, second, ofAnother, first)).containsExactly(ofAnother);
    }

    @Test
    void aCopyThatWasHeldUpDoesNotComeBackAfterItsTopicWasCleared() {
        assertThat(keptAfter(message(1, 7, 1), message(2, 7), message(1, 7, 1))).isEmpty();
    }

    @Test
    void aRouterThatMovedKnowsTheWriterOfWhatItsStoreKeeps() {
        RetainedMessage kept = message(2, 7, 2);
        var _ = stores.retained().put(SyncNode.INSTANCE, kept);
        assertThat(keptAfter(message(1, 7, 1))).containsExactly(kept);
    }
}
