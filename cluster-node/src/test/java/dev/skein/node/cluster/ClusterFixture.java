package dev.skein.node.cluster;

import dev.skein.node.reliability.LoopbackNetworks;
import dev.skein.node.reliability.SkeinProcess;
import dev.skein.node.reliability.Waiting;
import dev.skein.node.tls.NewCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster as its users run it: one PostgreSQL and some nodes, each {@code bin/skein run} in a process of its own at a
 * loopback address of its own. A node that ends by itself is started again.
 *
 * <pre>try (ClusterFixture cluster = ClusterFixture.in(home, 3)) { ... cluster.node(1).kill(); ... }</pre>
 */
final class ClusterFixture implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterFixture.class);
    /** Where nodes listen for one another. */
    static final int LINK_PORT = 25520;

    private static final int MQTT_PORT = 1883;
    private static final int HTTP_PORT = 8080;
    private static final int SEEDS_MAX = 3;
    private static final Duration STEADY = Duration.ofSeconds(3);
    /** For each node: they share a machine, and more of them lose one another more often while one starts. */
    private static final Duration READY_DEADLINE = Duration.ofSeconds(40);

    private static final long SUPERVISE_MILLIS = 200;
    /** What a node of these runs gets: three to five of them share a small machine. */
    private static final String JAVA_OPTIONS = System.getProperty(
            "skein.faults.java", "-Xmx384m -XX:TieredStopAtLevel=1 -XX:ActiveProcessorCount=2 -XX:+UseSerialGC");

    private final Path home;
    private final String network;
    private final int seeds;
    private final PostgresServer postgres;
    private final NetworkFaults faults = new NetworkFaults();
    private final List<ClusterNode> nodes = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Thread> supervisors = new ArrayList<>();
    private final List<String> further;
    private final ClusterCertificates certificates;
    private final @Nullable NewCertificate authority;
    private volatile Consumer<String> onOwnEnd = _ -> {};

    private ClusterFixture(Path home, int seeds, boolean secured, PostgresServer postgres, List<String> further)
            throws IOException {
        this.home = home;
        this.further = further;
        this.certificates = ClusterCertificates.in(home.resolve("certificates"));
        this.authority = secured ? certificates.newAuthority("first") : null;
        this.seeds = seeds;
        this.postgres = postgres;
        this.network = LoopbackNetworks.next(71, 1, LINK_PORT);
        Runtime.getRuntime().addShutdownHook(new Thread(this::endProcesses));
    }

    /**
     * Starts PostgreSQL and {@code count} nodes, and waits until all serve.
     *
     * @param settings of all nodes, each {@code key=value}
     */
    static ClusterFixture in(Path home, int count, String... settings) throws IOException {
        return in(home, count, _ -> {}, settings);
    }

    /** As {@link #in(Path, int, String...)}; {@code prepare} sees each process before its first start. */
    static ClusterFixture in(Path home, int count, Consumer<SkeinProcess> prepare, String... settings)
            throws IOException {
        return start(home, count, false, prepare, settings);
    }

    /** As {@link #in(Path, int, String...)}; the nodes know one another by certificates. */
    static ClusterFixture secured(Path home, int count, String... settings) throws IOException {
        return start(home, count, true, _ -> {}, settings);
    }

    private static ClusterFixture start(
            Path home, int count, boolean secured, Consumer<SkeinProcess> prepare, String... settings)
            throws IOException {
        Files.createDirectories(home);
        ClusterFixture cluster = new ClusterFixture(
                home, Math.min(count, SEEDS_MAX), secured, PostgresServer.in(home), List.of(settings));
        try {
            List<ClusterNode> first = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ClusterNode node = cluster.newNode();
                prepare.accept(node.process());
                node.launch();
                first.add(node);
            }
            first.forEach(ClusterNode::awaitReady);
            first.forEach(cluster::supervise);
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private ClusterNode newNode() throws IOException {
        int number = nodes.size() + 1;
        String name = "n" + number;
        String host = network + number;
        Path directory = Files.createDirectories(home.resolve(name));
        List<String> settings = new ArrayList<>(List.of(
                // Fixed ports: a node that was downed joins again in the same process and opens its listeners anew.
                "skein.listeners.mqtt.host=" + host,
                "skein.listeners.mqtt.port=" + MQTT_PORT,
                "skein.http.host=" + host,
                "skein.http.port=" + HTTP_PORT,
                "skein.storage.jdbc.url=" + postgres.url(host),
                "skein.storage.jdbc.user=" + postgres.user(),
                "skein.storage.jdbc.password=unused",
                "skein.instances.default.anonymous=always",
                "skein.instances.default.p2p=on"));
        if (seeds > 1) {
            String others = IntStream.rangeClosed(1, seeds)
                    .mapToObj(each -> network + each + ":" + LINK_PORT)
                    .collect(Collectors.joining(","));
            settings.add("skein.cluster.host=" + host);
            settings.add("skein.cluster.port=" + LINK_PORT);
            settings.add("skein.cluster.seeds=" + others);
            settings.addAll(trust(host));
            // So that what a node sends on connections of its own comes from its own address.
            settings.add("pekko.remote.artery.advanced.tcp.outbound-client-hostname=" + host);
        }
        further.stream().filter(each -> !each.isBlank()).forEach(settings::add);
        Stream.of(System.getProperty("skein.faults.settings", "").split(";", -1))
                .filter(each -> !each.isBlank())
                .forEach(settings::add);
        SkeinProcess process = SkeinProcess.in(directory, JAVA_OPTIONS, settings.toArray(String[]::new));
        ClusterNode node = new ClusterNode(name, host, process);
        nodes.add(node);
        return node;
    }

    private List<String> trust(String host) throws IOException {
        if (authority == null) {
            return List.of("skein.cluster.tls.mode=off");
        }
        certificates.trust(authority);
        certificates.issue(authority, host);
        return certificates.settings(host);
    }

    /** The files of a {@link #secured} cluster. */
    ClusterCertificates certificates() {
        return certificates;
    }

    /** The CA that a {@link #secured} cluster starts with. */
    NewCertificate authority() {
        return Objects.requireNonNull(authority, "CA: none (expected: a secured cluster)");
    }

    /** Starts one more node and waits until it serves. */
    ClusterNode addNode() throws IOException {
        ClusterNode node = newNode();
        node.start();
        supervise(node);
        return node;
    }

    private void supervise(ClusterNode node) {
        supervisors.add(Thread.ofPlatform().name("supervisor-" + node.name()).start(() -> {
            try {
                while (!closed.await(SUPERVISE_MILLIS, TimeUnit.MILLISECONDS)) {
                    if (node.supervise()) {
                        onOwnEnd.accept(node.name());
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("{} could not be started again", node.name(), e);
                onOwnEnd.accept(node.name() + ", and did not start again: " + e);
            }
        }));
    }

    /** Hears the name of each node that ended by itself, when it serves again. */
    void onOwnEnd(Consumer<String> listener) {
        onOwnEnd = listener;
    }

    /** All nodes, those that are down too; a live view. */
    List<ClusterNode> nodes() {
        return nodes;
    }

    /** The node of a number, from 1. */
    ClusterNode node(int number) {
        return nodes.get(number - 1);
    }

    PostgresServer postgres() {
        return postgres;
    }

    NetworkFaults network() {
        return faults;
    }

    /** Nothing passes any more between {@code node} and PostgreSQL. */
    void cutFromDatabase(ClusterNode node) {
        faults.cutPort(node.host(), PostgresServer.HOST, postgres.port());
    }

    /** Addresses of all nodes but {@code node}. */
    List<String> othersOf(ClusterNode node) {
        return nodes.stream()
                .filter(each -> !each.equals(node))
                .map(ClusterNode::host)
                .toList();
    }

    /** Waits until every node serves and says so. */
    void awaitAllReady() {
        Waiting.until("all nodes ready", readyDeadline(), () -> nodes.stream().allMatch(ClusterFixture::isReady));
    }

    /** As {@link #awaitAllReady}, for a while: a node that was stopped does not know at once that it was downed. */
    void awaitAllSteady() {
        AtomicLong since = new AtomicLong(System.nanoTime());
        Waiting.until("all nodes ready for " + STEADY, readyDeadline(), () -> {
            if (!nodes.stream().allMatch(ClusterFixture::isReady)) {
                since.set(System.nanoTime());
            }
            return System.nanoTime() - since.get() > STEADY.toNanos();
        });
    }

    private Duration readyDeadline() {
        return READY_DEADLINE.multipliedBy(Math.max(nodes.size(), SEEDS_MAX));
    }

    private static boolean isReady(ClusterNode node) {
        try {
            return node.isServing() && node.process().get("/health/ready").status() == 200;
        } catch (IllegalStateException e) {
            return false; // no answer
        }
    }

    @Override
    public void close() {
        faults.close();
        endProcesses();
        nodes.forEach(node -> node.process().close());
        postgres.close();
    }

    private void endProcesses() {
        closed.countDown();
        for (ClusterNode node : nodes) {
            if (node.process().isAlive()) {
                node.process().kill(); // without waiting for whoever starts it
            }
        }
    }
}
