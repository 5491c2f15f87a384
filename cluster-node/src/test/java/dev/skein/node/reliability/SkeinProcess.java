package dev.skein.node.reliability;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Skein as its users run it: {@code bin/skein run} in a process of its own, on free ports and a data directory that
 * outlives it. Used by one thread at a time but for {@link #mqttPort} and {@link #get}.
 */
public final class SkeinProcess implements AutoCloseable {
    private static final Duration START_DEADLINE = Duration.ofMinutes(2);
    private static final Duration STOP_DEADLINE = Duration.ofMinutes(2);
    private static final Duration HTTP_DEADLINE = Duration.ofSeconds(20);
    /** Java options: most nodes of tests live for seconds. The options of a test win. */
    public static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private final Path home;
    private final Path data;
    private final List<String> settings;
    private final String javaOptions;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(HTTP_DEADLINE).build();
    private Path script = script();
    private @Nullable Process process;
    private volatile Ports ports = Ports.NONE;

    /** What the ready line told; nothing while the process does not serve. */
    private record Ports(Map<String, Integer> listeners, String http) {
        private static final Ports NONE = new Ports(Map.of(), "");
    }

    /** An answer of the HTTP server. */
    public record Answer(int status, String body) {}

    private SkeinProcess(Path home, Path data, String javaOptions, List<String> settings) {
        this.home = home;
        this.data = data;
        this.javaOptions = javaOptions;
        this.settings = List.copyOf(settings);
    }

    /**
     * A process that is not started yet.
     *
     * @param home takes log and data, unless {@code data} is elsewhere
     * @param javaOptions such as {@code -Xmx256m}
     * @param settings each {@code key=value}
     */
    public static SkeinProcess in(Path home, Path data, String javaOptions, String... settings) {
        return new SkeinProcess(home, data, javaOptions, List.of(settings));
    }

    /** As {@link #in}, with its data below {@code home}. */
    public static SkeinProcess in(Path home, String javaOptions, String... settings) {
        return in(home, home.resolve("data"), javaOptions, settings);
    }

    /** Starts the process; {@link #awaitReady} follows. */
    public void launch() {
        List<String> command = new ArrayList<>(List.of(script.toString(), "run", "--data", data.toString()));
        List<String> all = new ArrayList<>(List.of(
                "skein.listeners.mqtt.port=0",
                "skein.listeners.ws.enabled=false",
                "skein.listeners.mqtts.enabled=false",
                "skein.listeners.wss.enabled=false",
                "skein.http.port=0"));
        all.addAll(settings);
        if (!script.equals(script())) {
            all.removeIf(setting -> setting.startsWith("skein.cluster.tls.")); // the version before has no such keys
        }
        all.forEach(setting -> command.addAll(List.of("--set", setting)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(appendTo("skein.log"));
        Map<String, String> environment = builder.environment();
        environment.put("SKEIN_AOT", StartCache.use());
        environment.put("SKEIN_JAVA_OPTS", QUICK_START + " " + javaOptions);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the next start on it is the version behind {@code launcher}, a {@code bin/skein} of another build. */
    public void use(Path launcher) {
        script = launcher;
    }

    /** From the next start on it is the version under test. */
    public void useThisVersion() {
        script = script();
    }

    private ProcessBuilder.Redirect appendTo(String name) {
        return ProcessBuilder.Redirect.appendTo(home.resolve(name).toFile());
    }

    static Path script() {
        Path script = Path.of("bin", "skein").toAbsolutePath();
        if (!Files.isExecutable(script)) {
            throw new IllegalStateException(
                    "script: " + script + " (expected: tests run in the directory of the module cluster-node)");
        }
        return script;
    }

    /** Waits for the ready line. */
    public void awaitReady() {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(running().getInputStream(), StandardCharsets.UTF_8));
        String line = within(START_DEADLINE, CompletableFuture.supplyAsync(() -> readyLine(output)));
        Map<String, Integer> listeners = new HashMap<>();
        String web = "";
        for (String word : line.split(" ", -1)) {
            if (word.startsWith("http=")) {
                web = word.substring("http=".length());
            } else if (word.matches("(mqtts?|wss?)=.*:\\d+")) {
                int port = Integer.parseInt(word.substring(word.lastIndexOf(':') + 1));
                listeners.put(word.substring(0, word.indexOf('=')), port);
            }
        }
        ports = new Ports(Map.copyOf(listeners), web);
        // What it says later is of no interest, but must not fill the pipe.
        // A thread of its own: reading a pipe keeps the carrier of a virtual one, and clients here live on those.
        Thread.ofPlatform().daemon().start(() -> passOver(output));
    }

    private static void passOver(BufferedReader output) {
        try (output) {
            while (output.readLine() != null) {
                // passed over
            }
        } catch (IOException e) {
            // The process was killed.
        }
    }

    private static String readyLine(BufferedReader output) {
        try {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("skein ready ")) {
                    return line;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("output: ended (expected: the ready line)");
    }

    /** Starts and waits until it serves. */
    public SkeinProcess start() {
        launch();
        awaitReady();
        return this;
    }

    /** Sends a signal by its name, such as {@code STOP}. */
    public void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + name + ": exit code " + code + " (expected: 0)");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill() {
        ports = Ports.NONE;
        running().destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM; returns the exit code. */
    public int terminate() {
        ports = Ports.NONE;
        running().destroy();
        return awaitEnd();
    }

    private int awaitEnd() {
        try {
            if (!running().waitFor(STOP_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("process: alive (expected: ended within " + STOP_DEADLINE + ")");
            }
            return running().exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Process running() {
        return Objects.requireNonNull(process, "process: none (expected: launched)");
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    public long pid() {
        return running().pid();
    }

    /** Port of the MQTT listener, 0 while the process does not serve. Any thread. */
    public int mqttPort() {
        return port("mqtt");
    }

    /** Port of a listener, 0 while the process does not serve or has none of the name. Any thread. */
    public int port(String listener) {
        return ports.listeners().getOrDefault(listener, 0);
    }

    /** Port of the HTTP server. Any thread. */
    public int httpPort() {
        String http = ports.http();
        return Integer.parseInt(http.substring(http.lastIndexOf(':') + 1));
    }

    /** Asks the HTTP server. Any thread. */
    public Answer get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + ports.http() + path))
                .timeout(HTTP_DEADLINE)
                .build();
        return within(
                HTTP_DEADLINE.multipliedBy(2),
                http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                        .thenApply(response -> new Answer(response.statusCode(), response.body())));
    }

    /** The sum of a metric over all its labels that hold {@code label}; 0 when there is none. */
    public double metric(String name, String label) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** What the process has logged so far. */
    public String log() {
        try {
            return Files.readString(home.resolve("skein.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T within(Duration deadline, CompletableFuture<T> future) {
        try {
            return future.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the process, whatever its state. */
    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
        http.close();
    }

    /** Removes a directory and all below. */
    public static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
