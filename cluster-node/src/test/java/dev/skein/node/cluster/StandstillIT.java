package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Lanes;
import dev.skein.node.reliability.SkeinProcess;
import dev.skein.node.reliability.TestClient;
import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node is stalled and goes on. What its clients have written into its sockets meanwhile reaches a subscriber that
 * another node has acknowledged before, or is not acknowledged. {@code -Dskein.standstills=N} does it N times.
 */
@TestMethodOrder(MethodOrderer.MethodName.class) // the node that is downed needs a while to be back
@Tag("mostly-waiting")
@ResourceLock(Lanes.SECOND)
class StandstillIT {
    private static final Logger LOG = LoggerFactory.getLogger(StandstillIT.class);
    private static final Path HOME = Path.of("target", "standstill").toAbsolutePath();
    private static final Duration DEADLINE = Duration.ofMinutes(3);
    /** Long enough to be noticed, too short to be downed. */
    private static final Duration STOOD_STILL = Duration.ofSeconds(3);
    /** How long nothing arrives before what is missing counts as lost. */
    private static final Duration ARRIVAL = Duration.ofSeconds(2);

    private static final int PUBLISHERS = 100;
    private static final int MESSAGES = 10;
    private static ClusterFixture cluster;

    @BeforeAll
    static void start() throws IOException {
        if (Files.exists(HOME)) {
            SkeinProcess.delete(HOME);
        }
        cluster = ClusterFixture.in(HOME, 3);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    private static ClusterNode still() {
        return cluster.node(3);
    }

    @Test
    void nothingIsLostByANodeThatWasPutDown() throws IOException {
        int rounds = Integer.getInteger("skein.standstills", 1);
        List<Integer> lost = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            cluster.awaitAllReady();
            awaitMembers(3);
            try (Clients clients = new Clients("down" + round)) {
                still().stop();
                awaitMembers(2);
                clients.subscribe();
                clients.publish();
                still().proceed();
                lost.add(clients.lost());
            }
        }
        LOG.info("downed {} times, acknowledged and lost: {}", rounds, lost);
        assertThat(lost).containsOnly(0);
    }

    @Test
    void aNodeThatIsStillAMemberGoesOn() throws IOException {
        awaitMembers(3);
        try (Clients clients = new Clients("on")) {
            clients.subscribe();
            still().stop();
            Waiting.pause(STOOD_STILL);
            clients.publish();
            still().proceed();
            assertThat(clients.lost()).isZero();
        }
        cluster.awaitAllReady(); // on a slow machine it may have been downed
        assertThat(still().process().log()).contains("this node was stalled");
    }

    private static void awaitMembers(int count) {
        Waiting.until(
                count + " members",
                DEADLINE,
                () -> cluster.node(1).process().metric("skein_cluster_members", "") == count);
    }

    private static TestClient connected(TestClient client, ClusterNode to) throws IOException {
        client.connect(TestClient.nextConnection(), to.address(), null, DEADLINE);
        return client;
    }

    /** Publishers on the node that is to is stalled, and a subscriber on another. */
    private static final class Clients implements AutoCloseable {
        private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        private final Set<String> delivered = ConcurrentHashMap.newKeySet();
        private final List<TestClient> publishers = new ArrayList<>();
        private final TestClient subscriber;
        private final String topic;

        Clients(String name) throws IOException {
            topic = name;
            TestClient.Listener acknowledgements = new TestClient.Listener() {
                @Override
                public void acknowledged(Object token) {
                    acknowledged.add(token.toString());
                }
            };
            for (int i = 0; i < PUBLISHERS; i++) {
                publishers.add(connected(new TestClient(name + "-p" + i, true, acknowledgements), still()));
            }
            subscriber = connected(
                    new TestClient(name + "-s", true, new TestClient.Listener() {
                        @Override
                        public void delivered(TestClient.Delivery delivery, boolean again) {
                            delivered.add(delivery.payload());
                        }
                    }),
                    cluster.node(1));
            // The node has the routes of the topic from now on: none.
            publishers.forEach(each -> each.publish(topic + "/t", "before", 1, false, "before"));
            Waiting.until(
                    "the node serves them",
                    DEADLINE,
                    () -> publishers.stream().allMatch(each -> each.unacknowledged() == 0));
            acknowledged.clear();
        }

        void subscribe() {
            assertThat(subscriber.subscribe(topic + "/t", 1))
                    .succeedsWithin(DEADLINE)
                    .isEqualTo(1);
        }

        void publish() {
            for (int i = 0; i < MESSAGES; i++) {
                for (TestClient each : publishers) {
                    String payload = each.id() + "-" + i;
                    each.publish(topic + "/t", payload, 1, false, payload);
                }
            }
        }

        /** How many messages were acknowledged and do not arrive. */
        int lost() {
            Waiting.until(
                    "each is acknowledged or without connection",
                    DEADLINE,
                    () -> publishers.stream().allMatch(each -> !each.isConnected() || each.unacknowledged() == 0));
            Waiting.untilQuiet(ARRIVAL, delivered::size);
            int ended = (int)
                    publishers.stream().filter(each -> !each.isConnected()).count();
            Set<String> lost = new HashSet<>(acknowledged);
            lost.removeAll(delivered);
            LOG.info(
                    "{}: acknowledged {}, delivered {}, lost {}, connections ended {}",
                    topic,
                    acknowledged.size(),
                    delivered.size(),
                    lost.size(),
                    ended);
            return lost.size();
        }

        @Override
        public void close() {
            publishers.forEach(TestClient::close);
            subscriber.close();
        }
    }
}
