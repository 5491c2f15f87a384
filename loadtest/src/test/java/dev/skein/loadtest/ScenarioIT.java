package dev.skein.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.skein.loadtest.scenario.ScenarioFile;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every shipped scenario, very small and short, against brokers as their users start them. */
class ScenarioIT {
    private static final long START_SECONDS = 120;
    private static final int AT_ONCE = 6;
    private static final int ATTEMPTS = 500;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void againstSkein() throws Exception {
        try (SkeinProcess skein = SkeinProcess.start(directory, "skein.instances.default.p2p=on")) {
            runAll(skein.port("mqtt="), List.of());
            Outcome overWebSocket = Outcome.of(arguments(
                    "payment",
                    skein.port("mqtt="),
                    List.of("--transport", "ws", "--ws-port", Integer.toString(skein.port("ws=")))));
            assertThat(overWebSocket.exit()).as(overWebSocket.err()).isZero();
        }
    }

    @Test
    void againstMosquitto() throws Exception {
        assumeThat(Files.isExecutable(Path.of("/usr/sbin/mosquitto")))
                .as("mosquitto")
                .isTrue();
        int port = freePort();
        Path config = directory.resolve("mosquitto.conf");
        Files.writeString(
                config,
                "listener " + port + " 127.0.0.1\nallow_anonymous true\n"
                        + "max_queued_messages 0\nmax_inflight_messages 0\n");
        Process mosquitto = new ProcessBuilder("/usr/sbin/mosquitto", "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("mosquitto.log").toFile())
                .start();
        try {
            awaitPort(port, mosquitto);

            List<Outcome> outcomes = runAll(port, List.of());
            assertThat(outcomes).anySatisfy(outcome -> assertThat(outcome.err()).contains("delivers no P2P messages"));
        } finally {
            stop(mosquitto);
        }
    }

    /** Several at once: most of their time is waiting. */
    private static List<Outcome> runAll(int port, List<String> more)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<Outcome> outcomes = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Callable<Outcome>> all = new ArrayList<>();
            for (String name : ScenarioFile.SHIPPED) {
                all.add(() -> Outcome.of(arguments(name, port, more)));
            }
            for (Future<Outcome> each : pool.invokeAll(all)) {
                Outcome outcome = each.get(START_SECONDS, TimeUnit.SECONDS);
                assertThat(outcome.exit()).as(outcome.err()).isZero();
                outcomes.add(outcome);
            }
        }
        return outcomes;
    }

    private static String[] arguments(String scenario, int port, List<String> more) {
        boolean suite = scenario.startsWith("mqttbs");
        List<String> all = new ArrayList<>(List.of("scenario", scenario, "--checks-only", "--threads", "1"));
        all.addAll(List.of("--port", Integer.toString(port), "--json", "-"));
        all.addAll(List.of("--scale", scenario.endsWith("enterprise") ? "0.0002" : "0.004"));
        // half an hour becomes 2 s; a second becomes 30 ms
        all.addAll(List.of("--time-scale", suite ? "0.0012" : "0.03"));
        all.addAll(more);
        return all.toArray(String[]::new);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitPort(int port, Process process) throws IOException, InterruptedException {
        for (int i = 0; i < ATTEMPTS && process.isAlive(); i++) {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (ConnectException notYet) {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            }
        }
        throw new AssertionError("mosquitto: not listening on " + port);
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
