package dev.skein.persistence.contract;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.drain;
import static dev.skein.persistence.contract.TestStores.flush;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.payloads;
import static dev.skein.persistence.contract.TestStores.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.Stores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Queues: what holds for every implementation. */
public interface MessageStoreContract {
    /** Open stores, the same during one test. */
    Stores stores();

    private MessageStore store() {
        return stores().messages();
    }

    @Test
    default void messagesComeBackInTheOrderOfTheirAppends() {
        StoredSession session = session(stores(), "order");
        List<CompletableFuture<MessageId>> ids = IntStream.range(0, 500)
                .mapToObj(i -> append(store(), session, "m" + i))
                .toList();
        List<MessageId> committed = ids.stream().map(TestStores::get).toList();

        assertThat(committed).isSorted().doesNotHaveDuplicates();
        List<QueuedMessage> queue = drain(store(), session.id(), 37);
        assertThat(queue).extracting(QueuedMessage::id).isEqualTo(committed);
        assertThat(queue.getFirst().topic()).isEqualTo("t/m0");
        assertThat(queue.getFirst().qos()).isEqualTo(1);
        assertThat(queue.getFirst().sentPacketId()).isZero();
        assertThat(get(store().depth(session.id()))).isEqualTo(500);
    }

    @Test
    default void listenersRunInCommandOrderAndTheHookAfterThem() {
        StoredSession session = session(stores(), "listeners");
        List<String> told = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> hooked = new CompletableFuture<>();
        store().onBatch(() -> {
            told.add("hook");
            hooked.complete(null);
        });
        MessageId id = get(append(store(), session, "a"));
        get(hooked);
        told.clear();
        store().submit(new StoreCommand.Sent(session.id(), id, 1, () -> told.add("sent")));
        store().submit(new StoreCommand.Received(session.id(), id, 1, () -> told.add("received")));
        store().submit(new StoreCommand.InboundReleased(session.id(), 9, () -> told.add("released")));
        flush(store());
        flush(store()); // the hook of the commit before has run
        store().onBatch(() -> {});

        assertThat(told.stream().filter(word -> !word.equals("hook"))).containsExactly("sent", "received", "released");
        assertThat(told).contains("hook");
    }

    @Test
    default void acknowledgedMessageLeavesTheQueue() {
        StoredSession session = session(stores(), "ack");
        get(append(store(), session, "a"));
        MessageId b = get(append(store(), session, "b"));
        get(append(store(), session, "c"));
        store().submit(new StoreCommand.Acknowledge(session.id(), b));
        store().submit(new StoreCommand.Acknowledge(session.id(), b));
        flush(store());

        assertThat(payloads(store(), session)).containsExactly("a", "c");
        assertThat(get(store().depth(session.id()))).isEqualTo(2);
    }

    @Test
    default void messageOfManyReceiversLeavesEachQueueByItself() {
        List<StoredSession> sessions = IntStream.range(0, 5)
                .mapToObj(i -> session(stores(), "shared" + i))
                .toList();
        List<Receiver> receivers = new ArrayList<>();
        sessions.forEach(session -> receivers.add(new Receiver(session.id(), receivers.size() % 3)));
        MessageId first = get(append(store(), "s", "first", receivers));
        MessageId second = get(append(store(), "s", "second", receivers));

        assertThat(second).isGreaterThan(first);
        for (int i = 0; i < 4; i++) {
            store().submit(new StoreCommand.Acknowledge(sessions.get(i).id(), first));
            store().submit(new StoreCommand.Acknowledge(sessions.get(i).id(), first));
        }
        flush(store());

        assertThat(payloads(store(), sessions.get(0))).containsExactly("second");
        List<QueuedMessage> last = drain(store(), sessions.get(4).id(), 10);
        assertThat(last).extracting(TestStores::text).containsExactly("first", "second");
        assertThat(last).extracting(QueuedMessage::qos).containsExactly(1, 1);
        assertThat(last).extracting(QueuedMessage::id).containsExactly(first, second);
    }

    @Test // [MQTT-4.3.3-1]
    default void sentPacketIdentifierIsReadBack() {
        StoredSession session = session(stores(), "sent");
        MessageId id = get(append(store(), "q", "x", List.of(new Receiver(session.id(), 2))));
        CompletableFuture<Void> sent = new CompletableFuture<>();
        store().submit(new StoreCommand.Sent(session.id(), id, 77, () -> sent.complete(null)));
        get(sent);

        QueuedMessage message = drain(store(), session.id(), 10).getFirst();
        assertThat(message.sentPacketId()).isEqualTo(77);
        assertThat(message.qos()).isEqualTo(2);
    }

    @Test // [MQTT-2.3.1-4]
    default void packetIdentifiersOfSentMessagesAreKnownWhereverTheyStand() {
        StoredSession session = session(stores(), "sent before");
        StoredSession other = session(stores(), "sent to another");
        List<CompletableFuture<MessageId>> appended = IntStream.range(0, 3_000)
                .mapToObj(i -> append(store(), session, "m" + i))
                .toList();
        List<Integer> sent =
                IntStream.range(0, 1_500).filter(i -> i % 3 != 0).boxed().toList();
        sent.forEach(i -> store().submit(new StoreCommand.Sent(session.id(), get(appended.get(i)), 1 + i, () -> {})));
        store().submit(new StoreCommand.Sent(other.id(), get(append(store(), other, "o")), 7, () -> {}));
        flush(store());
        assertThat(get(store().flowState(session.id())).outboundSent())
                .containsExactlyInAnyOrderElementsOf(
                        sent.stream().map(i -> 1 + i).toList());

        sent.forEach(
                i -> store().submit(new StoreCommand.Received(session.id(), get(appended.get(i)), 1 + i, () -> {})));
        flush(store());
        assertThat(get(store().flowState(session.id())).outboundSent()).isEmpty();
    }

    @Test // [MQTT-4.3.3-1]
    default void receivedMessageIsReplacedByItsPacketIdentifierUntilCompleted() {
        StoredSession session = session(stores(), "received");
        List<MessageId> ids = IntStream.range(0, 3)
                .mapToObj(i -> get(append(store(), session, "m" + i)))
                .toList();
        store().submit(new StoreCommand.Received(session.id(), ids.get(1), 500, () -> {}));
        store().submit(new StoreCommand.Received(session.id(), ids.get(0), 7, () -> {}));
        store().submit(new StoreCommand.Received(session.id(), ids.get(2), 100, () -> {}));
        flush(store());

        assertThat(payloads(store(), session)).isEmpty();
        assertThat(get(store().flowState(session.id())).outboundReleased()).containsExactly(500, 7, 100);

        store().submit(new StoreCommand.Completed(session.id(), 7, () -> {}));
        store().submit(new StoreCommand.Completed(session.id(), 9, () -> {}));
        flush(store());
        assertThat(get(store().flowState(session.id())).outboundReleased()).containsExactly(500, 100);
    }

    @Test
    default void recordsThatAreNotWantedAnyMoreChangeNothing() {
        StoredSession session = session(stores(), "late");
        List<Receiver> receivers = List.of(new Receiver(session.id(), 2));
        StoreCommand.InboundMark mark = new StoreCommand.InboundMark(session.id(), 9);
        MessageId first = get(append(store(), "q", new byte[1], receivers, mark));
        MessageId second = get(append(store(), "q", "x", receivers));
        store().submit(new StoreCommand.Sent(session.id(), first, 1, () -> {}));
        store().submit(new StoreCommand.Received(session.id(), second, 2, () -> {}));
        List<String> told = new CopyOnWriteArrayList<>();
        StoreCommand.CommitListener gone = new StoreCommand.CommitListener() {
            @Override
            public void committed() {
                told.add("committed");
            }

            @Override
            public boolean isWanted() {
                return false;
            }
        };
        store().submit(new StoreCommand.Sent(session.id(), first, 3, gone));
        store().submit(new StoreCommand.Received(session.id(), first, 1, gone));
        store().submit(new StoreCommand.Completed(session.id(), 2, gone));
        store().submit(new StoreCommand.InboundReleased(session.id(), 9, gone));
        flush(store());

        assertThat(get(store().flowState(session.id()))).isEqualTo(new FlowState(List.of(2), List.of(1)));
        assertThat(append(store(), "q", new byte[1], receivers, mark))
                .failsWithin(TestStores.DEADLINE)
                .withThrowableThat()
                .withCauseInstanceOf(TestStores.Repeated.class);
        assertThat(told).isEmpty();
    }

    @Test
    default void packetIdentifierThatIsUsedAgainInOneBatchIsKept() {
        StoredSession session = session(stores(), "reuse");
        MessageId first = get(append(store(), session, "a"));
        MessageId second = get(append(store(), session, "b"));
        store().submit(new StoreCommand.Received(session.id(), first, 1, () -> {}));
        store().submit(new StoreCommand.Completed(session.id(), 1, () -> {}));
        store().submit(new StoreCommand.Received(session.id(), second, 1, () -> {}));
        flush(store());

        assertThat(get(store().flowState(session.id())).outboundReleased()).containsExactly(1);
    }

    @Test // [MQTT-4.3.3-2]
    default void inboundMarkIsKeptWithItsMessageUntilReleased() {
        StoredSession publisher = session(stores(), "publisher");
        StoredSession subscriber = session(stores(), "subscriber");
        List<Receiver> receivers = List.of(new Receiver(subscriber.id(), 2));
        MessageId first = get(append(store(), "q", new byte[] {1}, receivers, mark(publisher, 3)));
        MessageId second = get(append(store(), "q", new byte[] {2}, List.of(), mark(publisher, 4)));
        // The publisher sends it again by another connection: it is there already.
        assertRepeated(append(store(), "q", new byte[] {1}, receivers, mark(publisher, 3)), first);
        assertThat(get(store().depth(subscriber.id()))).isEqualTo(1);

        CompletableFuture<Void> released = new CompletableFuture<>();
        store().submit(new StoreCommand.InboundReleased(publisher.id(), 3, () -> released.complete(null)));
        get(released);
        assertRepeated(append(store(), "q", new byte[] {2}, receivers, mark(publisher, 4)), second);
        MessageId another = get(append(store(), "q", new byte[] {3}, receivers, mark(publisher, 3)));
        assertRepeated(append(store(), "q", new byte[] {3}, receivers, mark(publisher, 3)), another);
        assertThat(get(store().depth(subscriber.id()))).isEqualTo(2);
    }

    @Test
    default void aMarkThatComesTwiceInOneBatchIsTheFirstMessage() {
        StoredSession publisher = session(stores(), "twice");
        CompletableFuture<MessageId> first = append(store(), "q", new byte[] {1}, List.of(), mark(publisher, 3));
        CompletableFuture<MessageId> second = append(store(), "q", new byte[] {1}, List.of(), mark(publisher, 3));

        assertRepeated(second, get(first));
    }

    @Test
    default void whatIsNotWantedAnyMoreIsPassedOver() {
        StoredSession publisher = session(stores(), "gone");
        StoredSession subscriber = session(stores(), "here");
        List<Receiver> receivers = List.of(new Receiver(subscriber.id(), 2));
        CompletableFuture<MessageId> before = append(store(), "q", new byte[] {1}, receivers, mark(publisher, 1));
        CompletableFuture<MessageId> unwanted = new CompletableFuture<>();
        store().submit(new StoreCommand.Append(
                TestStores.INSTANCE,
                "q",
                Content.of(new byte[] {2}),
                Origin.UNKNOWN,
                receivers,
                mark(publisher, 2),
                TestStores.listener(unwanted, () -> false)));
        CompletableFuture<MessageId> after = append(store(), "q", new byte[] {3}, receivers, mark(publisher, 3));

        assertThat(unwanted)
                .failsWithin(TestStores.DEADLINE)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(TestStores.PassedOver.class);
        get(before);
        get(after);
        assertThat(get(store().depth(subscriber.id()))).isEqualTo(2);
        // Another connection sends it: it is new.
        get(append(store(), "q", new byte[] {2}, receivers, mark(publisher, 2)));
    }

    private static StoreCommand.InboundMark mark(StoredSession publisher, int packetId) {
        return new StoreCommand.InboundMark(publisher.id(), packetId);
    }

    private static void assertRepeated(CompletableFuture<MessageId> append, MessageId first) {
        assertThat(append)
                .failsWithin(TestStores.DEADLINE)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(TestStores.Repeated.class)
                .withMessage(new TestStores.Repeated(first).getMessage());
    }

    @Test
    default void pageEndsAtItsLimitsButHoldsOneMessage() {
        StoredSession session = session(stores(), "limits");
        for (int i = 0; i < 10; i++) {
            get(append(store(), "b", new byte[1000], List.of(new Receiver(session.id(), 1)), null));
        }
        QueueCursor start = new QueueCursor();
        QueuePage small = get(store().page(session.id(), start, 100, 1));
        QueuePage bytes = get(store().page(session.id(), start, 100, 3500));
        QueuePage exact = get(store().page(session.id(), start, 10, 1_000_000));

        assertThat(small.messages()).hasSize(1);
        assertThat(small.more()).isTrue();
        assertThat(bytes.messages()).hasSize(3);
        assertThat(bytes.more()).isTrue();
        assertThat(exact.messages()).hasSize(10);
        assertThat(exact.more()).isFalse();
        assertThat(start.size()).isZero();
    }

    @Test
    default void emptyAndLargePayloadsAndTopicsComeBackWhole() {
        StoredSession session = session(stores(), "sizes");
        String topic = "ü/" + "x".repeat(65_500) + "\uD83D\uDE00";
        byte[] large = new byte[3 << 20];
        large[large.length - 1] = 42;
        List<Receiver> one = List.of(new Receiver(session.id(), 1));
        get(append(store(), topic, new byte[0], one, null));
        get(append(store(), "large", large, one, null));

        List<QueuedMessage> queue = drain(store(), session.id(), 10);
        assertThat(queue.get(0).topic()).isEqualTo(topic);
        assertThat(queue.get(0).payload()).isEmpty();
        assertThat(queue.get(1).payload()).isEqualTo(large);
    }

    @Test
    default void propertiesExpiryAndOriginComeBackForOneReceiverAndForSeveral() {
        StoredSession one = session(stores(), "one");
        StoredSession two = session(stores(), "two");
        Properties properties = new Properties.Builder()
                .contentType("text/plain")
                .user("a", "1")
                .user("a", "2")
                .expiresAt(77)
                .build();
        Origin origin = Origin.client(Origin.MQTT, "ü@@@1");
        for (List<Receiver> receivers : List.of(
                List.of(new Receiver(one.id(), 1)), List.of(new Receiver(one.id(), 1), new Receiver(two.id(), 0)))) {
            CompletableFuture<MessageId> done = new CompletableFuture<>();
            Content content = new Content(new byte[] {1}, properties);
            store().submit(new StoreCommand.Append(
                    TestStores.INSTANCE, "p", content, origin, receivers, null, TestStores.listener(done, () -> true)));
            get(done);
        }
        get(append(store(), "p", new byte[] {2}, List.of(new Receiver(one.id(), 1)), null));

        List<QueuedMessage> queue = drain(store(), one.id(), 10);
        assertThat(queue).hasSize(3);
        for (QueuedMessage message :
                List.of(queue.get(0), queue.get(1), drain(store(), two.id(), 10).getFirst())) {
            assertThat(message.content().properties()).isEqualTo(properties);
            assertThat(message.content().expiresAt()).isEqualTo(77);
            assertThat(message.origin()).isEqualTo(origin);
        }
        assertThat(queue.get(2).content().properties()).isNull();
        assertThat(queue.get(2).origin()).isEqualTo(Origin.UNKNOWN);
    }

    @Test
    default void pageSeesEverythingCommittedBefore() {
        StoredSession session = session(stores(), "visible");
        QueueCursor cursor = new QueueCursor();
        for (int i = 0; i < 50; i++) {
            MessageId id = get(append(store(), session, "m" + i));
            QueuePage page = get(store().page(session.id(), cursor, 10, 1000));
            assertThat(page.messages()).extracting(QueuedMessage::id).containsExactly(id);
            cursor.advance(id);
        }
    }

    @Test
    default void pendingBytesFallToZeroWithTheCommits() {
        StoredSession session = session(stores(), "pending");
        List<CompletableFuture<MessageId>> ids = IntStream.range(0, 100)
                .mapToObj(i -> append(store(), session, "m" + i))
                .toList();
        ids.forEach(TestStores::get);
        flush(store());

        assertThat(store().pendingBytes()).isZero();
    }

    @Test
    default void failingListenerHarmsNoOther() {
        StoredSession session = session(stores(), "throws");
        MessageId id = get(append(store(), session, "a"));
        AtomicInteger told = new AtomicInteger();
        store().submit(new StoreCommand.Sent(session.id(), id, 1, () -> {
            throw new IllegalStateException("a listener's own mistake");
        }));
        store().submit(new StoreCommand.Sent(session.id(), id, 2, told::incrementAndGet));
        flush(store());

        assertThat(told).hasValue(1);
    }

    @Test
    default void metricsCountRowsAndCommits() {
        StoredSession session = session(stores(), "metrics");
        long appended = stores().metrics().appended();
        long removed = stores().metrics().removed();
        MessageId id = get(append(store(), session, "a"));
        get(append(store(), session, "b"));
        store().submit(new StoreCommand.Acknowledge(session.id(), id));
        flush(store());

        assertThat(stores().metrics().appended() - appended).isEqualTo(2);
        assertThat(stores().metrics().removed() - removed).isEqualTo(1);
        assertThat(stores().metrics().commits()).isPositive();
        assertThat(stores().metrics().failures()).isZero();
        assertThat(stores().problem()).isEmpty();
    }
}
