package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.cluster.FaultSchedule.Fault;
import dev.skein.node.reliability.SkeinProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster of the version before is upgraded in place, a node at a time, while clients publish, taken back, and
 * upgraded again. {@code -Dskein.previous=PATH} names {@code bin/skein} of a build of that version.
 */
@EnabledIfSystemProperty(named = "skein.previous", matches = ".+")
class RollingUpgradeIT {
    private static final Logger LOG = LoggerFactory.getLogger(RollingUpgradeIT.class);
    private static final int NODES = 3;

    /** The launcher of the version before. */
    static Path previous() {
        return Path.of(Objects.requireNonNull(System.getProperty("skein.previous")))
                .toAbsolutePath();
    }

    @Test
    void nothingAcknowledgedIsLostWhileTheVersionsMix() throws IOException, InterruptedException {
        long seed = Long.getLong("skein.seed", System.nanoTime() & 0xFFFF_FFFFL);
        Path home = Path.of("target", "upgrade", Long.toString(seed)).toAbsolutePath();
        try (ClusterFixture cluster = ClusterFixture.in(home, NODES, process -> process.use(previous()))) {
            FaultRun run = new FaultRun(cluster, seed, "u");
            Verdict verdict = null;
            try {
                verdict = run.play(FaultSchedule.inOrder(
                        seed,
                        NODES,
                        List.of(Fault.UPGRADE, Fault.DOWNGRADE, Fault.UPGRADE, Fault.KILL, Fault.ROLLING)));
                run.rows(verdict).forEach(row -> LOG.info("{}", row));
            } finally {
                run.keep(home, verdict);
            }
            LOG.info("seed {}: {}; {}", seed, verdict.summary(), run.failures());
            assertThat(run.failures()).as("kept in " + home).isEmpty();
            assertThat(verdict.shown()).as("kept in " + home).isEmpty();
        }
        SkeinProcess.delete(home);
    }
}
