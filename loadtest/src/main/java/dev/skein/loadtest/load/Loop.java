package dev.skein.loadtest.load;

import dev.skein.loadtest.mqtt.Connection;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the clients on one event loop share: figures, keep-alive, and who may send again. */
final class Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final int SLICES = 20;
    private static final long ANSWER_SECONDS = 30;

    private final EventLoop executor;
    private final LoopStats stats = new LoopStats();
    private final List<Connection> connections = new ArrayList<>();
    private final List<DeliveryWindow.Share> finished = new ArrayList<>();
    private int slice;

    Loop(EventLoop executor) {
        this.executor = executor;
    }

    EventLoop executor() {
        return executor;
    }

    LoopStats stats() {
        return stats;
    }

    /** Sends PINGREQ on each connection every half keep-alive, whatever else it sends, spread evenly. */
    void keepAlive(int keepAliveSeconds) {
        if (keepAliveSeconds > 0) {
            long period = TimeUnit.SECONDS.toNanos(keepAliveSeconds) / 2 / SLICES;
            every(period, this::pingSlice);
        }
    }

    /** Runs {@code task} on the loop once, {@code nanos} from now. */
    void after(long nanos, Runnable task) {
        var unused = executor.schedule(() -> guarded(task), nanos, TimeUnit.NANOSECONDS);
    }

    /** Runs {@code task} on the loop every {@code nanos}. */
    void every(long nanos, Runnable task) {
        var unused = executor.scheduleAtFixedRate(() -> guarded(task), nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /** A failure would stay in a future that nobody reads. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException failure) {
            LOG.error("timer of an event loop failed", failure);
        }
    }

    private void pingSlice() {
        for (int i = slice; i < connections.size(); i += SLICES) {
            connections.get(i).ping();
        }
        slice = (slice + 1) % SLICES;
    }

    void add(Connection connection) {
        connections.add(connection);
    }

    /** Ends every connection that came up. */
    void disconnect() {
        connections.forEach(Connection::disconnect);
    }

    /** A share has news for its publisher; {@link #settle} tells it after the batch. */
    void finished(DeliveryWindow.Share share) {
        finished.add(share);
    }

    /** Lets the publishers send whose messages were delivered in this batch. */
    void settle() {
        for (int i = 0; i < finished.size(); i++) {
            DeliveryWindow.Share share = finished.get(i);
            share.publish();
            share.publisher().wake(this);
        }
        finished.clear();
    }

    /** Runs {@code work} on the loop and waits for its answer. */
    <T> T ask(Callable<T> work) {
        try {
            return executor.submit(work).get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("event loop: interrupted while waiting for it", interrupted);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("event loop: " + failed.getCause(), failed);
        } catch (TimeoutException late) {
            throw new IllegalStateException("event loop: no answer in " + ANSWER_SECONDS + " s", late);
        }
    }
}
