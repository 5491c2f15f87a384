package dev.skein.node.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** 50,000 messages or more wait for one client: on disk, and not in the heap. */
@Tag("mostly-waiting")
@Order(2)
class LongQueueIT {
    private static final Logger LOG = LoggerFactory.getLogger(LongQueueIT.class);
    private static final int MESSAGES = Integer.getInteger("skein.messages", Effort.of(50_000, 100_000));
    private static final int BODY = 200;
    private static final int WINDOW = 500;
    /** Default of {@code skein.mqtt.inflight-max}. */
    private static final int INFLIGHT = 100;

    private static final int SLOW_STEPS = 200;
    private static final int SLOW_STEP = 10;
    /** The bodies alone take 10 MB. */
    private static final long GROWTH_MAX_KIB = 6 * 1024;
    /** What the database keeps of its pages: an eighth of the heap. */
    private static final long PAGES_KIB = 32 * 1024;

    private final Inbox inbox = new Inbox();

    @Test
    void longQueueCostsNoHeapAndComesBackInOrderAtTheClientsPace()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Path home = Files.createDirectories(Path.of(
                        "target",
                        "reliability",
                        "queue-" + ProcessHandle.current().pid())
                .toAbsolutePath());
        try (SkeinProcess process = SkeinProcess.in(home, "-Xmx256m").start();
                TestClient sleeper = new TestClient("sleeper", false, inbox)) {
            sleeper.connect(process.mqttPort());
            assertThat(sleeper.subscribe("long/#", 1).get(1, TimeUnit.MINUTES)).isEqualTo(1);
            sleeper.disconnect();
            process.terminate();
            long empty = Jvm.usedHeap(process.start().pid());
            publish(process);
            process.kill();
            long moving = Jvm.usedHeap(process.start().pid());
            assertThat(moving - empty)
                    .as("KiB of heap while the queue goes from the journal to the tables: %d, %d before", moving, empty)
                    .isLessThan(GROWTH_MAX_KIB + PAGES_KIB);
            process.terminate(); // then all of it is in the tables
            long full = Jvm.usedHeap(process.start().pid());
            assertThat(full - empty)
                    .as("KiB of heap that the queue costs after a restart: %d with it, %d without", full, empty)
                    .isLessThan(GROWTH_MAX_KIB);
            readSlowly(process, sleeper);
            long reading = Jvm.usedHeap(process.pid());
            assertThat(reading - empty)
                    .as("KiB of heap while a slow client reads: %d, %d before", reading, empty)
                    .isLessThan(2 * GROWTH_MAX_KIB);
            long rate = readOn(sleeper);
            assertThat(inbox.names()).isEqualTo(expected());
            LOG.info(
                    "heap KiB: {} empty, {} with the queue, {} while reading; then {} messages/s",
                    empty,
                    full,
                    reading,
                    rate);
        }
        SkeinProcess.delete(home);
    }

    private static List<String> expected() {
        return IntStream.rangeClosed(1, MESSAGES).mapToObj(i -> "writer:" + i).toList();
    }

    private static void publish(SkeinProcess process) throws IOException {
        Inbox acks = new Inbox();
        try (TestClient writer = new TestClient("writer", true, acks)) {
            writer.connect(process.mqttPort());
            for (int i = 1; i <= MESSAGES; i++) {
                if (i % (WINDOW / 2) == 0) {
                    Waiting.until("room in the window", () -> writer.unacknowledged() < WINDOW / 2);
                }
                Sent message = new Sent("writer", i, "long/a", 1, false, BODY);
                assertThat(writer.publish(message.topic(), message.body(), 1, false, message))
                        .isTrue();
            }
            Waiting.until("all acknowledged", () -> acks.acknowledged() == MESSAGES);
        }
    }

    /** Acknowledges a few now and then: no more than the window is ever on its way. */
    private void readSlowly(SkeinProcess process, TestClient sleeper) throws IOException {
        sleeper.hold();
        TestClient.Connack connack = sleeper.connect(process.mqttPort());
        assertThat(connack.sessionPresent()).isTrue();
        long released = 0;
        for (int i = 0; i < SLOW_STEPS; i++) {
            long expected = released + INFLIGHT;
            Waiting.until("a full window", () -> inbox.count() >= expected);
            assertThat(inbox.count()).as("in-flight window").isEqualTo(expected);
            released += sleeper.release(SLOW_STEP);
        }
    }

    /** Messages a second. */
    private long readOn(TestClient sleeper) {
        long begun = System.nanoTime();
        long before = inbox.count();
        sleeper.unhold();
        Waiting.until("the whole queue", () -> inbox.count() >= MESSAGES);
        long nanos = System.nanoTime() - begun;
        Waiting.pause(Duration.ofSeconds(1)); // nothing more comes
        return (MESSAGES - before) * TimeUnit.SECONDS.toNanos(1) / nanos;
    }
}
