package dev.skein.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.reliability.Effort;
import dev.skein.node.reliability.SkeinProcess;
import dev.skein.node.reliability.TestClient;
import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients of a node that is killed come back to the two others all at once. {@code -Dskein.storm.clients=N} sets
 * their number (a process has one file for each: up to 15,000 where 20,000 are allowed), {@code -Dskein.storm.settings}
 * what nodes are given: {@code a=b;c=d}. What it measured stands in the log.
 */
class StormIT {
    private static final Logger LOG = LoggerFactory.getLogger(StormIT.class);
    private static final int CLIENTS = Integer.getInteger("skein.storm.clients", Effort.of(1000, 3000));
    /** Small budgets, so that few clients are a storm. */
    private static final String SETTINGS =
            System.getProperty("skein.storm.settings", "skein.admission.connects=32;skein.admission.restores=16");

    private static final Duration DEADLINE = Duration.ofMinutes(4);
    private static final long PULSE_MILLIS = 500;
    private static final long PUBLISH_MILLIS = 10;

    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    @Test
    void clientsOfALostNodeComeBackWithoutAFailedHealthCheck() throws IOException, InterruptedException {
        Path home = Path.of("target", "storm").toAbsolutePath();
        if (Files.exists(home)) {
            SkeinProcess.delete(home);
        }
        Files.createDirectories(home);
        try (ClusterFixture cluster = ClusterFixture.in(home, 3, SETTINGS.split(";", -1));
                Swarm swarm = new Swarm("storm", 7, List.of(cluster.node(1).address()))) {
            storm(cluster, swarm);
        } finally {
            over.countDown();
        }
        SkeinProcess.delete(home);
    }

    private void storm(ClusterFixture cluster, Swarm swarm) throws IOException, InterruptedException {
        List<ClusterNode> living = List.of(cluster.node(2), cluster.node(3));
        long begun = System.nanoTime();
        swarm.begin(CLIENTS);
        Waiting.until("all connected to the first node", DEADLINE, () -> swarm.in() == CLIENTS);
        LOG.info("{} clients connected and subscribed in {} ms", CLIENTS, millisSince(begun, swarm.lastIn()));
        Pair pair = new Pair(cluster.node(2).address());
        List<Health> health = living.stream().map(Health::new).toList();
        double waited = living.stream().mapToDouble(StormIT::waited).sum();
        int before = swarm.attempts();

        swarm.addresses(living.stream().map(ClusterNode::address).toList());
        start("publisher", pair::publish);
        health.forEach(each -> start("health-" + each.node.name(), each::watch));
        long killed = System.nanoTime();
        cluster.node(1).kill();
        Waiting.until("the first connection has ended", DEADLINE, () -> swarm.in() < CLIENTS);
        Waiting.until("all back", DEADLINE, () -> swarm.in() == CLIENTS);
        long back = millisSince(killed, swarm.lastIn());
        Waiting.until(
                "nothing waits",
                DEADLINE,
                () -> living.stream().mapToDouble(StormIT::waiting).sum() == 0);
        over.countDown();
        for (Thread thread : threads) {
            thread.join(DEADLINE);
        }
        Waiting.until("the pair's messages", DEADLINE, pair::isComplete);

        LOG.info(
                "{} clients back after {} ms ({} a second, {} connections tried, {} refused); "
                        + "longest queues seen {}; longest wait {} s; slowest health check {} ms; "
                        + "{} messages of the pair, slowest acknowledgement {} ms",
                CLIENTS,
                back,
                CLIENTS * 1000L / Math.max(1, back),
                swarm.attempts() - before,
                swarm.refused(),
                health.stream().map(each -> each.longest.get()).toList(),
                living.stream().mapToDouble(StormIT::longestWait).max().orElse(0),
                health.stream().mapToLong(each -> each.slowest.get()).max().orElse(0),
                pair.published.get(),
                TimeUnit.NANOSECONDS.toMillis(pair.slowest.get()));
        assertThat(swarm.forgotten()).isZero();
        assertThat(health.stream().flatMap(each -> each.failures.stream())).isEmpty();
        assertThat(living.stream().mapToDouble(StormIT::waited).sum()).isGreaterThan(waited);
        pair.check();
    }

    private void start(String name, Runnable life) {
        threads.add(Thread.ofPlatform().name(name).start(life));
    }

    private static long millisSince(long begin, long end) {
        return TimeUnit.NANOSECONDS.toMillis(end - begin);
    }

    private static double waiting(ClusterNode node) {
        return node.process().metric("skein_admission_waiting", "stage");
    }

    private static double waited(ClusterNode node) {
        return node.process().metric("skein_admission_wait_seconds_count", "stage");
    }

    private static double longestWait(ClusterNode node) {
        return node.process().metric("skein_admission_wait_seconds_max", "connect");
    }

    private boolean goesOn(long millis) {
        try {
            return !over.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Asks a node again and again how it is, as an orchestrator does. */
    private final class Health {
        private final ClusterNode node;
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final AtomicLong slowest = new AtomicLong();
        private final AtomicLong longest = new AtomicLong();

        private Health(ClusterNode node) {
            this.node = node;
        }

        private void watch() {
            while (goesOn(PULSE_MILLIS)) {
                ask("/health/live");
                ask("/health/ready");
                try {
                    longest.accumulateAndGet((long) waiting(node), Math::max);
                } catch (IllegalStateException e) {
                    LOG.warn("{}: no metrics", node.name(), e);
                }
            }
        }

        private void ask(String path) {
            long since = System.nanoTime();
            try {
                SkeinProcess.Answer answer = node.process().get(path);
                if (answer.status() != 200) {
                    failures.add(node.name() + path + ": " + answer);
                }
            } catch (IllegalStateException e) {
                failures.add(node.name() + path + ": " + e);
            }
            slowest.accumulateAndGet(millisSince(since, System.nanoTime()), Math::max);
        }
    }

    /** A publisher and its subscriber that the storm is no concern of. */
    private final class Pair {
        private final AtomicInteger published = new AtomicInteger();
        private final AtomicInteger acknowledged = new AtomicInteger();
        private final AtomicLong slowest = new AtomicLong();
        private final AtomicInteger ends = new AtomicInteger();
        private final List<String> received = Collections.synchronizedList(new ArrayList<>());
        private final TestClient publisher = new TestClient("steady-publisher", true, new TestClient.Listener() {
            @Override
            public void acknowledged(Object token) {
                acknowledged.incrementAndGet();
                slowest.accumulateAndGet(System.nanoTime() - (Long) token, Math::max);
            }

            @Override
            public void closed(int connection) {
                ends.incrementAndGet();
            }
        });
        private final TestClient subscriber = new TestClient("steady-subscriber", true, new TestClient.Listener() {
            @Override
            public void delivered(TestClient.Delivery delivery, boolean again) {
                received.add(delivery.payload());
            }

            @Override
            public void closed(int connection) {
                ends.incrementAndGet();
            }
        });

        private Pair(InetSocketAddress address) throws IOException {
            subscriber.connect(TestClient.nextConnection(), address, null, DEADLINE);
            Waiting.until("SUBACK", DEADLINE, subscriber.subscribe("steady/pair", 1)::isDone);
            publisher.connect(TestClient.nextConnection(), address, null, DEADLINE);
        }

        private void publish() {
            while (goesOn(PUBLISH_MILLIS)) {
                int number = published.getAndIncrement();
                publisher.publish("steady/pair", Integer.toString(number), 1, false, System.nanoTime());
            }
        }

        private boolean isComplete() {
            return acknowledged.get() == published.get() && received.size() >= published.get();
        }

        private void check() {
            assertThat(ends).hasValue(0);
            assertThat(received)
                    .containsExactlyElementsOf(IntStream.range(0, published.get())
                            .mapToObj(Integer::toString)
                            .toList());
        }
    }
}
