package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.SkeinProcess;
import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A node that its cluster has downed answers health checks while it joins again in the same process. */
@Tag("mostly-waiting")
@Tag("soak")
@Order(2)
@ResourceLock(Lanes.FIRST)
class RejoinHealthIT {
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    @Test
    void healthAnswersWhileANodeJoinsAgain() throws IOException {
        Path home = Path.of("target", "rejoin").toAbsolutePath();
        if (Files.exists(home)) {
            SkeinProcess.delete(home);
        }
        Files.createDirectories(home);
        try (ClusterFixture cluster = ClusterFixture.in(home, 3)) {
            ClusterNode node = cluster.node(3);
            node.stop();
            Waiting.until("it is downed", DEADLINE, () -> members(cluster.node(1)) == 2);
            node.proceed();
            AtomicBoolean lived = new AtomicBoolean();
            Waiting.until("it says that it joins again", DEADLINE, () -> {
                lived.compareAndSet(false, answers(node, "/health/live", 200, "joining it again"));
                return answers(node, "/health/ready", 503, "joining it again");
            });
            Waiting.until("it is ready again", DEADLINE, () -> {
                lived.compareAndSet(false, answers(node, "/health/live", 200, "joining it again"));
                return answers(node, "/health/ready", 200, "");
            });
            assertThat(lived).isTrue();
            putDownWhileItStarts(cluster, node);
            assertThat(node.ownEnds()).isZero();
        }
        SkeinProcess.delete(home);
    }

    /** It is stalled from the moment that it is a member until it is one no more. */
    private static void putDownWhileItStarts(ClusterFixture cluster, ClusterNode node) {
        node.kill();
        ClusterNode other = cluster.node(1);
        Waiting.until("it is gone", DEADLINE, () -> members(other) == 2);
        node.launch();
        Waiting.until("it is let in", DEADLINE, () -> members(other) == 3);
        node.stop();
        Waiting.until("it is downed", DEADLINE, () -> members(other) == 2);
        node.proceed();
        node.awaitReady();
        Waiting.until("it is in again", DEADLINE, () -> members(other) == 3);
    }

    private static double members(ClusterNode of) {
        return of.process().metric("skein_cluster_members", "");
    }

    private static boolean answers(ClusterNode node, String path, int status, String text) {
        try {
            SkeinProcess.Answer answer = node.process().get(path);
            return answer.status() == status && answer.body().contains(text);
        } catch (IllegalStateException e) {
            return false; // between two servers
        }
    }
}
