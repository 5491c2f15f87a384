package dev.skein.node.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process is killed at random moments under load. {@code -Dskein.seed=N} plays one run again,
 * {@code -Dskein.kills=N} says how often it is killed. A run that fails leaves history, log and data behind and says
 * where.
 */
@Tag("mostly-waiting")
@Order(2)
class KillIT {
    private static final Logger LOG = LoggerFactory.getLogger(KillIT.class);
    private static final int KILLS = 5;

    @Test
    void nothingAcknowledgedIsLostWhenTheProcessIsKilled() throws IOException, InterruptedException {
        long seed = Long.getLong("skein.seed", System.nanoTime() & 0xFFFF_FFFFL);
        Path home = Path.of("target", "reliability", "kill-" + seed).toAbsolutePath();
        if (Files.exists(home)) {
            SkeinProcess.delete(home); // of an earlier run with this seed
        }
        Files.createDirectories(home);
        LOG.info("seed {}, in {}", seed, home);
        KillRun run;
        Judge.Verdict verdict;
        try (SkeinProcess process = SkeinProcess.in(home, "-Xmx512m", "skein.instances.default.p2p=on")) {
            run = new KillRun(process, seed);
            verdict = run.play(Integer.getInteger("skein.kills", KILLS));
        }
        LOG.info("seed {}: {}; {}", seed, run.faults(), verdict);
        run.keep(home);
        String again = "-Dskein.seed=" + seed + " plays it again; kept in " + home;
        assertThat(run.failures()).as(again).isEmpty();
        assertThat(verdict.violations()).as(again).isEmpty();
        assertThat(verdict.lost()).as(again).isZero();
        assertThat(verdict.acknowledged()).as(again).isPositive();
        SkeinProcess.delete(home);
    }
}
