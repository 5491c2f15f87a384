package dev.skein.node.reliability;

import static java.util.stream.Collectors.joining;

import dev.skein.node.reliability.PublisherRobot.Stream;
import dev.skein.node.reliability.SubscriberRobot.Temper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run: robots publish and subscribe while the process is killed again and again; then all must have arrived. */
final class KillRun {
    private static final Logger LOG = LoggerFactory.getLogger(KillRun.class);
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    /** Without any delivery for so long, what is missing does not come any more. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private static final Duration QUIET_AT_END = Duration.ofSeconds(2);
    private static final int TERMINATE_ONE_IN = 6;
    private static final int KILL_STARTING_ONE_IN = 6;

    private final SkeinProcess process;
    private final long seed;
    private final Random random;
    private final History history = new History();
    private final Robot.Stage stage;
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> faults = new TreeMap<>();
    private int observers;

    KillRun(SkeinProcess process, long seed) {
        this.process = process;
        this.seed = seed;
        this.random = new Random(seed);
        this.stage =
                new Robot.Stage(history, process::mqttPort, new CountDownLatch(1), new CountDownLatch(1), DEADLINE);
    }

    History history() {
        return history;
    }

    /** How often each fault was done, in words. */
    String faults() {
        return faults.entrySet().stream()
                .map(each -> each.getValue() + " " + each.getKey())
                .collect(joining(", "));
    }

    /** Robots that failed by themselves, and what the process did wrong beside its promises. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Starts, ends the process {@code kills} times, waits until everything has arrived, and judges. */
    Judge.Verdict play(int kills) throws InterruptedException {
        process.start();
        history.add(History.Kind.UP, "process", "", 0);
        List<Thread> publishers = new ArrayList<>();
        publishers().forEach(robot -> publishers.add(start(robot)));
        subscribers().forEach(this::start);
        for (int i = 1; i <= kills && failures.isEmpty(); i++) {
            pause(300 + random.nextInt(2500));
            String fault = endAndStart();
            faults.merge(fault, 1, Integer::sum);
            observe();
            LOG.info("{} of {}: {}; {} operations", i, kills, fault, history.size());
        }
        stage.curtain().countDown();
        for (Thread publisher : publishers) {
            if (!publisher.join(DEADLINE)) {
                failures.add(publisher.getName() + " could not get its last messages acknowledged");
            }
        }
        awaitArrivals();
        observe();
        stage.exit().countDown();
        for (Thread thread : threads) {
            if (!thread.join(DEADLINE)) {
                failures.add(thread.getName() + " did not end");
            }
        }
        return Judge.verdict(history.events());
    }

    private Thread start(Robot robot) {
        Thread thread = Thread.ofPlatform().name(robot.id()).start(() -> {
            try {
                robot.live();
            } catch (InterruptedException | RuntimeException e) {
                LOG.error("robot {} failed", robot.id(), e);
                failures.add(robot.id() + ": " + e);
            } finally {
                robot.client().cut();
            }
        });
        threads.add(thread);
        return thread;
    }

    private List<Robot> publishers() {
        List<Robot> all = new ArrayList<>();
        for (String id : List.of("p1", "p2", "p3")) {
            List<Stream> streams = List.of(
                    Stream.of("k/" + id + "/one", 1),
                    Stream.of("k/" + id + "/two", 2),
                    Stream.of("k/shared", 1),
                    Stream.of("k/shared", 2),
                    Stream.of(SubscriberRobot.p2pTopic("flapping-1"), 2),
                    Stream.of(SubscriberRobot.p2pTopic("offline-1"), 1),
                    Stream.retained("r/" + id + "/kept", 1),
                    Stream.cleared("r/" + id + "/cleared1", 1),
                    Stream.cleared("r/" + id + "/cleared2", 2));
            all.add(new PublisherRobot(stage, id, false, seed, streams));
        }
        List<Stream> ofClean = List.of(Stream.of("k/clean/one", 1), Stream.of("k/clean/two", 2));
        all.add(new PublisherRobot(stage, "clean", true, seed, ofClean));
        return all;
    }

    private List<Robot> subscribers() {
        return List.of(
                new SubscriberRobot(stage, "steady-1", seed, Temper.STEADY, Map.of("k/#", 2)),
                new SubscriberRobot(stage, "steady-2", seed, Temper.STEADY, Map.of("k/+/one", 1, "r/+/kept", 2)),
                new SubscriberRobot(stage, "overlap", seed, Temper.STEADY, Map.of("k/+/two", 2, "k/#", 1, "#", 1)),
                new SubscriberRobot(stage, "offline-1", seed, Temper.OFFLINE, Map.of("k/#", 2)),
                new SubscriberRobot(stage, "offline-2", seed, Temper.OFFLINE, Map.of("+/p1/#", 1)),
                new SubscriberRobot(stage, "flapping-1", seed, Temper.FLAPPING, Map.of("k/#", 2)),
                new SubscriberRobot(stage, "flapping-2", seed, Temper.FLAPPING, Map.of("k/+/two", 2, "k/shared", 1)),
                new SubscriberRobot(
                        stage,
                        "changing",
                        seed,
                        Temper.CHANGING,
                        Map.of("k/p1/one", 1, "k/p2/two", 2, "k/shared", 2, "+/p3/one", 1)));
    }

    private String endAndStart() throws InterruptedException {
        String fault = "SIGKILL";
        history.add(History.Kind.DOWN, "process", "", 0);
        if (random.nextInt(TERMINATE_ONE_IN) == 0) {
            fault = "SIGTERM";
            int code = process.terminate();
            if (code != 0) {
                failures.add("SIGTERM: exit code " + code + " (expected: 0)");
            }
        } else {
            process.kill();
            if (random.nextInt(KILL_STARTING_ONE_IN) == 0) {
                fault = "SIGKILL, again while starting";
                process.launch();
                pause(500 + random.nextInt(4000));
                process.kill();
            }
        }
        process.start();
        history.add(History.Kind.UP, "process", "", 0);
        return fault;
    }

    /** Looks at all retained messages through a new client. */
    private void observe() throws InterruptedException {
        Observer observer = new Observer(stage, "observer-" + ++observers, seed);
        observer.live();
        observer.client().disconnect();
    }

    private void awaitArrivals() throws InterruptedException {
        long quietSince = System.nanoTime();
        int before = history.size();
        while (System.nanoTime() - quietSince < SILENCE.toNanos()) {
            pause(1000);
            int now = history.size();
            if (now != before) {
                before = now;
                quietSince = System.nanoTime();
            } else if (System.nanoTime() - quietSince > QUIET_AT_END.toNanos()
                    && Judge.verdict(history.events()).lost() == 0) {
                return;
            }
        }
    }

    private void pause(long millis) throws InterruptedException {
        var _ = stage.exit().await(millis, TimeUnit.MILLISECONDS);
    }

    /** Leaves what is needed to understand a failure. */
    void keep(Path home) throws IOException {
        history.write(home.resolve("history.txt"));
    }
}
