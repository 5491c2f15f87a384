package dev.skein.node.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A publisher at QoS 1 and two persistent sessions that are away, until the disk below the store is full, and on when
 * there is room again. Used by one thread.
 */
public final class FullDiskRun implements AutoCloseable {
    private static final int WINDOW = 50;
    private static final Duration QUIET = Duration.ofSeconds(5);

    private final SkeinProcess process;
    private final int size;
    private final List<Reader> readers = new ArrayList<>();
    private List<String> promised = List.of();

    private record Reader(TestClient client, Inbox inbox) {}

    /** Gives the disk room again, and starts whatever has ended without it. */
    public interface Relief {
        /** Returns when there is room. */
        void give() throws IOException, InterruptedException;
    }

    /**
     * A run on a process that serves.
     *
     * @param size characters of a message
     * @param readers persistent sessions, which subscribe and leave
     */
    public FullDiskRun(SkeinProcess process, int size, int readers)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        this.process = process;
        this.size = size;
        for (int i = 1; i <= readers; i++) {
            Inbox inbox = new Inbox();
            TestClient client = new TestClient("reader-" + i, false, inbox);
            client.connect(process.mqttPort());
            assertThat(client.subscribe("full/#", 1).get(1, TimeUnit.MINUTES)).isEqualTo(1);
            client.disconnect();
            this.readers.add(new Reader(client, inbox));
        }
    }

    /** Publishes until nothing is acknowledged any more, asks for {@code relief}, and publishes on. */
    public void play(Relief relief) throws IOException, InterruptedException {
        Flood flood = new Flood();
        Thread publisher = Thread.ofPlatform().name("publisher").start(flood);
        boolean over = false;
        try (TestClient idle = new TestClient("idle", true, new Inbox())) {
            idle.connect(process.mqttPort());
            Waiting.until("503 of /health/ready", () -> ready() == 503);
            Waiting.untilQuiet(QUIET, flood.inbox::acknowledged);
            long acknowledged = flood.inbox.acknowledged();
            assertThat(acknowledged).isPositive();
            assertThat(process.get("/health/ready").body()).contains("store");
            assertThat(process.get("/health/live").status()).isEqualTo(200);
            // One line when it begins. A smaller commit may still fit: then that is told, and it begins again.
            // On the embedded store the journal and the tables behind it say it each for itself.
            long began = logLines("The database does not commit") + logLines("cannot be written; trying again");
            long ended = logLines("The database commits again") + logLines("is written again");
            assertThat(began - ended).isBetween(1L, 2L);
            assertThat(idle.isConnected()).as("a connection that only waits").isTrue();

            relief.give();
            Waiting.until("200 of /health/ready", () -> ready() == 200);
            Waiting.until("acknowledgements", () -> flood.inbox.acknowledged() > acknowledged + WINDOW);
            assertThat(idle.isConnected()).isTrue();
            over = true;
        } finally {
            flood.stopped = true;
            flood.abandoned = !over;
            publisher.join();
        }
        promised = List.copyOf(flood.names);
    }

    /**
     * Publishes until the reserve of the disk is reached, kills the process and starts it in that state, reads with the
     * last reader, asks for {@code relief}, and publishes on.
     */
    public void playReserve(Relief relief) throws IOException, InterruptedException {
        Flood flood = new Flood();
        Thread publisher = Thread.ofPlatform().name("publisher").start(flood);
        boolean over = false;
        try {
            requireWaiting(flood);
            process.kill();
            process.start();
            requireWaiting(flood);
            long acknowledged = flood.inbox.acknowledged();
            assertThat(logLines("publishers at QoS 1 and 2 wait")).isEqualTo(2);

            Reader last = readers.getLast();
            last.client().connect(process.mqttPort());
            Waiting.until(
                    "what was acknowledged at " + last.client().id(),
                    () -> last.inbox().distinctNames().size() >= acknowledged);

            relief.give();
            Waiting.until("acknowledgements", () -> flood.inbox.acknowledged() > acknowledged + WINDOW);
            assertThat(logLines("The database does not commit") + logLines("cannot be written; trying again"))
                    .isZero();
            over = true;
        } finally {
            flood.stopped = true;
            flood.abandoned = !over;
            publisher.join();
        }
        promised = List.copyOf(flood.names);
    }

    private void requireWaiting(Flood flood) {
        Waiting.until("the alarm", () -> process.get("/health/ready").body().contains("skein.storage.disk-reserve"));
        Waiting.untilQuiet(QUIET, flood.inbox::acknowledged);
        assertThat(flood.inbox.acknowledged()).isPositive();
        assertThat(ready()).isEqualTo(200);
        assertThat(process.get("/metrics").body()).contains("skein_store_disk_low 1");
    }

    private int ready() {
        return process.get("/health/ready").status();
    }

    /** Lines of the log that hold {@code text}. */
    public long logLines(String text) {
        return process.log().lines().filter(line -> line.contains(text)).count();
    }

    /** Connects a reader, which gets all that was acknowledged, in order. */
    public void requireAll(int reader) throws IOException {
        Reader each = readers.get(reader - 1);
        each.client().connect(process.mqttPort());
        Waiting.until(
                "everything at " + each.client().id(),
                () -> each.inbox().distinctNames().containsAll(promised));
        assertThat(each.inbox().distinctNames()).isEqualTo(promised);
    }

    @Override
    public void close() {
        readers.forEach(each -> each.client().close());
    }

    /** Publishes as fast as it is acknowledged, and connects again whenever it is thrown out. */
    private final class Flood implements Runnable {
        private final Inbox inbox = new Inbox();
        /** Names of all messages, in their order; all are acknowledged once {@link #run} has returned. */
        private final List<String> names = new ArrayList<>();

        private volatile boolean stopped;
        private volatile boolean abandoned;

        @Override
        public void run() {
            try (TestClient client = new TestClient("flood", false, inbox)) {
                while (!abandoned && (!stopped || client.unacknowledged() > 0)) {
                    if (!client.isConnected()) {
                        connect(client);
                    } else if (!stopped && client.unacknowledged() < WINDOW) {
                        Sent message = new Sent("flood", names.size() + 1L, "full/a", 1, false, size);
                        if (client.publish(message.topic(), message.body(), 1, false, message)) {
                            names.add(message.name());
                        }
                    } else {
                        Waiting.pause(Duration.ofMillis(2));
                    }
                }
            }
        }

        private void connect(TestClient client) {
            try {
                client.connect(process.mqttPort());
            } catch (IOException e) {
                Waiting.pause(Duration.ofMillis(200)); // refused while the store is away
            }
        }
    }
}
