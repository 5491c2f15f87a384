package dev.skein.node.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A program of this machine, its lines read as they come. */
final class Tool implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final StringBuilder transcript = new StringBuilder();

    private Tool(Process process) {
        this.process = process;
        Thread.ofVirtual().name("tool-output").start(this::read);
    }

    /** Whether {@code name} is on the search path. */
    static boolean isInstalled(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(Pattern.quote(":"), -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
    }

    /** Starts {@code command} in {@code directory}; its errors are among its lines. */
    static Tool start(Path directory, List<String> command) throws IOException {
        return new Tool(new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start());
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next line that {@code wanted} takes; others are passed over. */
    String await(Predicate<String> wanted) throws InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() < end) {
            String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line != null) {
                transcript.append(line).append('\n');
                if (wanted.test(line)) {
                    return line;
                }
            }
        }
        throw new AssertionError("line: none in time, but\n" + transcript);
    }

    /** Waits for the end; gives the exit code. */
    int end(Duration deadline) throws InterruptedException {
        if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("process: runs on after " + deadline + "\n" + output());
        }
        return process.exitValue();
    }

    /** Waits for the end. @throws AssertionError when it fails */
    void succeed() throws InterruptedException {
        int code = end(DEADLINE);
        if (code != 0) {
            throw new AssertionError("exit code: " + code + " (expected: 0)\n" + output());
        }
    }

    /** Kills it as a power cut would. */
    void kill() {
        process.destroyForcibly();
    }

    /** All lines until now. */
    String output() {
        for (String line = lines.poll(); line != null; line = lines.poll()) {
            transcript.append(line).append('\n');
        }
        return transcript.toString();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
