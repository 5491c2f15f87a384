package dev.skein.node.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Subscribers that read, however slowly, get everything that was acknowledged to its publisher; one that does not read
 * holds others up once.
 */
@Tag("mostly-waiting")
@Order(2)
@Execution(ExecutionMode.CONCURRENT)
class SlowReaderIT {
    private static final String DROPPED = "skein_deliveries_dropped_total";
    private static final String HELD = "skein_publishers_held";
    private static final String WAITS = "skein_publishers_waits_seconds_count";
    /** Longer than any test waits. */
    private static final String ENDLESS = "skein.mqtt.queue.patience=10m";

    private static final int BODY = 10_000;

    @TempDir
    private Path home = Path.of("");

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
        try (SkeinProcess process = SkeinProcess.in(home, "-Xmx256m", "skein.mqtt.queue.max-bytes=" + queue)
                        .start();
                PacedClient reader = on(process, "reader", clean, true);
                PacedClient writer = on(process, "writer", true, false)) {
            reader.subscribe("burst/a", qos);
            writer.publish("burst/a", qos, size, messages);
            Waiting.until("everything", () -> reader.names().size() >= messages);

            assertThat(reader.names()).isEqualTo(writer.published(messages));
            assertThat(process.metric(DROPPED, "reason=\"queue_full\"")).isZero();
            if (clean) {
                assertThat(process.metric(WAITS, "")).as("waits").isPositive();
            }
            Waiting.until("nobody waits", () -> process.metric(HELD, "") == 0);
        }
    }

    @Test
    void burstReachesEveryOneOfSeveralSubscribersThatRead() throws Exception {
        try (SkeinProcess process = SkeinProcess.in(home, "-Xmx256m", "skein.edge.event-loops=3")
                        .start();
                PacedClient slow = on(process, "slow", true, true);
                PacedClient quick = on(process, "quick", true, false);
                PacedClient another = on(process, "another", true, false);
                PacedClient writer = on(process, "writer", true, false)) {
            for (PacedClient each : List.of(slow, quick, another)) {
                each.subscribe("burst/#", 1);
            }
            writer.publish("burst/a", 1, BODY, 2000);
            for (PacedClient each : List.of(slow, quick, another)) {
                Waiting.until("everything", () -> each.names().size() >= 2000);
                assertThat(each.names()).isEqualTo(writer.published(2000));
            }
        }
    }

    @Test
    void subscriberThatDoesNotReadHoldsOthersUpOnce() throws Exception {
        try (SkeinProcess process = SkeinProcess.in(home, "-Xmx256m", "skein.mqtt.queue.patience=3s")
                        .start();
                Socket stuck = SlowClientIT.stuck(process, "stuck", true);
                PacedClient quick = on(process, "quick", true, false);
                PacedClient writer = on(process, "writer", true, false)) {
            quick.subscribe("slow/#", 1);
            writer.publish("slow/a", 1, BODY, 2000); // the kernel takes some of it
            assertThat(process.metric(DROPPED, "reason=\"queue_full\"")).isPositive();
            double waits = process.metric(WAITS, "");
            double dropped = process.metric(DROPPED, "reason=\"queue_full\"");

            for (int count = 2000; count < 3000; count += 50) { // so that the quick one is never behind
                int sofar = count;
                Waiting.until("everything so far", () -> quick.names().size() >= sofar);
                writer.publish("slow/a", 1, BODY, 50);
            }
            Waiting.until("everything", () -> quick.names().size() >= 3000);
            assertThat(quick.names()).isEqualTo(writer.published(3000));
            assertThat(process.metric(WAITS, "")).as("waits").isEqualTo(waits);
            assertThat(process.metric(DROPPED, "reason=\"queue_full\"") - dropped)
                    .as("dropped")
                    .isEqualTo(1000);
            assertThat(stuck.isClosed()).isFalse();
        }
    }

    /** Each publishes to the next and reads what the one before publishes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void clientsThatPublishInARingLoseNothingAndComeToAnEnd(int clients) throws Exception {
        int messages = Effort.of(600, 1500);
        List<PacedClient> ring = new ArrayList<>();
        try (SkeinProcess process = SkeinProcess.in(home, "-Xmx256m", ENDLESS).start()) {
            for (int i = 0; i < clients; i++) {
                PacedClient each = on(process, "c" + i, true, true);
                ring.add(each);
                each.subscribe("ring/" + i, 1);
            }
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                PacedClient each = ring.get(i);
                String next = "ring/" + (i + 1) % clients;
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
            assertThat(process.metric(DROPPED, "reason=\"queue_full\"")).isZero();
        } finally {
            ring.forEach(PacedClient::close);
        }
    }

    @Test
    void whoWaitsMayLeaveAndSoMayWhoIsWaitedFor() throws Exception {
        try (SkeinProcess process = SkeinProcess.in(home, "-Xmx256m", ENDLESS).start();
                Socket stuck = SlowClientIT.stuck(process, "stuck", true);
                PacedClient leaver = on(process, "leaver", true, false);
                PacedClient stayer = on(process, "stayer", true, false)) {
            Thread writer = Thread.ofPlatform().start(() -> stayer.publish("slow/a", 1, BODY, 3000));
            Waiting.until("a publisher waits", () -> process.metric(HELD, "") == 1);
            leaver.client().publish("slow/b", "x", 1, false, "x");
            Waiting.until("both wait", () -> process.metric(HELD, "") == 2);

            // It is answered all the same.
            stayer.client().ping();
            Waiting.until("PINGRESP", () -> stayer.pongs() == 1);
            leaver.client().cut();
            Waiting.until("one waits", () -> process.metric(HELD, "") == 1);
            assertThat(process.metric(DROPPED, "")).isZero();

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
