package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.SkeinProcess;
import dev.skein.node.reliability.TestClient;
import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A session with more subscriptions than fit one message between nodes goes wherever its client goes. */
@Tag("mostly-waiting")
@ResourceLock(Lanes.FIRST)
class LargeSessionIT {
    /** With the next one: 2.9 MB in one message, and a message between nodes has 2 MiB at the most. */
    private static final int FILTERS = 24_000;

    private static final int FILTER_CHARS = 100;
    private static final int FILTERS_OF_A_PACKET = 100;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private final Set<String> received = ConcurrentHashMap.newKeySet();

    private final class Inbox implements TestClient.Listener {
        @Override
        public void delivered(TestClient.Delivery delivery, boolean again) {
            received.add(delivery.topic() + " " + delivery.payload());
        }
    }

    private static String filter(int number) {
        String beginning = "large/" + number + "/";
        return beginning + "x".repeat(FILTER_CHARS - beginning.length());
    }

    @Test
    void aSessionOfManySubscriptionsIsTakenUpOnEveryNode() throws Exception {
        try (ClusterFixture cluster = ClusterFixture.in(home, 2);
                TestClient client = new TestClient("large", false, new Inbox());
                TestClient first = new TestClient("first", true, new TestClient.Listener() {});
                TestClient second = new TestClient("second", true, new TestClient.Listener() {})) {
            connect(first, cluster.node(1));
            connect(second, cluster.node(2));
            assertThat(connect(client, cluster.node(1)).sessionPresent()).isFalse();
            subscribe(client);
            // Its actor stays on one of the two nodes: one of the next two connections is on the other one.
            for (int number : List.of(2, 1)) {
                client.disconnect();
                assertThat(connect(client, cluster.node(number)).sessionPresent())
                        .isTrue();
                SkeinProcess process = cluster.node(number).process();
                Waiting.until(
                        "its connection knows them all",
                        DEADLINE,
                        () -> process.metric("skein_subscriptions", "") == FILTERS);
                for (int each : List.of(0, FILTERS / 2, FILTERS - 1)) {
                    reaches(first, filter(each), "by the first, on node " + number);
                    reaches(second, filter(each), "by the second, on node " + number);
                }
            }
        }
    }

    private static TestClient.Connack connect(TestClient client, ClusterNode node) throws IOException {
        return client.connect(TestClient.nextConnection(), node.address(), null, DEADLINE);
    }

    private static void subscribe(TestClient client) throws InterruptedException, ExecutionException, TimeoutException {
        for (int i = 0; i < FILTERS; i += FILTERS_OF_A_PACKET) {
            List<String> filters = IntStream.range(i, Math.min(FILTERS, i + FILTERS_OF_A_PACKET))
                    .mapToObj(LargeSessionIT::filter)
                    .toList();
            assertThat(client.subscribe(filters, 1).get(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                    .isOne();
        }
    }

    private void reaches(TestClient publisher, String topic, String payload) {
        publisher.publish(topic, payload, 1, false, payload);
        Waiting.until("it comes", DEADLINE, () -> received.contains(topic + " " + payload));
    }
}
