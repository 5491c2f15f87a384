package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.TestClient;
import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A client that connects while the database is away is refused, and welcome when it is back. */
@Tag("mostly-waiting")
@ResourceLock(Lanes.SECOND)
class DatabaseAwayIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    Path home;

    @Test
    void aClientRefusedWithoutTheDatabaseConnectsWhenItIsBack() throws IOException, InterruptedException {
        try (ClusterFixture cluster = ClusterFixture.in(home, 1);
                TestClient persistent = new TestClient("refused", false, new TestClient.Listener() {});
                TestClient clean = new TestClient("refused-clean", true, new TestClient.Listener() {})) {
            cluster.postgres().stop();
            assertRefused(cluster, persistent);
            assertRefused(cluster, clean);
            cluster.postgres().start();
            cluster.awaitAllReady();

            assertThat(connect(cluster, persistent).code()).isZero();
            assertThat(connect(cluster, clean).code()).isZero();
        }
    }

    @Test
    void aNodeThatStartsWaitsForItsDatabase() throws IOException, InterruptedException {
        try (ClusterFixture cluster = ClusterFixture.in(home, 1);
                TestClient client = new TestClient("early", false, new TestClient.Listener() {})) {
            ClusterNode node = cluster.node(1);
            assertThat(node.terminate()).isZero();
            cluster.postgres().stop();
            node.launch();
            awaitTries(node, 1);
            assertThat(node.terminate()).isZero();

            node.launch();
            awaitTries(node, 2);
            cluster.postgres().start();
            node.awaitReady();
            assertThat(connect(cluster, client).code()).isZero();
            assertThat(node.ownEnds()).isZero();
        }
    }

    private static void awaitTries(ClusterNode node, int count) {
        Waiting.until(
                "a node without a database tries again",
                DEADLINE,
                () -> node.process().log().split("trying again for", -1).length > count);
    }

    private static void assertRefused(ClusterFixture cluster, TestClient client) {
        assertThatThrownBy(() -> connect(cluster, client)).hasMessage("return code: 3 (expected: 0)");
    }

    private static TestClient.Connack connect(ClusterFixture cluster, TestClient client) throws IOException {
        return client.connect(TestClient.nextConnection(), cluster.node(1).address(), null, DEADLINE);
    }
}
