package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.skein.node.cluster.FaultSchedule.Fault;
import dev.skein.node.cluster.FaultSchedule.Step;
import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.SkeinProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nodes of a real cluster are killed, stopped and restarted under load, and nothing acknowledged is lost.
 * {@code -Dskein.seed=N} plays one schedule again, {@code -Dskein.faults=KILL,STOP} takes faults by name,
 * {@code -Dskein.faults.nodes=N} sets the number of nodes. A run that fails leaves its chronicle and the logs of all
 * nodes behind and says where. {@code mvn verify -Pfaults -Dskein.faults.minutes=N} goes on for long.
 */
@Order(1)
@ResourceLock(Lanes.FIRST)
class ClusterFaultsIT {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterFaultsIT.class);
    private static final int NODES = Integer.getInteger("skein.faults.nodes", 3);
    private static final List<Fault> SHORT = List.of(Fault.KILL, Fault.STOP, Fault.ROLLING, Fault.ISOLATE);
    private static final int FAULTS_OF_A_RUN = 4;

    @Test
    @Tag("mostly-waiting")
    void faultsOfTheNetworkArePossible() {
        assumeThat(NetworkFaults.available())
                .as("iptables and the right to use it; without, nodes are not cut off from one another")
                .isTrue();
    }

    @Test
    @Tag("mostly-waiting")
    void nothingAcknowledgedIsLostInAClusterWithFaults() throws IOException, InterruptedException {
        long seed = Long.getLong("skein.seed", System.nanoTime() & 0xFFFF_FFFFL);
        List<Fault> faults = named(
                SHORT.stream().filter(FaultSchedule.possible(NODES)::contains).toList());
        Path home = home("short-" + seed);
        List<Recovery.Row> rows = new ArrayList<>();
        try (ClusterFixture cluster = ClusterFixture.in(home, NODES)) {
            run(cluster, home, seed, "k", FaultSchedule.inOrder(seed, NODES, faults), rows);
        } finally {
            table(home, rows);
        }
        SkeinProcess.delete(home);
    }

    @Test
    @Tag("faults")
    @EnabledIfSystemProperty(named = "skein.faults.minutes", matches = "[1-9].*")
    void nothingAcknowledgedIsLostWhateverHappens() throws IOException, InterruptedException {
        long first = Long.getLong("skein.seed", System.nanoTime() & 0xFFFF_FFFFL);
        long until = System.nanoTime()
                + Duration.ofMinutes(Integer.getInteger("skein.faults.minutes")).toNanos();
        List<Fault> faults = named(FaultSchedule.possible(NODES));
        Path home = home("long-" + first);
        List<Recovery.Row> rows = new ArrayList<>();
        List<Throwable> failed = new ArrayList<>();
        try (ClusterFixture cluster = ClusterFixture.in(home, NODES)) {
            for (long seed = first; System.nanoTime() < until; seed++) {
                List<Step> steps = FaultSchedule.of(seed, NODES, faults, FAULTS_OF_A_RUN);
                try {
                    run(cluster, home, seed, "r" + (seed - first) + "k", steps, rows)
                            .tidy();
                } catch (AssertionError e) {
                    LOG.error("seed {}", seed, e);
                    failed.add(e);
                }
                table(home, rows);
            }
        }
        assertThat(failed).as("kept in " + home).isEmpty();
        assertThat(rows).isNotEmpty();
    }

    private static FaultRun run(
            ClusterFixture cluster, Path home, long seed, String root, List<Step> steps, List<Recovery.Row> rows)
            throws IOException, InterruptedException {
        LOG.info("seed {}: {}; in {}", seed, steps, home);
        FaultRun run = new FaultRun(cluster, seed, root);
        Verdict verdict = null;
        try {
            verdict = run.play(steps);
            rows.addAll(run.rows(verdict));
        } finally {
            run.keep(home, verdict);
        }
        LOG.info("seed {}: {}; {}", seed, verdict.summary(), run.failures());
        String again = "-Dskein.seed=" + seed + " -Dskein.faults=" + names(steps) + " plays it again; kept in " + home;
        assertThat(run.failures()).as(again).isEmpty();
        assertThat(verdict.shown()).as(again).isEmpty();
        return run;
    }

    private static String names(List<Step> steps) {
        return String.join(",", steps.stream().map(step -> step.fault().name()).toList());
    }

    private static List<Fault> named(List<Fault> otherwise) {
        String names = System.getProperty("skein.faults", "");
        if (names.isEmpty()) {
            return otherwise;
        }
        return List.of(names.split(",", -1)).stream()
                .map(name -> Fault.valueOf(name.strip().toUpperCase(Locale.ROOT)))
                .toList();
    }

    private static Path home(String name) throws IOException {
        Path home = Path.of("target", "faults", name).toAbsolutePath();
        if (Files.exists(home)) {
            SkeinProcess.delete(home); // of an earlier run with this seed
        }
        return Files.createDirectories(home);
    }

    private static void table(Path home, List<Recovery.Row> rows) throws IOException {
        List<String> lines = new ArrayList<>(List.of(Recovery.Row.HEAD));
        rows.forEach(row -> lines.add(row.toString()));
        LOG.info("\n{}", String.join("\n", lines));
        Files.write(home.resolve("table.md"), lines);
    }
}
