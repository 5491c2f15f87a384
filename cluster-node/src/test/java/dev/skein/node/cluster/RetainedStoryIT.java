package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Effort;
import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.TestClient;
import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Retained and live messages of one topic tell one story: what a subscription is shown last is the newest, and nothing
 * is shown twice or goes back. Publishers and subscribers are on one node and on two. [MQTT-3.3.1-6], [MQTT-4.6.0-6]
 */
@Tag("mostly-waiting")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(2)
@ResourceLock(Lanes.SECOND)
class RetainedStoryIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int ROUNDS = Effort.of(8, 20);
    private static final int PERSISTENT_ROUNDS = Effort.of(4, 8);

    @TempDir
    static Path home;

    private ClusterFixture cluster;
    private final AtomicInteger names = new AtomicInteger();

    @BeforeAll
    void start() throws IOException {
        cluster = ClusterFixture.in(home, 2);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private String name(String what) {
        return what + "-" + names.incrementAndGet();
    }

    /** A connected client that notes what it gets: "value" when it comes live, "value r" when it is retained. */
    private final class Client implements TestClient.Listener, AutoCloseable {
        private final List<String> got = new CopyOnWriteArrayList<>();
        private final AtomicInteger acknowledged = new AtomicInteger();
        private final TestClient client;

        private Client(int node, String id, boolean clean) throws IOException {
            client = new TestClient(id, clean, this);
            client.connect(TestClient.nextConnection(), cluster.node(node).address(), null, DEADLINE);
        }

        @Override
        public void delivered(TestClient.Delivery delivery, boolean again) {
            if (!again) {
                got.add(delivery.payload() + (delivery.retain() ? " r" : ""));
            }
        }

        @Override
        public void acknowledged(Object token) {
            acknowledged.incrementAndGet();
        }

        void publish(String topic, Object value, int qos) {
            client.publish(topic, String.valueOf(value), qos, true, value);
        }

        /** Publishes and waits for the acknowledgement. */
        void set(String topic, Object value, int qos) {
            int before = acknowledged.get();
            publish(topic, value, qos);
            Waiting.until(value + " is acknowledged", DEADLINE, () -> qos == 0 || acknowledged.get() > before);
        }

        List<Integer> values() {
            return got.stream()
                    .map(each -> Integer.parseInt(each.replace(" r", "")))
                    .toList();
        }

        List<Integer> live() {
            return got.stream()
                    .filter(each -> !each.endsWith("r"))
                    .map(Integer::parseInt)
                    .toList();
        }

        void unsubscribe(String filter) throws Exception {
            client.unsubscribe(filter).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            client.disconnect();
        }
    }

    /** Counts on one topic, each value after the acknowledgement of the one before, until it is closed. */
    private final class Counter implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicInteger last = new AtomicInteger();
        private final Thread thread;

        private Counter(int node, String topic) {
            thread = Thread.ofVirtual().start(() -> {
                try (Client publisher = new Client(node, name("counter"), true)) {
                    while (!over.get()) {
                        publisher.set(topic, last.get() + 1, 1);
                        last.incrementAndGet();
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        @Override
        public void close() {
            over.set(true);
            Waiting.until("the counter ends", DEADLINE, () -> !thread.isAlive());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0, true", "1, 1, true", "2, 1, true", "2, 2, true", "1, 1, false", "2, 1, false", "2, 2, false"})
    void aValueThatChangesNeverGoesBackAndIsNotMissed(int node, int qos, boolean clean) throws Exception {
        String topic = name("counted") + "/value";
        try (Counter counter = new Counter(1, topic)) {
            Waiting.until("the counter runs", DEADLINE, () -> counter.last.get() > 10);
            for (int round = 0; round < (clean ? ROUNDS : PERSISTENT_ROUNDS); round++) {
                try (Client reader = new Client(node, name("reader"), clean)) {
                    int before = counter.last.get();
                    reader.client.subscribe(topic, qos).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                    int begun = counter.last.get() + 1;
                    Waiting.until("it counts on", DEADLINE, () -> {
                        List<Integer> values = reader.values();
                        return !values.isEmpty() && values.getLast() >= begun + 5;
                    });
                    reader.unsubscribe(topic);
                    List<Integer> values = reader.values();
                    // Of values that were published before SUBACK the newest is shown; one between the retained one and
                    // the first live one may have been replaced before it could be read.
                    List<Integer> live = reader.live();
                    int first = live.getFirst();
                    assertThat(first).as("round %d: %s", round, reader.got).isLessThanOrEqualTo(begun + 1);
                    assertThat(live)
                            .as("round %d: %s", round, reader.got)
                            .isEqualTo(IntStream.rangeClosed(first, values.getLast())
                                    .boxed()
                                    .toList());
                    assertThat(values)
                            .as("round %d: %s", round, reader.got)
                            .isSorted()
                            .doesNotHaveDuplicates();
                    assertThat(values.getFirst()).isGreaterThanOrEqualTo(before);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0, true", "1, 1, true", "2, 2, true", "1, 1, false", "2, 2, false"})
    void whoSubscribesAndPublishesAtOnceIsShownItsOwnValueLast(int node, int qos, boolean clean) throws Exception {
        String topic = name("own") + "/state";
        try (Client first = new Client(1, name("first"), true)) {
            for (int round = 0; round < (clean ? ROUNDS : PERSISTENT_ROUNDS); round++) {
                first.set(topic, 2 * round, 1);
                try (Client own = new Client(node, name("own"), clean)) {
                    int value = 2 * round + 1;
                    var subscribed = own.client.subscribe(topic, qos);
                    own.publish(topic, value, qos);
                    subscribed.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                    Waiting.until(
                            "its value comes", DEADLINE, () -> own.values().contains(value));
                    own.unsubscribe(topic);
                    assertThat(own.values()).as("round %d: %s", round, own.got).endsWith(value);
                    assertThat(own.values()).doesNotHaveDuplicates().isSorted();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, true", "2, true", "1, false", "2, false"})
    void whatWasRetainedBeforeComesBeforeWhatIsPublishedMeanwhile(int node, boolean clean) throws Exception {
        String topic = name("mixed") + "/value";
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger sent = new AtomicInteger();
        try (Client publisher = new Client(1, name("publisher"), true)) {
            publisher.set(topic, 0, 1);
            Thread others = Thread.ofVirtual().start(() -> {
                while (!over.get()) { // not retained: the retained one stays
                    int before = publisher.acknowledged.get();
                    publisher.client.publish(topic, String.valueOf(sent.incrementAndGet()), 1, false, "live");
                    Waiting.until("acknowledged", DEADLINE, () -> publisher.acknowledged.get() > before);
                }
            });
            for (int round = 0; round < ROUNDS; round++) {
                try (Client reader = new Client(node, name("reader"), clean)) {
                    reader.client.subscribe(topic, 1).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                    int after = sent.get() + 2;
                    Waiting.until(
                            "live ones come",
                            DEADLINE,
                            () -> reader.values().stream().anyMatch(value -> value >= after));
                    reader.unsubscribe(topic);
                    assertThat(reader.got).as("round %d", round).startsWith("0 r");
                    assertThat(reader.values()).isSorted().doesNotHaveDuplicates();
                }
            }
            over.set(true);
            others.join();
        }
    }
}
