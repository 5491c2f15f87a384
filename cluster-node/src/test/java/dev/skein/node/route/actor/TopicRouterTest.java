package dev.skein.node.route.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Waiting;
import dev.skein.node.route.InstanceQuotas;
import dev.skein.node.route.Quota;
import dev.skein.persistence.api.Overview;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.RetainedStore;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.memory.MemoryStores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Subscription;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.serialization.SerializationExtension;
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
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final SyncNode node = SyncNode.first(Duration.ofMinutes(1));
    private final MemoryStores stores = new MemoryStores(
            new StoreSettings(Duration.ofDays(1), 1_000, 1_000, Duration.ofHours(1), 100, "n"),
            InstantSource.system(),
            (_, _, _) -> {});
    private final CompletableFuture<Boolean> databaseAnswers = new CompletableFuture<>();
    private final LongAdder passedOver = new LongAdder();
    private RetainedMemory memory = RetainedMemory.ofThisJvm(1_000);
    private InstanceQuotas quotas = InstanceQuotas.none();
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
        public CompletionStage<Map<String, RetainedMessage>> read(String instance, Collection<String> topics) {
            return stores.retained().read(instance, topics);
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

    private ActorRef<RouterCommand> router(ActorRef<KeeperCommand> keeper) {
        TestProbe<ClusterSharding.ShardCommand> shard = node.kit.createTestProbe();
        TopicRouter.Shared shared = new TopicRouter.Shared(
                stores.sessions(), new Late(), node.membership, keeper, memory, _ -> quotas, passedOver);
        return node.kit.spawn(TopicRouter.create(TopicRouter.entityId(SyncNode.INSTANCE, "a"), shared, shard.getRef()));
    }

    private ActorRef<RouterCommand> router() {
        TestProbe<KeeperCommand> keeper = node.kit.createTestProbe();
        ActorRef<RouterCommand> router = router(keeper.getRef());
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
                .put(
                        SyncNode.INSTANCE,
                        new RetainedMessage(new MessageId(1, 1), "a/b", Content.of(new byte[] {1}), 1, Origin.UNKNOWN))
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

    /** Clears the topic. */
    private static RetainedMessage message(long sequence, long writer, String topic) {
        return new RetainedMessage(new MessageId(sequence, writer), topic, Content.of(new byte[0]), 1, Origin.UNKNOWN);
    }

    private static RetainedMessage message(long sequence, long writer, int... payload) {
        byte[] bytes = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            bytes[i] = (byte) payload[i];
        }
        return new RetainedMessage(new MessageId(sequence, writer), "a/b", Content.of(bytes), 1, Origin.UNKNOWN);
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
    void aMessageThatComesAgainReplacesNothingThatCameSince() {
        RetainedMessage first = message(1, 7, 1);
        RetainedMessage ofAnother = message(1, 8, 3);
        assertThat(keptAfter(first, ofAnother, first)).containsExactly(ofAnother);
    }

    @Test
    void aCopyThatWasHeldUpDoesNotComeBackAfterItsTopicWasCleared() {
        assertThat(keptAfter(message(1, 7, 1), message(2, 7), message(1, 7, 1))).isEmpty();
    }

    private RouterCommand.RetainedPage find(ActorRef<RouterCommand> router, String filter, String after, int limit) {
        TestProbe<RouterCommand.RetainedPage> reader = node.kit.createTestProbe();
        router.tell(new RouterCommand.FindRetained(filter, after, limit, reader.getRef()));
        return reader.receiveMessage(DEADLINE);
    }

    private boolean retain(ActorRef<RouterCommand> router, RetainedMessage message) {
        TestProbe<RouterCommand.Retained> publisher = node.kit.createTestProbe();
        router.tell(new RouterCommand.Retain(message, publisher.getRef()));
        return publisher.receiveMessage(DEADLINE).kept();
    }

    private static RetainedMessage sized(int number, String topic, int bytes) {
        byte[] payload = new byte[bytes];
        payload[0] = (byte) number;
        return new RetainedMessage(new MessageId(number, 7), topic, Content.of(payload), 1, Origin.UNKNOWN);
    }

    private static List<String> told(RouterCommand.RetainedPage page) {
        return page.messages().stream()
                .map(each -> each.topic() + " " + each.payload()[0] + " of " + each.payload().length)
                .toList();
    }

    @Test
    void bodiesThatHaveNoRoomInMemoryAreReadFromTheStore() {
        memory = new RetainedMemory(1_000, 2_000);
        databaseAnswers.complete(true);
        ActorRef<RouterCommand> router = router();
        for (int i = 1; i <= 4; i++) {
            assertThat(retain(router, sized(i, "a/" + i, 900))).isTrue();
        }
        RouterCommand.RetainedPage first = find(router, "a/#", "", 3);
        assertThat(told(first)).containsExactly("a/1 1 of 900", "a/2 2 of 900", "a/3 3 of 900");
        assertThat(first.nextAfter()).isEqualTo("a/3");
        assertThat(told(find(router, "a/#", "a/3", 3))).containsExactly("a/4 4 of 900");
        assertThat(told(find(router, "a/4", "", 3))).containsExactly("a/4 4 of 900");

        assertThat(retain(router, sized(5, "a/3", 1900))).isTrue(); // replaced, in the store alone
        assertThat(retain(router, message(6, 7, "a/1"))).isTrue(); // cleared: there is room again
        assertThat(retain(router, sized(7, "a/4", 900))).isTrue();
        assertThat(told(find(router, "a/#", "", 9))).containsExactly("a/2 2 of 900", "a/3 5 of 1900", "a/4 7 of 900");
    }

    @Test
    void topicsThatHaveNoRoomInMemoryAreRefusedAndThoseOfTheStoreAreNot() {
        memory = new RetainedMemory(1_000, 1_000);
        for (int i = 1; i <= 9; i++) {
            get(stores.retained().put(SyncNode.INSTANCE, sized(i, "a/" + i, 1)));
        }
        databaseAnswers.complete(true);
        ActorRef<RouterCommand> router = router();
        assertThat(find(router, "a/#", "", 20).messages()).hasSize(9);

        assertThat(retain(router, sized(10, "a/more", 1))).isFalse();
        assertThat(retain(router, sized(11, "a/1", 1))).as("replaced").isTrue();
        for (int i = 1; i <= 6; i++) {
            assertThat(retain(router, message(20 + i, 7, "a/" + i)))
                    .as("cleared")
                    .isTrue();
        }
        assertThat(retain(router, sized(30, "a/more", 1)))
                .as("there is room again")
                .isTrue();
    }

    private String refused(ActorRef<RouterCommand> router, RetainedMessage message) {
        TestProbe<RouterCommand.Retained> publisher = node.kit.createTestProbe();
        router.tell(new RouterCommand.Retain(message, publisher.getRef()));
        return String.valueOf(publisher.receiveMessage(DEADLINE).refused());
    }

    @Test
    void bytesOfAParentTopicAreBoundedAndWhatIsThereStays() {
        quotas = new InstanceQuotas(Overview.Usage.NONE, 0, 1_000);
        for (int i = 1; i <= 3; i++) {
            get(stores.retained().put(SyncNode.INSTANCE, sized(i, "a/" + i, 400))); // 1,209 bytes, of a time before
        }
        databaseAnswers.complete(true);
        ActorRef<RouterCommand> router = router();
        assertThat(refused(router, sized(4, "a/4", 1)))
                .isEqualTo("retained messages of this parent topic: 1209 bytes (limits.retained-parent-bytes: 1000)");
        assertThat(refused(router, sized(5, "a/1", 401))).contains("limits.retained-parent-bytes");
        assertThat(find(router, "a/#", "", 9).messages()).hasSize(3);
        assertThat(retain(router, sized(6, "a/1", 400))).as("no larger").isTrue();
        assertThat(retain(router, message(7, 7, "a/1"))).as("cleared").isTrue();
        assertThat(retain(router, sized(8, "a/4", 190)))
                .as("there is room again")
                .isTrue();
        assertThat(refused(router, sized(9, "a/5", 2))).contains("retained messages of this parent topic: 999 bytes");
        assertThat(quotas.retained().here()).isEqualTo(new Quota.Holding(0, 0, 0, 999 - 1209));
    }

    @Test
    void whatIsBeingWrittenCounts() {
        quotas = new InstanceQuotas(Overview.Usage.NONE, 16_000, 0); // one part of 16 until it was counted
        databaseAnswers.complete(true);
        ActorRef<RouterCommand> router = router();
        TestProbe<RouterCommand.Retained> publisher = node.kit.createTestProbe();
        for (int i = 1; i <= 20; i++) {
            router.tell(new RouterCommand.Retain(sized(i, "a/" + (10 + i), 200), publisher.getRef()));
        }
        List<RouterCommand.Retained> answers = publisher.receiveSeveralMessages(20, DEADLINE);
        assertThat(answers).filteredOn(RouterCommand.Retained::kept).hasSize(4);
        assertThat(answers)
                .filteredOn(each -> !each.kept())
                .allSatisfy(each -> assertThat(each.refused()).contains("(limits.retained-bytes: 16000)"));
    }

    @Test
    void whatDoesNotFitIntoTheMemoryIsFoundInTheStoreAndCanBeCleared() {
        memory = new RetainedMemory(1_000, 1_000);
        for (int i = 1; i <= 30; i++) {
            get(stores.retained().put(SyncNode.INSTANCE, sized(i, "a/%02d".formatted(i), 1)));
        }
        databaseAnswers.complete(true);
        ActorRef<RouterCommand> router = router();
        assertThat(find(router, "a/+", "a/05", 100).messages()).hasSize(25);
        assertThat(find(router, "a/07", "", 100).messages()).hasSize(1);
        assertThat(refused(router, sized(40, "a/new", 1))).contains("do not fit into the node's memory");
        assertThat(refused(router, sized(41, "a/01", 1))).contains("do not fit into the node's memory");
        for (int i = 1; i <= 29; i++) {
            assertThat(retain(router, message(50 + i, 7, "a/%02d".formatted(i))))
                    .isTrue();
        }
        assertThat(find(router, "a/+", "", 100).messages()).hasSize(1);
        assertThat(retain(router(), sized(90, "a/new", 1)))
                .as("a new router finds room")
                .isTrue();
    }

    @Test
    void aRouterThatMovedKnowsTheWriterOfWhatItsStoreKeeps() {
        RetainedMessage kept = message(2, 7, 2);
        var _ = stores.retained().put(SyncNode.INSTANCE, kept);
        assertThat(keptAfter(message(1, 7, 1))).containsExactly(kept);
    }

    private static <T> T get(CompletionStage<T> stage) {
        CompletableFuture<T> done = stage.toCompletableFuture();
        assertThat(done).succeedsWithin(DEADLINE);
        return done.resultNow();
    }

    /** The pages of the table, which a keeper opens. */
    private List<KeeperCommand.Page> open(ActorRef<RouterCommand> router, TestProbe<KeeperCommand> keeper) {
        databaseAnswers.complete(true);
        router.tell(new RouterCommand.OpenTable(node.membership.self().uid(), keeper.getRef()));
        List<KeeperCommand.Page> pages = new ArrayList<>();
        while (pages.isEmpty() || !pages.getLast().last()) {
            if (keeper.receiveMessage(DEADLINE) instanceof KeeperCommand.Page page) {
                pages.add(page);
            }
        }
        return pages;
    }

    private StoredSession session(String clientId, String... filters) {
        StoredSession session = get(stores.sessions().create(new SessionKey(SyncNode.INSTANCE, clientId), null, 1));
        get(stores.sessions().subscribe(session, subscriptions(filters)));
        return session;
    }

    private static List<Subscription> subscriptions(String... filters) {
        return Arrays.stream(filters).map(filter -> new Subscription(filter, 1)).toList();
    }

    private static String[] filters(int count, String format, int of) {
        return IntStream.range(0, count).mapToObj(i -> format.formatted(of, i)).toArray(String[]::new);
    }

    @Test
    void aPageOfRoutesFitsAFrame() {
        for (int i = 0; i < 1000; i++) {
            session("gateway-%08d".formatted(i), filters(20, "a/gateway-%08d/machine-%04d/#", i));
        }
        session("all", filters(20_000, "a/\u4e00\u4e01\u4e02\u4e03\u4e04\u4e05\u4e06\u4e07\u4e08-%d/%05d", 0));
        TestProbe<KeeperCommand> keeper = node.kit.createTestProbe();
        List<KeeperCommand.Page> pages = open(router(keeper.getRef()), keeper);

        assertThat(pages).allSatisfy(page -> assertThat(bytes(page)).isLessThan(1024 * 1024)); // ActorConfig.FRAME_BASE
        assertThat(pages)
                .extracting(KeeperCommand.Page::number)
                .containsExactlyElementsOf(
                        IntStream.range(0, pages.size()).boxed().toList());
        assertThat(pages.stream()
                        .flatMap(page -> page.routes().stream())
                        .map(route -> route.subscription().filter())
                        .distinct())
                .hasSize(40_000);
    }

    private int bytes(Object message) {
        return SerializationExtension.get(Adapter.toClassic(node.kit.system()))
                .serialize(message)
                .get()
                .length;
    }

    @Test
    void aSubscriptionThatWasHeldUpDoesNotComeBackAfterItsRemoval() {
        StoredSession stored = session("c", "a/#", "a/+");
        TestProbe<KeeperCommand> keeper = node.kit.createTestProbe();
        TestProbe<RouterCommand.RouteApplied> session = node.kit.createTestProbe();
        ActorRef<RouterCommand> router = router(keeper.getRef());
        open(router, keeper);
        RouterCommand put =
                new RouterCommand.Put(stored.id(), "c", List.of(new Subscription("a/#", 1)), session.getRef());
        router.tell(put); // asked again
        keeper.expectMessageClass(KeeperCommand.Put.class, DEADLINE);
        get(stores.sessions().unsubscribe(stored, List.of("a/#")));
        router.tell(new RouterCommand.Remove(stored.id(), List.of("a/#"), session.getRef()));
        keeper.expectMessageClass(KeeperCommand.Remove.class, DEADLINE);
        router.tell(new RouterCommand.Applied(node.membership.self().uid(), 2));
        session.receiveMessage(DEADLINE);
        session.receiveMessage(DEADLINE);

        router.tell(put); // the first copy
        assertThat(keeper.expectMessageClass(KeeperCommand.Remove.class, DEADLINE)
                        .filters())
                .containsExactly("a/#");
        router.tell(new RouterCommand.Applied(node.membership.self().uid(), 3));
        session.receiveMessage(DEADLINE);
    }

    @Test
    void aRemovalThatWasHeldUpTakesNothingThatWasSubscribedSince() {
        StoredSession stored = session("c");
        TestProbe<KeeperCommand> keeper = node.kit.createTestProbe();
        TestProbe<RouterCommand.RouteApplied> session = node.kit.createTestProbe();
        ActorRef<RouterCommand> router = router(keeper.getRef());
        open(router, keeper);
        get(stores.sessions().subscribe(stored, subscriptions("a/#")));
        router.tell(new RouterCommand.Remove(stored.id(), List.of("a/#", "a/b"), session.getRef()));
        KeeperCommand.Put put = keeper.expectMessageClass(KeeperCommand.Put.class, DEADLINE);
        assertThat(put.clientId()).isEqualTo("c");
        assertThat(put.subscriptions()).containsExactly(new Subscription("a/#", 1));
        assertThat(keeper.expectMessageClass(KeeperCommand.Remove.class, DEADLINE)
                        .filters())
                .containsExactly("a/b");
        router.tell(new RouterCommand.Applied(node.membership.self().uid(), 2));
        session.receiveMessage(DEADLINE);
    }
}
