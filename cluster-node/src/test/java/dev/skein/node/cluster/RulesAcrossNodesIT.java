package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.TestClient;
import dev.skein.node.reliability.Waiting;
import dev.skein.node.rule.FileBackEnd;
import dev.skein.node.rule.FileBackEnd.Line;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What a node had for the targets of its rules when it died is sent by another one. */
@Tag("mostly-waiting")
@ResourceLock(Lanes.FIRST)
class RulesAcrossNodesIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String RULES = "skein.instances.default.rules.";

    @TempDir
    Path home;

    @Test
    void anotherNodeSendsTheSpoolAndTellsOfTheClientsOfOneThatIsGone() throws Exception {
        FileBackEnd backEnd = new FileBackEnd(home);
        String[] settings = backEnd.settings(
                RULES + "out1={ kind = outbound, connector = files, parent-topic = telemetry, target-topic = t_out }",
                RULES + "st1={ kind = status, connector = files, group = \"*\", target-topic = t_status }");
        List<Object> acknowledged = new CopyOnWriteArrayList<>();
        TestClient.Listener listener = new TestClient.Listener() {
            @Override
            public void acknowledged(Object token) {
                acknowledged.add(token);
            }
        };
        try (ClusterFixture cluster = ClusterFixture.in(home.resolve("cluster"), 2, settings);
                TestClient client = new TestClient("stays", true, listener)) {
            client.connect(TestClient.nextConnection(), cluster.node(2).address(), null, DEADLINE);
            backEnd.await(
                    "t_status", all -> all.stream().anyMatch(line -> line.tag().equals("connect")));
            backEnd.mark("away", true);
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                sent.add(Integer.toString(i));
                client.publish("telemetry/n", sent.getLast(), 1, false, sent.getLast());
            }
            Waiting.until("all are acknowledged", DEADLINE, () -> acknowledged.size() == sent.size());
            cluster.node(2).kill();
            long since = System.nanoTime();
            backEnd.mark("away", false);

            List<Line> status = backEnd.await(
                    "t_status", all -> all.stream().anyMatch(line -> line.tag().equals("tcpclean")));
            assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(DEADLINE);
            assertThat(status.stream().filter(line -> line.tag().equals("tcpclean")))
                    .singleElement()
                    .satisfies(line -> assertThat(line.body()).contains("\"stays\"", "node is gone"));
            List<Line> lines = backEnd.await(
                    "t_out", all -> all.stream().anyMatch(line -> line.body().equals(sent.getLast())));
            assertThat(lines.stream().map(Line::body)).containsSubsequence(sent);
        }
    }
}
