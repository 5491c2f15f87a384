package dev.skein.connectors.testing;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server in a JVM of its own, of the class path that a module under {@code servers} leaves. */
final class ServerProcess implements AutoCloseable {
    private static final int LINES_KEPT = 200;
    private static final long PATIENCE_S = 120;

    private final Process process;
    private final BufferedWriter in;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final List<String> output = Collections.synchronizedList(new ArrayList<>());

    private ServerProcess(Process process) {
        this.process = process;
        in = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().start(this::read);
    }

    /**
     * Starts it and waits until all lines are done.
     *
     * @param server its directory in the module of the servers
     * @param flags of the JVM
     * @param lines see {@link Launcher}
     */
    static ServerProcess start(String server, List<String> flags, List<String> lines) {
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC"));
            command.add("-XX:TieredStopAtLevel=1");
            command.addAll(flags);
            command.addAll(List.of("-cp", ownClasses() + ":" + classPath(server), Launcher.class.getName()));
            command.addAll(lines);
            ServerProcess started = new ServerProcess(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
            started.expectDone("start of " + server);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String ownClasses() {
        return Path.of(Launcher.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString();
    }

    /** From the directory of any module of the build. */
    private static String classPath(String server) throws IOException {
        Path relative = Path.of("connectors/testing/servers", server, "target/classpath");
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(relative))) {
                return Files.readString(at.resolve(relative)).strip();
            }
        }
        throw new IllegalStateException(relative + " is not there (expected: built by mvn -pl connectors/testing -am"
                + " generate-test-resources)");
    }

    /** Runs a main class in the process and waits for its end. */
    void run(String... parts) {
        try {
            in.write(String.join("\t", parts));
            in.newLine();
            in.flush();
        } catch (IOException e) {
            answers.add(e + ": it has ended before");
        }
        expectDone(Arrays.toString(parts));
    }

    private void expectDone(String what) {
        try {
            String answer = answers.poll(PATIENCE_S, TimeUnit.SECONDS);
            if (answer == null || !answer.equals("done")) {
                process.destroyForcibly();
                throw new IllegalStateException(what + ": " + answer + "\n" + String.join("\n", output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(Launcher.MARK)) {
                    answers.add(line.substring(Launcher.MARK.length()));
                } else if (output.size() < LINES_KEPT) {
                    output.add(line);
                }
            }
        } catch (IOException e) {
            output.add(e.toString());
        }
        answers.add("the process has ended");
    }

    /** SIGKILL, and waits for the end. */
    void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + process.pid() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGSTOP: it hangs, and its sockets stay open. */
    void hang() {
        signal("STOP");
    }

    /** SIGCONT. */
    void wake() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill -" + name + " ends with " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
