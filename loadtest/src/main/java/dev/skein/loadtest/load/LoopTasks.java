package dev.skein.loadtest.load;

import io.netty.channel.EventLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work of one event loop: now, later, again and again, and the keep-alive of its connections. Thread-safe. */
public abstract class LoopTasks {
    private static final Logger LOG = LoggerFactory.getLogger(LoopTasks.class);
    private static final int SLICES = 20;

    private final EventLoop executor;
    private final long answerSeconds;
    private int slice;

    /**
     * For {@code executor}.
     *
     * @param answerSeconds how long {@link #ask} waits
     */
    protected LoopTasks(EventLoop executor, long answerSeconds) {
        this.executor = executor;
        this.answerSeconds = answerSeconds;
    }

    /** The loop. */
    public final EventLoop executor() {
        return executor;
    }

    /** Number of connections; on the loop. */
    protected abstract int size();

    /** Sends PINGREQ on connection {@code index}, 0..size-1; on the loop. */
    protected abstract void ping(int index);

    /** Sends PINGREQ on each connection every half keep-alive, whatever else it sends, spread evenly; 0 for never. */
    public final void keepAlive(int seconds) {
        if (seconds > 0) {
            every(TimeUnit.SECONDS.toNanos(seconds) / 2 / SLICES, this::pingSlice);
        }
    }

    private void pingSlice() {
        for (int i = slice; i < size(); i += SLICES) {
            ping(i);
        }
        slice = (slice + 1) % SLICES;
    }

    /** Runs {@code task} on the loop, soon. */
    public final void run(Runnable task) {
        executor.execute(() -> guarded(task));
    }

    /** Runs {@code task} on the loop once, {@code nanos} from now. */
    public final void after(long nanos, Runnable task) {
        var unused = executor.schedule(() -> guarded(task), nanos, TimeUnit.NANOSECONDS);
    }

    /** Runs {@code task} on the loop every {@code nanos}. */
    public final void every(long nanos, Runnable task) {
        var unused = executor.scheduleAtFixedRate(() -> guarded(task), nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /** A failure would stay in a future that nobody reads. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException failure) {
            LOG.error("task of an event loop failed", failure);
        }
    }

    /**
     * Runs {@code work} on the loop and waits for its answer; not from the loop itself.
     *
     * @throws IllegalStateException when it fails or does not answer in time
     */
    public final <T> T ask(Callable<T> work) {
        try {
            return executor.submit(work).get(answerSeconds, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("event loop: interrupted while waiting for it", interrupted);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("event loop: " + failed.getCause(), failed);
        } catch (TimeoutException late) {
            throw new IllegalStateException("event loop: no answer in " + answerSeconds + " s", late);
        }
    }
}
