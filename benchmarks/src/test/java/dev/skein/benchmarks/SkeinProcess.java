package dev.skein.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A node of Skein as its users start it, on ports that the system chose. */
final class SkeinProcess implements AutoCloseable {
    private static final long START_SECONDS = 120;

    private final Process process;
    private final BufferedReader out;
    private final String ready;

    private SkeinProcess(Process process, BufferedReader out, String ready) {
        this.process = process;
        this.out = out;
        this.ready = ready;
    }

    /** Starts a node with its data in {@code directory}. */
    static SkeinProcess start(Path directory, String... settings) throws Exception {
        Path script =
                Path.of("..", "cluster-node", "bin", "skein").toAbsolutePath().normalize();
        List<String> command = new ArrayList<>(List.of(script.toString(), "run", "--data", directory.toString()));
        List<String> all = new ArrayList<>(
                List.of("skein.listeners.mqtt.port=0", "skein.listeners.ws.port=0", "skein.http.port=0"));
        all.addAll(List.of(settings));
        all.forEach(setting -> command.addAll(List.of("--set", setting)));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(directory.resolve("skein.log").toFile());
        builder.environment().put("SKEIN_AOT", "off");
        Process process = builder.start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        try (ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor()) {
            String ready = reader.submit(() -> readyLine(out)).get(START_SECONDS, TimeUnit.SECONDS);
            return new SkeinProcess(process, out, ready);
        } catch (Exception failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    /** The port of a word such as {@code mqtt=127.0.0.1:1883} in its ready line. */
    int port(String start) {
        int at = ready.indexOf(start);
        assertThat(at).as(ready).isPositive();
        String word = ready.substring(at).split(" ", 2)[0];
        return Integer.parseInt(word.substring(word.lastIndexOf(':') + 1));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        out.close();
    }

    private static String readyLine(BufferedReader out) throws IOException {
        String line = out.readLine();
        while (line != null && !line.startsWith("skein ready")) {
            line = out.readLine();
        }
        return String.valueOf(line);
    }
}
