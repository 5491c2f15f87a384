package dev.skein.node.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Subscribers that read, however slowly, get everything that was acknowledged to its publisher; one that does not read
 * holds others up once.
 */
@Tag("mostly-waiting")
@Order(2)
class SlowReaderIT {
    private static final String DROPPED = "skein_deliveries_dropped_total";
    private static final String HELD = "skein_publishers_held";
    private static final String WAITS = "skein_publishers_waits_seconds_count";
    /** Longer than any test waits. */
    private static final String ENDLESS = "skein.mqtt.queue.patience=10m";

    private static final int BODY = 10_000;

    private static final AtomicInteger RUNS = new AtomicInteger();

    @TempDir
    private static Path home = Path.of("");

    private static @Nullable SkeinProcess running;
    private static List<String> itsSettings = List.of();

    /** Of all names in a test, so that none meets what another has left in the node. */
    private final String own = RUNS.incrementAndGet() + "-";

    @AfterAll
    static void endTheNode() {
        if (running != null) {
            running.close();
        }
    }

    /** The node with these settings: the one that runs, or a new one. */
    private static SkeinProcess node(String... settings) {
        if (running == null || !itsSettings.equals(List.of(settings))) {
            endTheNode();
            itsSettings = List.of(settings);
            running = SkeinProcess.in(home, "-Xmx256m", settings).start();
        }
        return running;
    }

    private static double dropped(SkeinProcess process) {
        return process.metric(DROPPED, "reason=\"queue_full\"");
    }

    @ParameterizedTest
    @CsvSource({
        "1, true, 10000, 2000, 4MiB",
        "2, true, 10000, 2000, 4MiB",
        "1, false, 10000, 2000, 4MiB",
        "2, false, 10000, 1000, 4MiB",
        "1, true, 300000, 60, 4MiB",
        "2, false, 300000, 60, 4MiB",
        // Each message is larger than the queue.
        "1, true, 300000, 60, 100KiB"
    })
    void burstReachesASubscriberThatReadsSlowly(int qos, boolean clean, int size, int messages, String queue)
            throws Exception {
        SkeinProcess process = node("skein.mqtt.queue.max-bytes=" + queue);
        String topic = own + "burst/a";
        double before = dropped(process);
        double waits = process.metric(WAITS, "");
        try (PacedClient reader = on(process, own + "reader", clean, true);
                PacedClient writer = on(process, own + "writer", true, false)) {
            reader.subscribe(topic, qos);
            writer.publish(topic, qos, size, messages);
            Waiting.until("everything", () -> reader.names().size() >= messages);

            assertThat(reader.names()).isEqualTo(writer.published(messages));
            assertThat(dropped(process)).isEqualTo(before);
            if (clean) {
                assertThat(process.metric(WAITS, "")).as("waits").isGreaterThan(waits);
            }
            Waiting.until("nobody waits", () -> process.metric(HELD, "") == 0);
        }
    }

    @Test
    void burstReachesEveryOneOfSeveralSubscribersThatRead() throws Exception {
        SkeinProcess process = node("skein.edge.event-loops=3");
        try (PacedClient slow = on(process, own + "slow", true, true);
                PacedClient quick = on(process, own + "quick", true, false);
                PacedClient another = on(process, own + "another", true, false);
                PacedClient writer = on(process, own + "writer", true, false)) {
            for (PacedClient each : List.of(slow, quick, another)) {
                each.subscribe(own + "burst/#", 1);
            }
            writer.publish(own + "burst/a", 1, BODY, 2000);
            for (PacedClient each : List.of(slow, quick, another)) {
                Waiting.until("everything", () -> each.names().size() >= 2000);
                assertThat(each.names()).isEqualTo(writer.published(2000));
            }
        }
    }

    @Test
    void subscriberThatDoesNotReadHoldsOthersUpOnce() throws Exception {
        SkeinProcess process = node("skein.mqtt.queue.patience=3s");
        double before = dropped(process);
        try (Socket stuck = SlowClientIT.stuck(process, own + "stuck", true);
                PacedClient quick = on(process, own + "quick", true, false);
                PacedClient writer = on(process, own + "writer", true, false)) {
            quick.subscribe("slow/#", 1);
            writer.publish("slow/a", 1, BODY, 2000); // the kernel takes some of it
            assertThat(dropped(process)).isGreaterThan(before);
            double waits = process.metric(WAITS, "");
            double dropped = dropped(process);

            for (int count = 2000; count < 3000; count += 50) { // so that the quick one is never behind
                int sofar = count;
                Waiting.until("everything so far", () -> quick.names().size() >= sofar);
                writer.publish("slow/a", 1, BODY, 50);
            }
            Waiting.until("everything", () -> quick.names().size() >= 3000);
            assertThat(quick.names()).isEqualTo(writer.published(3000));
            assertThat(process.metric(WAITS, "")).as("waits").isEqualTo(waits);
            assertThat(dropped(process) - dropped).as("dropped").isEqualTo(1000);
            assertThat(stuck.isClosed()).isFalse();
        }
    }

    /** Each publishes to the next and reads what the one before publishes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void clientsThatPublishInARingLoseNothingAndComeToAnEnd(int clients) throws Exception {
        int messages = Effort.of(600, 1500);
        List<PacedClient> ring = new ArrayList<>();
        SkeinProcess process = node(ENDLESS);
        double before = dropped(process);
        try {
            for (int i = 0; i < clients; i++) {
                PacedClient each = on(process, own + i, true, true);
                ring.add(each);
                each.subscribe(own + "ring/" + i, 1);
            }
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                PacedClient each = ring.get(i);
                String next = own + "ring/" + (i + 1) % clients;
                writers.add(Thread.ofPlatform().start(() -> each.publish(next, 1, BODY, messages)));
            }
            for (Thread writer : writers) {
                writer.join();
            }
            for (int i = 0; i < clients; i++) {
                PacedClient each = ring.get((i + 1) % clients);
                Waiting.until("everything", () -> each.names().size() >= messages);
                assertThat(each.names()).isEqualTo(ring.get(i).published(messages));
            }
            assertThat(dropped(process)).isEqualTo(before);
        } finally {
            ring.forEach(PacedClient::close);
        }
    }

    @Test
    void whoWaitsMayLeaveAndSoMayWhoIsWaitedFor() throws Exception {
        SkeinProcess process = node(ENDLESS);
        double before = process.metric(DROPPED, "");
        try (Socket stuck = SlowClientIT.stuck(process, own + "stuck", true);
                PacedClient leaver = on(process, own + "leaver", true, false);
                PacedClient stayer = on(process, own + "stayer", true, false)) {
            Thread writer = Thread.ofPlatform().start(() -> stayer.publish("slow/a", 1, BODY, 3000));
            Waiting.until("a publisher waits", () -> process.metric(HELD, "") == 1);
            leaver.client().publish("slow/b", "x", 1, false, "x");
            Waiting.until("both wait", () -> process.metric(HELD, "") == 2);

            // It is answered all the same.
            stayer.client().ping();
            Waiting.until("PINGRESP", () -> stayer.pongs() == 1);
            leaver.client().cut();
            Waiting.until("one waits", () -> process.metric(HELD, "") == 1);
            assertThat(process.metric(DROPPED, "")).isEqualTo(before);

            stuck.shutdownOutput(); // the same as closing it, for the broker
            writer.join();
            Waiting.until("nobody waits", () -> process.metric(HELD, "") == 0);
        }
    }

    private static PacedClient on(SkeinProcess process, String id, boolean clean, boolean slow) throws IOException {
        return PacedClient.on(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), process.mqttPort()), id, clean, slow);
    }
}
