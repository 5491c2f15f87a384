package dev.skein.node.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The disk is full: nothing is acknowledged, and everybody who asks is told; there is room again, and it goes on. */
class FullDiskIT {
    private static final String DISK = "40m";
    private static final int BALLAST = 20 << 20;
    private static final int BODY = 4096;
    private static final int WINDOW = 50;
    private static final Duration QUIET = Duration.ofSeconds(8);

    private Path home = Path.of("");
    private Path disk = Path.of("");
    private boolean mounted;

    @BeforeEach
    void mountSmallDisk() throws IOException, InterruptedException {
        Path all = Files.createDirectories(Path.of("target", "reliability").toAbsolutePath());
        home = Files.createTempDirectory(all, "disk-");
        disk = Files.createDirectories(home.resolve("disk"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK, "tmpfs", disk.toString()) == 0;
        assumeTrue(mounted, "mount: refused (expected: root, which may mount a small tmpfs for this test)");
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (mounted) {
            run("umount", "-l", disk.toString());
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }

    @Test
    void nothingIsAcknowledgedWhileTheDiskIsFullAndNothingAcknowledgedIsLost()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Path ballast = disk.resolve("ballast");
        fill(ballast);
        try (SkeinProcess process =
                SkeinProcess.in(home, disk.resolve("data"), "-Xmx256m").start()) {
            Inbox first = new Inbox();
            Inbox second = new Inbox();
            TestClient before = subscribed(process, "reader-1", first);
            TestClient after = subscribed(process, "reader-2", second);
            Flood flood = new Flood(process, WINDOW, BODY);
            Thread publisher = Thread.ofPlatform().name("publisher").start(flood);
            try (TestClient idle = new TestClient("idle", true, new Inbox())) {
                idle.connect(process.mqttPort());
                Waiting.until(
                        "503 of /health/ready",
                        () -> process.get("/health/ready").status() == 503);
                Waiting.untilQuiet(QUIET, flood::acknowledged);
                long acknowledged = flood.acknowledged();
                assertThat(acknowledged).isPositive();
                assertThat(process.get("/health/ready").body()).contains("store");
                assertThat(process.get("/health/live").status()).isEqualTo(200);
                // One line when it begins. A smaller commit may still fit: then that is told, and it begins again.
                assertThat(logLines(process, "The database does not commit"))
                        .isEqualTo(logLines(process, "The database commits again") + 1);
                assertThat(idle.isConnected())
                        .as("a connection that only waits")
                        .isTrue();

                Files.delete(ballast);
                Waiting.until(
                        "200 of /health/ready",
                        () -> process.get("/health/ready").status() == 200);
                Waiting.until("acknowledgements", () -> flood.acknowledged() > acknowledged + WINDOW);
                assertThat(idle.isConnected()).isTrue();
            }
            flood.stop();
            publisher.join();
            List<String> promised = flood.names();
            before.connect(process.mqttPort());
            Waiting.until("everything at reader-1", () -> first.distinctNames().containsAll(promised));
            assertThat(first.distinctNames()).isEqualTo(promised);
            process.kill();
            process.start();
            after.connect(process.mqttPort());
            Waiting.until("everything at reader-2", () -> second.distinctNames().containsAll(promised));
            assertThat(second.distinctNames()).isEqualTo(promised);
            before.close();
            after.close();
        }
        unmount();
        mounted = false;
        SkeinProcess.delete(home);
    }

    private static void fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(new byte[BALLAST]);
        }
    }

    private static TestClient subscribed(SkeinProcess process, String id, Inbox inbox)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        TestClient client = new TestClient(id, false, inbox);
        client.connect(process.mqttPort());
        assertThat(client.subscribe("full/#", 1).get(1, TimeUnit.MINUTES)).isEqualTo(1);
        client.disconnect();
        return client;
    }

    private static long logLines(SkeinProcess process, String text) {
        return process.log().lines().filter(line -> line.contains(text)).count();
    }

    /** Publishes as fast as it is acknowledged, and connects again whenever it is thrown out. */
    private static final class Flood implements Runnable {
        private final SkeinProcess process;
        private final int window;
        private final int size;
        private final Inbox inbox = new Inbox();
        private final List<String> names = new ArrayList<>();
        private volatile boolean stopped;

        private Flood(SkeinProcess process, int window, int size) {
            this.process = process;
            this.window = window;
            this.size = size;
        }

        @Override
        public void run() {
            try (TestClient client = new TestClient("flood", false, inbox)) {
                while (!stopped || client.unacknowledged() > 0) {
                    if (!client.isConnected()) {
                        connect(client);
                    } else if (!stopped && client.unacknowledged() < window) {
                        Sent message = new Sent("flood", names.size() + 1L, "full/a", 1, false, size);
                        if (client.publish(message.topic(), message.body(), 1, false, message)) {
                            names.add(message.name());
                        }
                    } else {
                        Waiting.pause(Duration.ofMillis(2));
                    }
                }
            }
        }

        private void connect(TestClient client) {
            try {
                client.connect(process.mqttPort());
            } catch (IOException e) {
                Waiting.pause(Duration.ofMillis(200)); // refused while the store is away
            }
        }

        private void stop() {
            stopped = true;
        }

        private long acknowledged() {
            return inbox.acknowledged();
        }

        /** Names of all messages, in their order; all are acknowledged once {@link #run} has returned. */
        private List<String> names() {
            return List.copyOf(names);
        }
    }
}
