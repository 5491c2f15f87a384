package dev.skein.docs;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A shell that is typed into, and everything that it and its jobs print. */
final class Terminal implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 300;

    private final Process shell;
    private final Writer keyboard;
    private final StringBuilder screen = new StringBuilder();
    private int commands;

    Terminal(ProcessBuilder builder) throws IOException {
        shell = builder.redirectErrorStream(true).start();
        keyboard = shell.outputWriter(StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().start(this::read);
    }

    private void read() {
        char[] buffer = new char[4096];
        try (Reader reader = new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8)) {
            for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
                synchronized (screen) {
                    screen.append(buffer, 0, n);
                    screen.notifyAll();
                }
            }
        } catch (IOException e) {
            // The shell was ended.
        }
    }

    /** Types {@code text} and does not wait for it. */
    void type(String text) {
        try {
            keyboard.write(text + "\n");
            keyboard.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs {@code command}; gives its exit code. What it says goes to the screen. */
    int run(String command) throws InterruptedException {
        String marker = "exit-code-" + ++commands + ":";
        type(command + "\necho exit-code''-" + commands + ":$?.");
        await(marker, 1);
        awaitEndOf(marker);
        synchronized (screen) {
            int begin = screen.indexOf(marker) + marker.length();
            return Integer.parseInt(screen.substring(begin, screen.indexOf(".", begin)));
        }
    }

    private void awaitEndOf(String marker) throws InterruptedException {
        synchronized (screen) {
            while (screen.indexOf(".", screen.indexOf(marker)) < 0) {
                screen.wait(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
            }
        }
    }

    /** Waits until {@code text} was printed {@code times}; the screen is in the failure. */
    void await(String text, int times) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        synchronized (screen) {
            while (count(text) < times) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0 || !shell.isAlive()) {
                    throw new IllegalStateException("screen: " + screen + " (expected: " + text + ")");
                }
                screen.wait(Math.min(left, 1000));
            }
        }
    }

    private int count(String text) {
        int count = 0;
        for (int at = screen.indexOf(text); at >= 0; at = screen.indexOf(text, at + text.length())) {
            count++;
        }
        return count;
    }

    /** Whether {@code text} is printed within {@code seconds}. */
    boolean shows(String text, long seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        synchronized (screen) {
            for (long left = seconds * 1000; count(text) == 0 && left > 0; ) {
                screen.wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            }
            return count(text) > 0;
        }
    }

    /** JVMs that were started here and run. */
    List<ProcessHandle> nodes() {
        return shell.descendants()
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .toList();
    }

    /** Ends them as Ctrl-C does, and waits until they are gone. */
    void endNodes() throws InterruptedException, ExecutionException, TimeoutException {
        List<ProcessHandle> running = nodes();
        running.forEach(ProcessHandle::destroy);
        for (ProcessHandle node : running) {
            node.onExit().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        }
    }

    String screen() {
        synchronized (screen) {
            return screen.toString();
        }
    }

    @Override
    public void close() {
        shell.descendants().forEach(ProcessHandle::destroyForcibly);
        shell.destroyForcibly();
    }
}
