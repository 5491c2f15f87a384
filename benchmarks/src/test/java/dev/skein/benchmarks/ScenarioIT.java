package dev.skein.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loadtest.SkeinLoad;
import dev.skein.loadtest.scenario.ScenarioFile;
import java.io.PrintWriter;
import java.io.StringWriter;
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
        try (SkeinProcess skein = SkeinProcess.start(directory, "skein.instances.default.p2p=on");
                ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            String mqtt = Integer.toString(skein.port("mqtt="));
            List<Callable<Outcome>> all = new ArrayList<>();
            // Several at once: most of their time is waiting.
            ScenarioFile.SHIPPED.forEach(name -> all.add(() -> run(name, mqtt)));
            all.add(() -> run("payment", mqtt, "--transport", "ws", "--ws-port", "" + skein.port("ws=")));
            for (Future<Outcome> each : pool.invokeAll(all)) {
                Outcome outcome = each.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
                assertThat(outcome.exit()).as(outcome.err()).isZero();
            }
        }
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
}
