package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.PacedClient;
import dev.skein.node.reliability.Waiting;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A subscriber of one node that reads slowly gets everything that a publisher of another was acknowledged. */
@Tag("mostly-waiting")
@ResourceLock(Lanes.SECOND)
class SlowReaderElsewhereIT {
    private static final String DROPPED = "skein_deliveries_dropped_total";
    private static final String HELD = "skein_publishers_held";

    @TempDir
    Path home;

    @Test
    void burstReachesASlowSubscriberOfAnotherNodeAndHoldsUpNoOther() throws Exception {
        try (ClusterFixture cluster = ClusterFixture.in(home, 2, "skein.mqtt.queue.patience=10m");
                PacedClient slow = PacedClient.on(cluster.node(2).address(), "slow", true, true);
                PacedClient quick = PacedClient.on(cluster.node(2).address(), "quick", true, false);
                PacedClient writer = PacedClient.on(cluster.node(1).address(), "writer", true, false);
                PacedClient other = PacedClient.on(cluster.node(1).address(), "other", true, false)) {
            slow.subscribe("burst/+", 1);
            quick.subscribe("other/+", 1);
            slow.client().hold();
            Thread burst = Thread.ofPlatform().start(() -> {
                writer.publish("burst/a", 1, 10_000, 2000);
                writer.publish("burst/b", 1, 300_000, 40);
            });
            Waiting.until("a publisher waits", () -> cluster.node(1).process().metric(HELD, "") == 1);
            other.publish("other/a", 1, 1000, 500); // over the same link
            Waiting.until("everything of the other", () -> quick.names().size() >= 500);
            assertThat(slow.names()).hasSizeLessThan(2000);

            slow.client().unhold();
            burst.join();
            Waiting.until("everything", () -> slow.names().size() >= 2040);
            assertThat(slow.names()).isEqualTo(writer.published(2040));
            assertThat(cluster.node(2).process().metric(DROPPED, "reason=\"queue_full\""))
                    .isZero();
        }
    }
}
