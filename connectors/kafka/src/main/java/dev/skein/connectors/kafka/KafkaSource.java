package dev.skein.connectors.kafka;

import dev.skein.connectors.api.Source;
import dev.skein.connectors.api.SourceListener;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A consumer of a topic: one thread that polls, and one that sees whether the cluster is there. */
final class KafkaSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaSource.class);

    private final ClientSettings client;
    private final SourceSettings settings;
    private final Administration administration;
    private final SourceListener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final CountDownLatch ended = new CountDownLatch(1);
    private Optional<String> ofPolling = Optional.empty();
    private Optional<String> ofCluster = Optional.empty();
    private Optional<String> told = Optional.empty();
    private volatile boolean paused;
    private volatile boolean closed;

    KafkaSource(
            ClientSettings client, SourceSettings settings, Administration administration, SourceListener listener) {
        this.client = client;
        this.settings = settings;
        this.administration = administration;
        this.listener = listener;
    }

    void start() {
        Thread.ofPlatform().name("skein-kafka-" + settings.topic()).daemon().start(this::run);
        Thread.ofVirtual().start(this::watch);
    }

    /** Polls; after an error with a new consumer. */
    private void run() {
        Thread.currentThread().setContextClassLoader(KafkaSource.class.getClassLoader());
        while (!closed) {
            try (Polling polling = new Polling(client, settings, listener, this)) {
                polling.run();
            } catch (KafkaException | IllegalStateException e) {
                LOG.debug("The consumer of Kafka topic {} starts again", settings.topic(), e);
                polling(Optional.of(Failures.reason(e, client.addresses())));
                await(client.poll());
            }
        }
        ended.countDown();
    }

    private void watch() {
        while (!closed) {
            Optional<String> found = administration.problem(Optional.of(settings.topic()), client.timeout());
            lock.lock();
            try {
                ofCluster = found;
            } finally {
                lock.unlock();
            }
            tell();
            await(client.poll());
        }
    }

    private void await(Duration time) {
        try {
            ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LockSupport.parkNanos(time.toNanos());
        }
    }

    /** What polling says; empty when it works. */
    void polling(Optional<String> problem) {
        lock.lock();
        try {
            ofPolling = problem;
        } finally {
            lock.unlock();
        }
        tell();
    }

    private void tell() {
        Optional<String> now;
        lock.lock();
        try {
            Optional<String> found = ofCluster;
            now = ofPolling.or(() -> found);
            if (closed || now.equals(told)) {
                return;
            }
            told = now;
        } finally {
            lock.unlock();
        }
        listener.problem(now);
    }

    boolean isPaused() {
        return paused;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
    }

    /** Blocks while offsets are committed, for at most the time of a request. */
    @Override
    public void close() {
        closed = true;
        try {
            if (!ended.await(client.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn(
                        "The consumer of Kafka topic {} takes longer to end, goes on in the background",
                        settings.topic());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
