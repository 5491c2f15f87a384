package dev.skein.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loadtest.SkeinLoad;
import dev.skein.loadtest.scenario.ScenarioFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every shipped scenario of the load tester, very small and short, against a node as its users start it. */
class ScenarioIT {
    private static final long DEADLINE_SECONDS = 120;
    private static final int AT_ONCE = 6;

    @TempDir
    private Path directory = Path.of("");

    /** What one call of the load tester left behind. */
    private record Outcome(int exit, String err) {}

    @Test
    void everyScenarioRunsAgainstANode() throws Exception {
        Process skein = node();
        try (BufferedReader out =
                        new BufferedReader(new InputStreamReader(skein.getInputStream(), StandardCharsets.UTF_8));
                ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            String ready = pool.submit(() -> readyLine(out)).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            String mqtt = port(ready, "mqtt=");
            List<Callable<Outcome>> all = new ArrayList<>();
            // Several at once: most of their time is waiting.
            ScenarioFile.SHIPPED.forEach(name -> all.add(() -> run(name, mqtt)));
            all.add(() -> run("payment", mqtt, "--transport", "ws", "--ws-port", port(ready, "ws=")));
            for (Future<Outcome> each : pool.invokeAll(all)) {
                Outcome outcome = each.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
                assertThat(outcome.exit()).as(outcome.err()).isZero();
            }
        } finally {
            skein.destroy();
            if (!skein.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                skein.destroyForcibly();
            }
        }
    }

    private Process node() throws IOException {
        Path script =
                Path.of("..", "cluster-node", "bin", "skein").toAbsolutePath().normalize();
        List<String> command = new ArrayList<>(List.of(script.toString(), "run", "--data", directory.toString()));
        for (String setting : List.of(
                "skein.listeners.mqtt.port=0",
                "skein.listeners.ws.port=0",
                "skein.http.port=0",
                "skein.instances.default.p2p=on")) {
            command.addAll(List.of("--set", setting));
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(directory.resolve("skein.log").toFile());
        builder.environment().put("SKEIN_AOT", "off"); // the cache would be made beside the scenarios
        return builder.start();
    }

    private static Outcome run(String scenario, String port, String... more) {
        boolean suite = scenario.startsWith("mqttbs");
        List<String> all = new ArrayList<>(List.of("scenario", scenario, "--checks-only", "--threads", "1"));
        all.addAll(List.of("--port", port, "--json", "-"));
        all.addAll(List.of("--scale", scenario.endsWith("enterprise") ? "0.0002" : "0.004"));
        // half an hour becomes 2 s; a second becomes 30 ms
        all.addAll(List.of("--time-scale", suite ? "0.0012" : "0.03"));
        all.addAll(List.of(more));
        StringWriter err = new StringWriter();
        int exit = SkeinLoad.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
        return new Outcome(exit, err.toString());
    }

    private static String readyLine(BufferedReader out) throws IOException {
        String line = out.readLine();
        while (line != null && !line.startsWith("skein ready")) {
            line = out.readLine();
        }
        return String.valueOf(line);
    }

    /** The port of a word such as {@code mqtt=127.0.0.1:1883}. */
    private static String port(String line, String start) {
        int at = line.indexOf(start);
        assertThat(at).as(line).isPositive();
        String word = line.substring(at).split(" ", 2)[0];
        return word.substring(word.lastIndexOf(':') + 1);
    }
}
