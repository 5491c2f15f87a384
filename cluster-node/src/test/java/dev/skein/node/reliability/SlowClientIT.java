package dev.skein.node.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that do not keep up, and publishers that outrun the store: everything stays bounded, and others go on. */
class SlowClientIT {
    private static final int MESSAGES = 20_000;
    private static final int BODY = 8 * 1024;
    private static final int WINDOW = 500;
    private static final int PENDING_MAX = 256 * 1024;
    /** What a connection may have read before it is told to stop: some socket buffers. */
    private static final int PENDING_SLACK = 4 << 20;

    private static final int LARGE_BODY = 64 * 1024;
    private static final int LARGE_MESSAGES = 1000;
    /** Half of what is published: above the store's page cache of 64 MiB, far below keeping the messages. */
    private static final long GROWTH_MAX_KIB = (long) MESSAGES * BODY / 1024 / 2;

    private Path home = Path.of("");

    @BeforeEach
    void makeHome() throws IOException {
        home = Files.createDirectories(Path.of(
                        "target",
                        "reliability",
                        "slow-" + ProcessHandle.current().pid())
                .toAbsolutePath());
    }

    @AfterEach
    void removeHome() {
        SkeinProcess.delete(home);
    }

    @Test
    void subscriberThatStopsReadingDelaysNobodyAndItsQueueIsBounded()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Inbox quick = new Inbox();
        try (SkeinProcess process = SkeinProcess.in(home, "-Xmx256m").start();
                Socket stuck = stuck(process, "stuck", true);
                TestClient reader = new TestClient("quick", true, quick)) {
            reader.connect(process.mqttPort());
            assertThat(reader.subscribe("slow/#", 1).get(1, TimeUnit.MINUTES)).isEqualTo(1);
            long before = Jvm.usedHeap(process.pid());
            publish(process, MESSAGES, BODY);
            Waiting.until("everything at the quick one", () -> quick.count() >= MESSAGES);
            assertThat(quick.names()).isEqualTo(expected(MESSAGES));
            assertThat(process.metric("skein_deliveries_dropped_total", "reason=\"queue_full\""))
                    .as("drops")
                    .isPositive();
            assertThat(Jvm.usedHeap(process.pid()) - before).as("KiB of heap").isLessThan(GROWTH_MAX_KIB);
            assertThat(stuck.isClosed()).isFalse();
        }
    }

    @Test
    void persistentSubscriberThatStopsReadingLosesNothing()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Inbox late = new Inbox();
        Inbox quick = new Inbox();
        try (SkeinProcess process = SkeinProcess.in(home, "-Xmx256m").start();
                TestClient reader = new TestClient("quick", true, quick);
                TestClient returned = new TestClient("stuck", false, late)) {
            reader.connect(process.mqttPort());
            assertThat(reader.subscribe("slow/#", 1).get(1, TimeUnit.MINUTES)).isEqualTo(1);
            try (Socket stuck = stuck(process, "stuck", false)) {
                long before = Jvm.usedHeap(process.pid());
                publish(process, MESSAGES, BODY);
                Waiting.until("everything at the quick one", () -> quick.count() >= MESSAGES);
                // The store has a backlog of its own, which its bound allows: what stays is what counts.
                Waiting.until("the heap is nearly as before", () -> usedHeap(process) - before < GROWTH_MAX_KIB);
                assertThat(stuck.isClosed()).isFalse();
            }
            returned.connect(process.mqttPort());
            Waiting.until("everything", () -> late.count() >= MESSAGES);
            assertThat(late.distinctNames()).isEqualTo(expected(MESSAGES));
            assertThat(process.metric("skein_deliveries_dropped_total", "reason=\"queue_full\""))
                    .isZero();
        }
    }

    private static long usedHeap(SkeinProcess process) {
        try {
            return Jvm.usedHeap(process.pid());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void publisherThatOutrunsTheStoreIsHeldBack()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Inbox late = new Inbox();
        try (SkeinProcess process = SkeinProcess.in(home, "-Xmx256m", "skein.storage.max-pending-bytes=" + PENDING_MAX)
                        .start();
                TestClient sleeper = new TestClient("sleeper", false, late);
                TestClient flood = new TestClient("flood", false, new Inbox())) {
            sleeper.connect(process.mqttPort());
            assertThat(sleeper.subscribe("slow/#", 1).get(1, TimeUnit.MINUTES)).isEqualTo(1);
            sleeper.disconnect();
            flood.connect(process.mqttPort());
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 1; i <= LARGE_MESSAGES; i++) { // as fast as the socket takes them
                    Sent message = new Sent("flood", i, "slow/a", 1, false, LARGE_BODY);
                    flood.publish(message.topic(), message.body(), 1, false, message);
                }
            });
            double most = 0;
            while (writer.isAlive() || flood.unacknowledged() > 0) {
                most = Math.max(most, process.metric("skein_store_pending_bytes", ""));
                assertThat(flood.isConnected()).isTrue();
            }
            assertThat(most).as("bytes given to the store and not committed").isLessThan(PENDING_MAX + PENDING_SLACK);
            sleeper.connect(process.mqttPort());
            Waiting.until("everything", () -> late.count() >= LARGE_MESSAGES);
            assertThat(late.names())
                    .isEqualTo(IntStream.rangeClosed(1, LARGE_MESSAGES)
                            .mapToObj(i -> "flood:" + i)
                            .toList());
        }
    }

    private static List<String> expected(int messages) {
        return IntStream.rangeClosed(1, messages).mapToObj(i -> "writer:" + i).toList();
    }

    /** A client that subscribes and reads nothing after its SUBACK. */
    static Socket stuck(SkeinProcess process, String id, boolean cleanSession) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), process.mqttPort()));
        socket.setSoTimeout((int) TimeUnit.MINUTES.toMillis(1));
        socket.getOutputStream().write(Packets.connect(id, cleanSession, null));
        socket.getOutputStream().write(Packets.subscribe(1, "slow/#", 1));
        assertThat(socket.getInputStream().readNBytes(9)).hasSize(9); // CONNACK and SUBACK
        return socket;
    }

    private static void publish(SkeinProcess process, int messages, int size) throws IOException {
        Inbox acks = new Inbox();
        try (TestClient writer = new TestClient("writer", true, acks)) {
            writer.connect(process.mqttPort());
            for (int i = 1; i <= messages; i++) {
                if (i % (WINDOW / 2) == 0) {
                    Waiting.until("room in the window", () -> writer.unacknowledged() < WINDOW / 2);
                }
                Sent message = new Sent("writer", i, "slow/a", 1, false, size);
                assertThat(writer.publish(message.topic(), message.body(), 1, false, message))
                        .isTrue();
            }
            Waiting.until("all acknowledged", () -> acks.acknowledged() == messages);
        }
    }
}
