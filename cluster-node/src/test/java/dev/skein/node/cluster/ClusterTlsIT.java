package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.cluster.FaultSchedule.Fault;
import dev.skein.node.reliability.Effort;
import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.SkeinProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nodes that know one another by certificates are killed and started again, and the CA and all certificates are
 * exchanged, while clients publish across them; nothing acknowledged is lost. {@code -Dskein.seed=N} plays it again.
 */
@Tag("mostly-waiting")
@ResourceLock(Lanes.FIRST)
class ClusterTlsIT {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterTlsIT.class);
    private static final int NODES = 3;
    private static final List<Fault> FAULTS =
            Effort.SOAK ? List.of(Fault.KILL, Fault.ROTATE, Fault.KILL) : List.of(Fault.ROTATE, Fault.KILL);

    @Test
    void nothingAcknowledgedIsLostWhileNodesComeAndGoAndCertificatesChange() throws IOException, InterruptedException {
        long seed = Long.getLong("skein.seed", System.nanoTime() & 0xFFFF_FFFFL);
        Path home = Path.of("target", "cluster-tls", Long.toString(seed)).toAbsolutePath();
        try (ClusterFixture cluster = ClusterFixture.secured(home, NODES)) {
            FaultRun run = new FaultRun(cluster, seed, "t");
            Verdict verdict = null;
            try {
                verdict = run.play(FaultSchedule.inOrder(seed, NODES, FAULTS));
            } finally {
                run.keep(home, verdict);
            }
            LOG.info("seed {}: {}; {}", seed, verdict.summary(), run.failures());
            assertThat(run.failures()).as("kept in " + home).isEmpty();
            assertThat(verdict.shown()).as("kept in " + home).isEmpty();
            assertThat(cluster.nodes())
                    .allSatisfy(node -> assertThat(node.process().log())
                            .contains("Certificate of the links in use: CN=" + node.host())
                            .doesNotContain("link refused, its certificate", "skein.cluster.tls.mode: off"));
        }
        SkeinProcess.delete(home);
    }
}
