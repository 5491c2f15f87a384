package dev.skein.node.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that do not read and have much before them fill a small heap: the node lets nobody in and has publishers
 * wait, until they are gone; then it goes on by itself, and nothing that was promised is lost.
 */
@Tag("mostly-waiting")
@Order(2)
class MemoryGovernorIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    /** Messages of 100 kB: six times the heap. */
    private static final int FLOOD = 15_000;

    private static final String ALARM = "skein_memory_alarm";
    /** Half of a heap of 256 MiB, of which one collector counts less than another: more is refused at the start. */
    private static final String LARGEST = "skein.edge.memory-max=120MiB";

    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseG1GC", "-XX:+UseSerialGC"})
    void nodeWhoseHeapFillsUpHoldsOnAndRecovers(String collector) throws Exception {
        try (SkeinProcess node = SkeinProcess.in(
                                home,
                                "-Xmx256m " + collector,
                                "skein.memory.high=55",
                                "skein.memory.low=45",
                                LARGEST,
                                "skein.mqtt.queue.max-bytes=8MiB",
                                "skein.mqtt.queue.patience=10m")
                        .start();
                Neighbours neighbours = new Neighbours(node.mqttPort());
                Filling filling = new Filling(node.mqttPort())) {
            neighbours.talk(10);
            filling.sendUntilAlarm(node);

            try (TestClient late = new TestClient("late", true, new TestClient.Listener() {})) {
                assertThatThrownBy(() -> late.connect(node.mqttPort())).hasMessageContaining("return code: 3");
            }
            assertThat(node.get("/health/ready").status()).isEqualTo(200);
            assertThat(node.get("/health/ready").body()).contains("skein.memory.high");
            assertThat(node.log()).contains("Memory is above skein.memory.high");

            filling.wake();
            Waiting.until("the alarm is over", DEADLINE, () -> node.metric(ALARM, "") == 0);
            Waiting.until("all is acknowledged", DEADLINE, filling::isAcknowledged);
            neighbours.talk(10);
            neighbours.end();
            assertThat(node.metric("skein_memory_alarms_total", "")).isPositive();
            assertThat(node.log())
                    .contains("Memory is below skein.memory.low again")
                    .doesNotContain("OutOfMemoryError");
            Attacker.connected(node.mqttPort(), "late", true).close();
        }
    }

    /** As much as may be configured: what connections hold is bounded before the heap is full. */
    @Test
    void floodAtTheLargestBoundsEndsConnectionsAndNotTheNode() throws Exception {
        try (SkeinProcess node = SkeinProcess.in(
                                home,
                                "-Xmx256m",
                                LARGEST,
                                "skein.storage.max-pending-bytes=60MiB",
                                "skein.mqtt.queue.max-bytes=64MiB",
                                "skein.mqtt.queue.max-messages=1000000",
                                "skein.mqtt.queue.patience=10m")
                        .start();
                Neighbours neighbours = new Neighbours(node.mqttPort());
                Filling filling = new Filling(node.mqttPort())) {
            neighbours.talk(10);
            Waiting.until("a bound holds, for some while", DEADLINE.multipliedBy(3), () -> {
                filling.send();
                return filling.acknowledged() > FLOOD
                        || node.metric("skein_connection_memory_closed_total", "") > 10
                        || node.metric("skein_memory_alarms_total", "") > 0;
            });
            filling.wake();
            neighbours.talk(10);
            neighbours.end();
            assertThat(node.log()).doesNotContain("OutOfMemoryError");
            assertThat(node.get("/health/ready").status()).isEqualTo(200);
        }
    }

    @Test
    void boundAboveTheHeapIsRefusedAtTheStart() {
        try (SkeinProcess node = SkeinProcess.in(home, "-Xmx256m", "skein.edge.memory-max=1GiB")) {
            assertThatThrownBy(node::start).isInstanceOf(IllegalStateException.class);
            assertThat(node.log())
                    .contains("skein.edge.memory-max: 1GiB (expected: auto, or at most ")
                    .contains("-Xmx");
        }
    }

    /** Subscribers that sleep, each with a publisher of its own. */
    private static final class Filling implements AutoCloseable {
        private static final int CLIENTS = 48;
        private static final int BODY = 100_000;
        private static final int WINDOW = 6;

        private final List<Attacker> sleepers = new ArrayList<>();
        private final List<Publisher> publishers = new ArrayList<>();

        private Filling(int port) throws IOException {
            for (int i = 0; i < CLIENTS; i++) {
                Attacker sleeper = Attacker.connected(port, "sleeper-" + i, true);
                sleepers.add(sleeper);
                sleeper.send(Packets.subscribe(1, "fill/" + i, 1));
                publishers.add(new Publisher(port, i));
            }
        }

        void send() {
            publishers.forEach(Publisher::send);
        }

        /** Messages so far. */
        int acknowledged() {
            return publishers.stream().mapToInt(each -> each.acknowledged.get()).sum();
        }

        void sendUntilAlarm(SkeinProcess node) {
            Waiting.until("an alarm", DEADLINE, () -> {
                send();
                return node.metric(ALARM, "heap") == 1;
            });
        }

        void wake() {
            sleepers.forEach(Attacker::close);
        }

        boolean isAcknowledged() {
            return publishers.stream().allMatch(each -> each.waiting.get() == 0);
        }

        @Override
        public void close() {
            publishers.forEach(each -> each.client.close());
            wake();
        }

        private static final class Publisher implements TestClient.Listener {
            private final AtomicInteger waiting = new AtomicInteger();
            private final AtomicInteger acknowledged = new AtomicInteger();
            private final TestClient client;
            private final String topic;

            private Publisher(int port, int number) throws IOException {
                client = new TestClient("publisher-" + number, true, this);
                topic = "fill/" + number;
                client.connect(port);
            }

            void send() {
                while (waiting.get() < WINDOW) {
                    waiting.incrementAndGet();
                    client.publish(topic, "x".repeat(BODY), 1, false, topic);
                }
            }

            @Override
            public void acknowledged(Object token) {
                waiting.decrementAndGet();
                acknowledged.incrementAndGet();
            }
        }
    }
}
