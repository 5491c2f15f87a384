package dev.skein.persistence.contract;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.payloads;
import static dev.skein.persistence.contract.TestStores.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.DropListener;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.Stores;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Bounds by age, session and instance: what holds for every implementation. */
public interface BoundsContract {
    /** Opens stores over the data of this test; closes those that it opened before. */
    Stores open(StoreSettings settings, InstantSource clock, DropListener drops);

    /** One sweep now. */
    CompletionStage<Void> sweep();

    /** A clock that a test moves. It is behind that of a database, by more than any test moves it. */
    final class Clock implements InstantSource {
        private volatile Instant now = InstantSource.system().instant().minus(Duration.ofDays(30));

        @Override
        public Instant instant() {
            return now;
        }

        void pass(Duration time) {
            now = now.plus(time);
        }
    }

    /** Counts what was dropped. */
    final class Drops implements DropListener {
        private final Map<Reason, Long> counts = new EnumMap<>(Reason.class);

        @Override
        public synchronized void dropped(String instance, Reason reason, long count) {
            counts.merge(reason, count, Long::sum);
        }

        synchronized long count(Reason reason) {
            return counts.getOrDefault(reason, 0L);
        }
    }

    @Test
    default void oldestMessagesOfAFullQueueGo() {
        Drops drops = new Drops();
        Stores stores = open(TestStores.settings(10, 1000, "one"), new Clock(), drops);
        StoredSession session = session(stores, "full");
        StoredSession other = session(stores, "other");
        IntStream.range(0, 25).forEach(i -> get(append(stores.messages(), session, "m" + i)));
        get(append(stores.messages(), other, "o"));
        get(sweep());

        assertThat(payloads(stores.messages(), session))
                .hasSize(10)
                .startsWith("m15")
                .endsWith("m24");
        assertThat(payloads(stores.messages(), other)).containsExactly("o");
        assertThat(drops.count(DropListener.Reason.SESSION_QUEUE_FULL)).isEqualTo(15);
    }

    @Test
    default void oldestMessagesOfAFullInstanceGoWhosesoeverTheyAre() {
        Drops drops = new Drops();
        Stores stores = open(TestStores.settings(1000, 10, "one"), new Clock(), drops);
        StoredSession a = session(stores, "a");
        StoredSession b = session(stores, "b");
        IntStream.range(0, 12).forEach(i -> get(append(stores.messages(), i < 3 ? a : b, "m" + i)));
        get(append(stores.messages(), "t", "both", List.of(new Receiver(a.id(), 1), new Receiver(b.id(), 1))));
        get(sweep());

        assertThat(payloads(stores.messages(), a)).containsExactly("both");
        assertThat(payloads(stores.messages(), b)).hasSize(9).startsWith("m4").endsWith("both");
        assertThat(drops.count(DropListener.Reason.INSTANCE_STORE_FULL)).isEqualTo(4);
    }

    /** Payload and topic of those here have 1,005 bytes. */
    @Test
    default void oldestMessagesOfAQueueWithTooManyBytesGo() {
        Drops drops = new Drops();
        StoreSettings settings = TestStores.settings().withBytes(10_050, 1 << 20);
        Stores stores = open(settings, new Clock(), drops);
        StoredSession session = session(stores, "large");
        StoredSession other = session(stores, "other");
        for (int i = 0; i < 25; i++) {
            byte[] payload = new byte[1_000];
            payload[0] = (byte) i;
            List<Receiver> receivers = i % 2 == 0
                    ? List.of(new Receiver(session.id(), 1))
                    : List.of(new Receiver(session.id(), 1), new Receiver(other.id(), 1));
            get(append(stores.messages(), "topic", payload, receivers, null));
        }
        get(sweep());

        assertThat(TestStores.drain(stores.messages(), session.id(), 100))
                .extracting(message -> (int) message.payload()[0])
                .containsExactly(15, 16, 17, 18, 19, 20, 21, 22, 23, 24);
        assertThat(TestStores.drain(stores.messages(), other.id(), 100)).hasSize(10);
        assertThat(drops.count(DropListener.Reason.SESSION_QUEUE_FULL)).isEqualTo(17);
    }

    @Test
    default void oldestMessagesOfAnInstanceWithTooManyBytesGo() {
        Drops drops = new Drops();
        Stores stores = open(TestStores.settings().withBytes(1 << 20, 10_050), new Clock(), drops);
        StoredSession a = session(stores, "a");
        StoredSession b = session(stores, "b");
        for (int i = 0; i < 25; i++) {
            get(append(
                    stores.messages(),
                    "topic",
                    new byte[1_000],
                    List.of(new Receiver(i < 15 ? a.id() : b.id(), 1)),
                    null));
        }
        get(sweep());

        assertThat(payloads(stores.messages(), a)).isEmpty();
        assertThat(payloads(stores.messages(), b)).hasSize(10);
        assertThat(drops.count(DropListener.Reason.INSTANCE_STORE_FULL)).isEqualTo(15);
    }

    @Test
    default void messagesOlderThanTheMaximumAgeGo() {
        Drops drops = new Drops();
        Clock clock = new Clock();
        Stores stores = open(TestStores.settings(), clock, drops);
        StoredSession session = session(stores, "aged");
        IntStream.range(0, 5).forEach(i -> get(append(stores.messages(), session, "old" + i)));
        clock.pass(Duration.ofDays(2));
        get(append(stores.messages(), session, "young"));
        get(sweep());
        assertThat(payloads(stores.messages(), session)).hasSize(6);
        clock.pass(Duration.ofDays(1).plusMillis(1));
        get(sweep());

        assertThat(payloads(stores.messages(), session)).containsExactly("young");
        assertThat(drops.count(DropListener.Reason.EXPIRED)).isEqualTo(5);
    }

    @Test
    default void identifiersGrowOverARestartWithAClockThatWentBack() {
        Clock clock = new Clock();
        Stores before = open(TestStores.settings(), clock, new Drops());
        StoredSession session = session(before, "clock");
        get(append(before.messages(), session, "a"));
        clock.pass(Duration.ofDays(-1));
        get(append(before.messages(), session, "b"));
        Stores after = open(TestStores.settings(), clock, new Drops());
        get(append(after.messages(), session, "c"));

        assertThat(payloads(after.messages(), session)).containsExactly("a", "b", "c");
    }

    @Test
    default void aQueueOfSeveralWritersIsReadInTheOrderOfItsIdentifiers() {
        Clock clock = new Clock();
        Stores stores = open(TestStores.settings(1000, 1000, "three"), clock, new Drops());
        StoredSession session = session(stores, "writers");
        IntStream.range(0, 10).forEach(i -> get(append(stores.messages(), session, "m" + i)));
        clock.pass(Duration.ofSeconds(1));
        Stores second = open(TestStores.settings(1000, 1000, "two"), clock, new Drops());
        IntStream.range(10, 20).forEach(i -> get(append(second.messages(), session, "m" + i)));
        clock.pass(Duration.ofSeconds(1));
        Stores third = open(TestStores.settings(300, 1000, "three"), clock, new Drops());
        IntStream.range(20, 30).forEach(i -> get(append(third.messages(), session, "m" + i)));

        List<String> all = IntStream.range(0, 30).mapToObj(i -> "m" + i).toList();
        for (int pageSize : new int[] {1, 3, 7, 30, 100}) {
            assertThat(TestStores.drain(third.messages(), session.id(), pageSize))
                    .extracting(TestStores::text)
                    .isEqualTo(all);
        }
    }
}
