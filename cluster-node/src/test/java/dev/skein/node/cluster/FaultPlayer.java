package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.cluster.FaultSchedule.Fault;
import dev.skein.node.cluster.FaultSchedule.Step;
import dev.skein.node.cluster.NetworkFaults.Lateness;
import dev.skein.node.reliability.Waiting;
import dev.skein.node.tls.NewCertificate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings faults upon a cluster, writes down when, and waits until all nodes serve again. */
final class FaultPlayer {
    private static final Logger LOG = LoggerFactory.getLogger(FaultPlayer.class);
    private static final int STUTTER_MILLIS = 700;
    private static final int LOSS_PERCENT = 15;
    private static final int DELAY_MIN_MILLIS = 50;
    private static final int DELAY_MAX_MILLIS = 400;
    /** Heartbeats go three times a second: by then each connection between nodes has been used. */
    private static final int CONNECTIONS_END_MILLIS = 1000;

    private final ClusterFixture cluster;
    private final Chronicle chronicle;
    private final List<String> failures = new ArrayList<>();

    FaultPlayer(ClusterFixture cluster, Chronicle chronicle) {
        this.cluster = cluster;
        this.chronicle = chronicle;
    }

    /** What nodes did wrong beside the promises. */
    List<String> failures() {
        return failures;
    }

    void play(Step step) throws IOException, InterruptedException {
        pause(step.pauseMillis());
        LOG.info("{} for {} ms", step, step.millis());
        switch (step.fault()) {
            case KILL -> kill(step, false);
            case KILL_TWICE -> kill(step, true);
            case TERMINATE -> terminate(cluster.node(step.node()), step);
            case ROLLING, UPGRADE, DOWNGRADE -> roll(step);
            case ROTATE -> rotate(step);
            case STOP -> stop(step);
            case STUTTER -> stutter(step);
            case KILL_ALL -> killAll(step);
            case DATABASE_RESTART -> {
                begin(step);
                cluster.postgres().stop();
                pause(step.millis());
                cluster.postgres().start();
            }
            case DATABASE_KILL -> {
                begin(step);
                cluster.postgres().kill();
                pause(step.millis());
                cluster.postgres().start();
            }
            case DATABASE_STOP -> {
                begin(step);
                cluster.postgres().signal("STOP");
                pause(step.millis());
                cluster.postgres().signal("CONT");
            }
            case ISOLATE, ONE_WAY, LOSS, NO_DATABASE, DELAY -> disturb(step);
        }
        cluster.awaitAllSteady();
        chronicle.add(Kind.HEALED, step.toString());
    }

    private void begin(Step step) {
        chronicle.add(Kind.FAULT, step.toString());
    }

    /** Of a fault that comes to one node after the other: each has its own row in the table. */
    private void begin(Step step, ClusterNode node) {
        chronicle.add(Kind.FAULT, step.fault() + " " + node.name());
    }

    private void kill(Step step, boolean twice) {
        ClusterNode node = cluster.node(step.node());
        begin(step);
        node.kill();
        if (twice) {
            node.launch();
            pause(1000 + step.millis() / 2);
            node.kill();
        }
        pause(step.millis());
        node.start();
    }

    private void terminate(ClusterNode node, Step step) {
        begin(step, node);
        int code = node.terminate();
        switch (step.fault()) {
            case UPGRADE -> node.process().useThisVersion();
            case DOWNGRADE -> node.process().use(RollingUpgradeIT.previous());
            default -> {}
        }
        if (code != 0) {
            failures.add("SIGTERM of " + node.name() + ": exit code " + code + " (expected: 0)");
        }
        pause(step.millis());
        node.start();
    }

    private void roll(Step step) {
        for (ClusterNode node : cluster.nodes()) {
            terminate(node, step);
            cluster.awaitAllReady();
        }
    }

    /** As operations.md tells: both are trusted, then the certificates change, then the old CA is trusted no more. */
    private void rotate(Step step) throws IOException {
        begin(step);
        ClusterCertificates certificates = cluster.certificates();
        NewCertificate next = certificates.newAuthority("next");
        inUse(() -> certificates.trust(cluster.authority(), next));
        for (ClusterNode node : cluster.nodes()) {
            inUse(node, () -> certificates.issue(next, node.host()));
        }
        inUse(() -> certificates.trust(next));
    }

    /** Changes files. */
    private interface Change {
        void make() throws IOException;
    }

    /** Waits until all nodes have taken up what has changed. */
    private void inUse(Change change) throws IOException {
        List<Double> before = cluster.nodes().stream().map(FaultPlayer::reloads).toList();
        change.make();
        Waiting.until(
                "certificates in use",
                () -> IntStream.range(0, before.size())
                        .allMatch(each -> reloads(cluster.nodes().get(each)) > before.get(each)));
    }

    private static void inUse(ClusterNode node, Change change) throws IOException {
        double before = reloads(node);
        change.make();
        Waiting.until("certificate of " + node.name() + " in use", () -> reloads(node) > before);
    }

    private static double reloads(ClusterNode node) {
        return node.process().metric("skein_tls_reloads_total", "result=\"ok\",use=\"cluster\"");
    }

    private void stop(Step step) {
        ClusterNode node = cluster.node(step.node());
        begin(step);
        node.stop();
        pause(step.millis());
        node.proceed();
    }

    private void stutter(Step step) {
        ClusterNode node = cluster.node(step.node());
        begin(step);
        for (int left = step.millis(); left > 0; left -= 2 * STUTTER_MILLIS) {
            node.stop();
            pause(STUTTER_MILLIS);
            node.proceed();
            pause(STUTTER_MILLIS);
        }
    }

    private void killAll(Step step) {
        begin(step);
        cluster.nodes().forEach(ClusterNode::kill);
        cluster.nodes().forEach(ClusterNode::launch);
        cluster.nodes().forEach(ClusterNode::awaitReady);
    }

    private void disturb(Step step) throws IOException {
        ClusterNode node = cluster.node(step.node());
        List<String> others = cluster.othersOf(node);
        begin(step);
        NetworkFaults network = cluster.network();
        switch (step.fault()) {
            case ONE_WAY -> network.cut(node.host(), cluster.node(step.other()).host());
            case LOSS -> {
                for (String other : others) {
                    network.lose(node.host(), other, LOSS_PERCENT);
                    network.lose(other, node.host(), LOSS_PERCENT);
                }
            }
            case NO_DATABASE -> cluster.cutFromDatabase(node);
            case DELAY ->
                network.delay(
                        node.host(),
                        others,
                        ClusterFixture.LINK_PORT,
                        new Lateness(DELAY_MIN_MILLIS, DELAY_MAX_MILLIS, () -> pause(CONNECTIONS_END_MILLIS)));
            default -> network.isolate(node.host(), others);
        }
        pause(step.millis());
        if (step.fault() == Fault.DELAY) {
            LOG.info("{}: {} bytes were late", step, network.delayedBytes());
            if (network.delayedBytes() == 0) {
                failures.add(step + ": nothing was late");
            }
        }
        network.heal();
    }

    private static void pause(int millis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, Duration.ofMillis(100).toNanos()));
        }
    }
}
