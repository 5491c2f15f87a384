package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.cluster.ClusterPublisher.Stream;
import dev.skein.node.cluster.ClusterRobot.Manner;
import dev.skein.node.cluster.ClusterSubscriber.Temper;
import dev.skein.node.cluster.FaultSchedule.Step;
import dev.skein.node.reliability.TestClient;
import dev.skein.node.reliability.Waiting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run: robots publish and subscribe at all nodes while faults come; then all must have arrived. */
final class FaultRun {
    private static final Logger LOG = LoggerFactory.getLogger(FaultRun.class);
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    /** Without any delivery for so long, what is missing does not come any more. */
    private static final Duration SILENCE = Duration.ofSeconds(25);

    private static final Duration QUIET_AT_END = Duration.ofSeconds(3);

    private final ClusterFixture cluster;
    private final String root;
    private final Chronicle chronicle = new Chronicle();
    private final ClusterRobot.Stage stage;
    private final FaultPlayer player;
    private final List<ClusterSubscriber> subscribers = new ArrayList<>();
    private final List<Thread> readers = new ArrayList<>();
    private final List<ClusterRobot> all = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    /**
     * A run that is not started yet.
     *
     * @param root first letters of its client IDs and topics, which no other run on this cluster has
     */
    FaultRun(ClusterFixture cluster, long seed, String root) {
        this.cluster = cluster;
        this.root = root;
        this.stage =
                new ClusterRobot.Stage(chronicle, cluster.nodes(), new CountDownLatch(1), new CountDownLatch(1), seed);
        this.player = new FaultPlayer(cluster, chronicle);
        cluster.onOwnEnd(node -> {
            chronicle.add(Kind.OWN_END, node);
            LOG.info("{} had ended by itself and serves again", node);
        });
    }

    /** What happened; complete after {@link #play}. */
    Chronicle chronicle() {
        return chronicle;
    }

    /** Robots that failed by themselves, and what nodes did wrong beside the promises. */
    List<String> failures() {
        List<String> texts = new ArrayList<>(failures);
        texts.addAll(player.failures());
        return texts;
    }

    /** Brings the faults, waits until everything has arrived, and judges. */
    Verdict play(List<Step> steps) throws IOException, InterruptedException {
        try {
            List<Thread> publishers = startAll();
            for (Step step : steps) {
                if (failures.isEmpty()) {
                    play(step);
                }
            }
            var _ = stage.exit().await(2, TimeUnit.SECONDS);
            stage.curtain().countDown();
            await(publishers, "could not get its last messages acknowledged");
            await(readers, "could not read what is retained");
            awaitArrivals();
            readAtEnd();
        } finally {
            chronicle.add(Kind.END, "");
            stage.exit().countDown();
        }
        for (Thread thread : threads) {
            if (!thread.join(DEADLINE)) {
                failures.add(thread.getName() + " did not end");
            }
        }
        return Checker.verdict(chronicle.events());
    }

    private void await(List<Thread> robots, String otherwise) throws InterruptedException {
        for (Thread robot : robots) {
            if (!robot.join(DEADLINE)) {
                failures.add(robot.getName() + " " + otherwise);
            }
        }
    }

    private void play(Step step) throws IOException, InterruptedException {
        try {
            player.play(step);
            LOG.info("{} is over; {} operations", step, chronicle.size());
        } catch (AssertionError | IllegalStateException e) {
            LOG.error("{} is not over", step, e);
            failures.add(step + ": " + e.getMessage());
        }
    }

    /** Rows of the table of this run. */
    List<Recovery.Row> rows(Verdict verdict) {
        List<String> steady = List.of("p1", "p2", "p3", "live-1", "live-2", "live-3", "steady-1", "steady-2");
        return Recovery.rows(chronicle.events(), verdict, client -> steady.contains(client.substring(root.length())));
    }

    private List<Thread> startAll() {
        subscribers();
        watchers();
        subscribers.forEach(this::start);
        Waiting.until(
                "all subscribed",
                () -> !failures.isEmpty() || subscribers.stream().allMatch(ClusterSubscriber::hasSettled));
        LOG.info("all subscribed");
        wills();
        List<Thread> publishers = new ArrayList<>();
        publishers().forEach(robot -> publishers.add(start(robot)));
        for (String name : List.of("reader-1", "reader-2")) {
            readers.add(start(RetainedReader.during(stage, root + name, retainedFilters())));
        }
        return publishers;
    }

    private Thread start(ClusterRobot robot) {
        Thread thread = Thread.ofPlatform().name(robot.name()).start(() -> {
            try {
                robot.live();
            } catch (InterruptedException | RuntimeException e) {
                LOG.error("robot {} failed", robot.name(), e);
                failures.add(robot.name() + ": " + e.getMessage());
            } finally {
                robot.client().cut();
            }
        });
        threads.add(thread);
        all.add(robot);
        threads.add(Thread.ofVirtual().name(robot.name() + "-pulse").start(() -> {
            try {
                robot.beat();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        return thread;
    }

    private List<ClusterRobot> publishers() {
        List<ClusterRobot> robots = new ArrayList<>();
        for (String name : List.of("p1", "p2", "p3")) {
            List<Stream> streams = List.of(
                    new Stream(topic(name + "/zero"), 0),
                    new Stream(topic(name + "/one"), 1),
                    new Stream(topic(name + "/two"), 2),
                    new Stream(topic("shared"), 1),
                    new Stream(topic("shared"), 2),
                    new Stream(topic("jobs"), 1),
                    new Stream(topic("jobs"), 2),
                    new Stream(p2p("flapping-1"), 2),
                    new Stream(p2p("steady-1"), 1),
                    new Stream(p2p("live-1"), 1),
                    new Stream(p2p("offline-1"), 1));
            robots.add(new ClusterPublisher(stage, Manner.persistent(root + name), streams));
        }
        List<Stream> ofFive = List.of(
                new Stream(Terms.brief(topic("p5")), 0),
                new Stream(Terms.brief(topic("p5")), 1),
                new Stream(Terms.brief(topic("p5")), 2),
                new Stream(topic("p5/one"), 1),
                new Stream(topic("p5/two"), 2),
                new Stream(topic("jobs"), 1),
                new Stream(topic("jobs"), 2));
        robots.add(new ClusterPublisher(stage, Manner.persistent(root + "p5").withFive(), ofFive));
        List<Stream> ofClean = List.of(
                new Stream(topic("clean/zero"), 0),
                new Stream(topic("clean/one"), 1),
                new Stream(topic("clean/two"), 2),
                new Stream(topic("twin"), 1));
        robots.add(new ClusterPublisher(stage, Manner.clean(root + "clean"), ofClean));
        List<Stream> kept = List.of(
                Stream.cleared(retained(1, "a"), 1),
                Stream.cleared(retained(1, "b"), 0),
                Stream.cleared(retained(1, "b"), 1),
                Stream.cleared(retained(2, "a"), 1),
                Stream.retained(retained(1, "z"), 1),
                Stream.retained(retained(2, "z"), 1));
        robots.add(new ClusterPublisher(stage, Manner.persistent(root + "kept"), kept));
        List<Stream> keptOfClean = List.of(
                Stream.cleared(retained(1, "c"), 1),
                Stream.cleared(retained(2, "d"), 0),
                Stream.cleared(retained(2, "d"), 1));
        robots.add(new ClusterPublisher(stage, Manner.clean(root + "kept-clean"), keptOfClean));
        return robots;
    }

    /** A topic of one publisher, below one of two parent topics, whose routers may be on different nodes. */
    private String retained(int parent, String name) {
        return root + "r" + parent + "/" + root + "r/" + name;
    }

    /** One for each router, and one that is answered by the database. */
    private List<String> retainedFilters() {
        return List.of(root + "r1/#", root + "r2/#", "+/" + root + "r/#");
    }

    /** At each node, what is retained on every topic. */
    private void readAtEnd() throws InterruptedException {
        List<Thread> all = new ArrayList<>();
        for (ClusterNode node : cluster.nodes()) {
            ClusterRobot.Stage here =
                    new ClusterRobot.Stage(chronicle, List.of(node), stage.curtain(), stage.exit(), stage.seed());
            all.add(start(RetainedReader.atEnd(here, root + "end-" + node.name(), retainedFilters())));
        }
        await(all, "could not read what is retained at the end");
    }

    private String topic(String rest) {
        return root + "/" + rest;
    }

    private String p2p(String name) {
        return topic("p2p/" + root + name);
    }

    private void subscribers() {
        live("live-1", Temper.STEADY, Map.of(topic("#"), 2));
        live("live-2", Temper.STEADY, Map.of(topic("+/one"), 1, topic("+/zero"), 0));
        live("live-3", Temper.STEADY, Map.of(topic("shared"), 1, topic("p1/two"), 2));
        live("live-4", Temper.CHANGING, Map.of(topic("shared"), 1, topic("p1/two"), 2, topic("clean/+"), 1));
        live("live-5", Temper.FLAPPING, Map.of(topic("shared"), 2));
        persistent("steady-1", Temper.STEADY, Map.of(topic("#"), 2));
        persistent("steady-2", Temper.STEADY, Map.of(topic("+/one"), 1, topic("p2/two"), 2));
        persistent("offline-1", Temper.OFFLINE, Map.of(topic("#"), 1));
        persistent("offline-2", Temper.OFFLINE, Map.of(topic("+/two"), 2));
        persistent("flapping-1", Temper.FLAPPING, Map.of(topic("#"), 2));
        persistent("flapping-2", Temper.FLAPPING, Map.of(topic("+/two"), 2, topic("shared"), 1));
        Map<String, Integer> changed =
                Map.of(topic("p1/one"), 1, topic("p2/two"), 2, topic("shared"), 2, topic("+/zero"), 0);
        persistent("changing", Temper.CHANGING, changed);
        members();
        Manner patient = Manner.clean(root + "patient").patient();
        subscribers.add(new ClusterSubscriber(
                stage, patient, Temper.STEADY, p2p("patient"), Map.of(topic("shared"), 1, topic("clean/one"), 1)));
        for (String name : List.of("twin-a", "twin-b")) {
            Manner twin = new Manner(root + name, root + "twin", true, Duration.ofSeconds(5), false);
            subscribers.add(new ClusterSubscriber(stage, twin, Temper.TWIN, p2p("twin"), Map.of(topic("twin"), 1)));
        }
    }

    /** Of one shared subscription; one of them is always there or has a queue. */
    private void members() {
        String jobs = "$share/workers/" + topic("jobs");
        live("member-1", Temper.FLAPPING, Map.of(jobs, 1));
        persistent("member-2", Temper.FLAPPING, Map.of(jobs, 1));
        five("member-3", true, Temper.STEADY, Map.of(jobs, 1));
        five("member-4", true, Temper.STEADY, Map.of(jobs, 1));
        five("member-5", true, Temper.CHANGING, Map.of(jobs, 1));
        five("member-6", false, Temper.STEADY, Map.of(jobs, 2));
        five("five-1", true, Temper.STEADY, Map.of(topic("#"), 2));
        five("five-2", false, Temper.FLAPPING, Map.of(topic("p5/+"), 2, topic("shared"), 1));
        five("five-3", false, Temper.OFFLINE, Map.of(topic("p5/+"), 2));
    }

    private void five(String name, boolean clean, Temper temper, Map<String, Integer> wanted) {
        Manner manner = clean ? Manner.clean(root + name) : Manner.persistent(root + name);
        subscribers.add(new ClusterSubscriber(stage, manner.withFive(), temper, p2p(name), wanted));
    }

    private void live(String name, Temper temper, Map<String, Integer> wanted) {
        subscribers.add(new ClusterSubscriber(stage, Manner.clean(root + name), temper, p2p(name), wanted));
    }

    private void persistent(String name, Temper temper, Map<String, Integer> wanted) {
        subscribers.add(new ClusterSubscriber(stage, Manner.persistent(root + name), temper, p2p(name), wanted));
    }

    private void watchers() {
        persistent("watcher", Temper.STEADY, Map.of(root + "w/#", 2));
        live("will-watcher", Temper.STEADY, Map.of(root + "w/#", 2));
    }

    private void wills() {
        for (int i = 1; i <= 4; i++) {
            String id = root + "will-" + i;
            Manner manner = i % 2 == 0 ? Manner.clean(id) : Manner.persistent(id);
            start(new WillRobot(stage, manner, root + "w/" + id, i > 2));
        }
        for (String name : List.of("will-5", "will-6")) {
            String id = Terms.delayed(root + name);
            start(new WillRobot(stage, Manner.persistent(id).withFive(), root + "w/" + id, false));
        }
    }

    private void awaitArrivals() throws InterruptedException {
        long quietSince = System.nanoTime();
        long since = quietSince;
        int before = chronicle.progress();
        while (System.nanoTime() - quietSince < SILENCE.toNanos() && System.nanoTime() - since < DEADLINE.toNanos()) {
            var _ = stage.exit().await(1, TimeUnit.SECONDS);
            int now = chronicle.progress();
            if (now != before) {
                before = now;
                quietSince = System.nanoTime();
            } else if (System.nanoTime() - quietSince > QUIET_AT_END.toNanos()
                    && Checker.verdict(chronicle.events()).missing() == 0) {
                return;
            }
        }
    }

    /** Ends the persistent sessions of this run. */
    void tidy() throws IOException {
        InetSocketAddress address = cluster.node(1).address();
        for (ClusterRobot robot : all) {
            if (!robot.isClean()) {
                try (TestClient client = new TestClient(robot.id(), true, new TestClient.Listener() {})) {
                    client.connect(TestClient.nextConnection(), address, null, Duration.ofSeconds(20));
                    client.disconnect();
                }
            }
        }
    }

    /** Leaves what is needed to understand a failure. */
    void keep(Path home, @Nullable Verdict verdict) throws IOException {
        for (ClusterNode node : cluster.nodes()) {
            try {
                Files.writeString(
                        home.resolve(root + "-metrics-" + node.name() + ".txt"),
                        node.process().get("/metrics").body());
            } catch (IllegalStateException | IllegalArgumentException e) {
                LOG.warn("{} tells no metrics", node.name(), e);
            }
        }
        chronicle.write(home.resolve(root + "-chronicle.txt"));
        if (verdict != null) {
            Files.write(
                    home.resolve(root + "-violations.txt"),
                    verdict.all().stream().map(Object::toString).toList());
        }
    }
}
