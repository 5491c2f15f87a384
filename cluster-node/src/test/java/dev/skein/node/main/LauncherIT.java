package dev.skein.node.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.skein.node.reliability.SkeinProcess;
import dev.skein.node.reliability.StartCache;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code bin/skein} as a person or a supervisor uses it: a process with its output and exit code. */
@Tag("mostly-waiting")
@Timeout(300)
@Order(2)
@Execution(ExecutionMode.CONCURRENT)
class LauncherIT {
    private static final Path LAUNCHER = Path.of("bin", "skein").toAbsolutePath();
    private static final int LIMIT_SECONDS = 150; // the launcher gives up making its cache after 120
    private static final int SIGHUP = 1;
    private static final List<String> FREE_PORTS = List.of(
            "--set", "skein.listeners.mqtt.port=0", "--set", "skein.listeners.ws.port=0", "--set", "skein.http.port=0");

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void readyLineIsAllThatIsPrintedAndSigtermEndsWithZero() throws Exception {
        Process node = node(FREE_PORTS);

        try (BufferedReader out = node.inputReader()) {
            assertThat(out.readLine())
                    .as(() -> "the first line of standard output; the log: " + log())
                    .matches("skein ready mqtt=127\\.0\\.0\\.1:\\d+ ws=127\\.0\\.0\\.1:\\d+ http=127\\.0\\.0\\.1:\\d+"
                            + " instances=default:open node=\\S+");
            node.toHandle().destroy(); // SIGTERM; the process object would close its streams
            assertThat(exitCode(node)).isZero();
            assertThat(out.readLine()).isNull();
            assertThat(log()).doesNotContain("ERROR");
        }
    }

    @Test
    void sighupIsReadAndNeverEndsANode() throws Exception {
        assumeThat(isIgnored(SIGHUP))
                .as("SIGHUP is ignored, by nohup for example, and so by what is started here")
                .isFalse();
        Path file = Files.writeString(directory.resolve("node.conf"), "skein.log.level = INFO");
        List<String> words = new ArrayList<>(FREE_PORTS);
        words.addAll(List.of("--config", file.toString()));
        Process node = node(words);
        try (BufferedReader out = node.inputReader()) {
            awaitJava(node);
            hangUp(node); // while it starts
            assertThat(out.readLine()).as(this::log).startsWith("skein ready ");
            awaitLog("SIGHUP: nothing else has changed");

            Files.writeString(file, "skein.log.level = DEBUG, skein.mqtt.max-packet-size = 1KiB");
            hangUp(node);
            awaitLog("SIGHUP: in force now: skein.log.level = DEBUG");
            awaitLog("in force only after a restart: skein.mqtt.max-packet-size");

            Files.writeString(file, "skein.log.level = LOUD");
            hangUp(node);
            awaitLog("everything stays as it is: skein.log.level: LOUD");

            node.toHandle().destroy();
            hangUp(node); // while it ends
            assertThat(exitCode(node)).isZero();
        }
    }

    /** Whether this process, and what it starts, ignores a signal. */
    private static boolean isIgnored(int signal) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> line.substring("SigIgn:".length()).strip())
                .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) >> (signal - 1) & 1) == 1);
    }

    /** From its first instruction on a node takes the signal; the JVM and the shell before it do not. */
    private void awaitJava(Process node) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        Path data = directory.resolve("data").resolve("skein.mv.db");
        while (!Files.exists(data) && System.nanoTime() < end && node.isAlive()) {
            node.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }

    private static void hangUp(Process node) throws Exception {
        new ProcessBuilder("kill", "-HUP", Long.toString(node.pid())).start().waitFor();
    }

    private void awaitLog(String text) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        Process node = started.getLast();
        while (!log().contains(text) && System.nanoTime() < end && node.isAlive()) {
            node.waitFor(50, TimeUnit.MILLISECONDS);
        }
        assertThat(log()).contains(text);
    }

    @Test
    void nodeStartsAgainOnItsData() throws Exception {
        for (int start = 0; start < 2; start++) {
            Process node = node(FREE_PORTS);
            try (BufferedReader out = node.inputReader()) {
                assertThat(out.readLine()).as(this::log).startsWith("skein ready ");
                node.destroyForcibly(); // SIGKILL
                exitCode(node);
            }
        }
    }

    /** It stays when the tests are over: the first {@code skein run} after the build has it. */
    @Test
    void startUpCacheIsMadeAndANodeStartsWithIt() throws Exception {
        ProcessBuilder maker = launcher(LAUNCHER, "make-start-cache");
        maker.environment().remove("SKEIN_AOT");
        assertThat(exitCode(start(maker))).isZero();
        assumeThat(Path.of("target", "skein.aot"))
                .as("the cache; on a starved machine the launcher gives up")
                .exists();

        ProcessBuilder builder = nodeBuilder(FREE_PORTS);
        builder.environment().remove("SKEIN_AOT");
        Process node = start(builder);
        try (BufferedReader out = node.inputReader()) {
            assertThat(out.readLine()).as(this::log).startsWith("skein ready ");
            node.toHandle().destroy();
            assertThat(exitCode(node)).isZero();
        }
    }

    @Test
    void portInUseIsOneClearLineAndExitCodeOne() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<String> words = new ArrayList<>(FREE_PORTS);
            words.addAll(List.of("--set", "skein.listeners.mqtt.port=" + taken.getLocalPort()));
            Process node = node(words);

            assertThat(exitCode(node)).isEqualTo(Main.FAILED);
            assertThat(log().lines().filter(line -> line.startsWith("skein: ")))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("skein: cannot start: ")
                            .contains(String.valueOf(taken.getLocalPort())));
            assertThat(log()).doesNotContain("\tat ");
        }
    }

    @Test
    void wrongConfigurationIsExitCodeTwo() throws Exception {
        assertThat(exitCode(node(List.of("--set", "skein.listeners.mqtt.prot=0"))))
                .isEqualTo(Main.MISUSE);
        assertThat(log()).contains("skein.listeners.mqtt.prot");
    }

    @Test
    void launcherWorksThroughASymbolicLinkFromAnywhere() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("skein-link"), LAUNCHER);
        ProcessBuilder builder = launcher(link, "--version").directory(directory.toFile());
        Process version = start(builder);

        assertThat(version.inputReader().readLine()).startsWith("skein ");
        assertThat(exitCode(version)).isZero();
        Files.delete(link);
    }

    @Test
    void missingJavaIsToldWithTheWayToGetIt() throws Exception {
        ProcessBuilder builder = launcher(LAUNCHER, "--version");
        builder.environment().put("SKEIN_JAVA_HOME", directory.toString());

        assertThat(exitCode(start(builder))).isEqualTo(Main.FAILED);
        assertThat(log()).contains(directory.toString()).contains("JDK 25");
    }

    private Process node(List<String> words) throws IOException {
        return start(nodeBuilder(words));
    }

    private ProcessBuilder nodeBuilder(List<String> words) {
        List<String> all = new ArrayList<>(
                List.of("run", "--data", directory.resolve("data").toString()));
        all.addAll(words);
        return launcher(LAUNCHER, all.toArray(String[]::new));
    }

    private ProcessBuilder launcher(Path script, String... words) {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(Arrays.asList(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("SKEIN_"));
        builder.environment().put("SKEIN_AOT", StartCache.use()); // a test leaves nothing running
        builder.environment().put("SKEIN_JAVA_OPTS", SkeinProcess.QUICK_START);
        return builder.redirectError(ProcessBuilder.Redirect.appendTo(logFile()));
    }

    private Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private File logFile() {
        return directory.resolve("stderr").toFile();
    }

    private String log() {
        try {
            return Files.readString(logFile().toPath());
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    private int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                .as(() -> "the process ended within " + LIMIT_SECONDS + " s; its log: " + log())
                .isTrue();
        return process.exitValue();
    }
}
