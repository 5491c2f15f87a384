package dev.skein.loadtest.play;

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

/** The members of one event loop and their figures. All but {@link #ask} and {@link #run} belongs to the loop. */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final long ANSWER_SECONDS = 60;
    private static final int SLICES = 20;

    private final EventLoop executor;
    private final Figures figures;
    private final List<Member> members = new ArrayList<>();
    private final List<Pacer> pacers = new ArrayList<>();
    private int slice;

    Lane(EventLoop executor, Plan plan) {
        this.executor = executor;
        this.figures = new Figures(plan.flows().size(), plan.channels());
    }

    EventLoop executor() {
        return executor;
    }

    Figures figures() {
        return figures;
    }

    List<Member> members() {
        return members;
    }

    List<Pacer> pacers() {
        return pacers;
    }

    /** PINGREQ on each connection every half keep-alive, spread evenly. */
    void keepAlive(int seconds) {
        if (seconds > 0) {
            long period = TimeUnit.SECONDS.toNanos(seconds) / 2 / SLICES;
            var unused =
                    executor.scheduleAtFixedRate(() -> guarded(this::pingSlice), period, period, TimeUnit.NANOSECONDS);
        }
    }

    private void pingSlice() {
        for (int i = slice; i < members.size(); i += SLICES) {
            Connection connection = members.get(i).connection();
            if (connection != null) {
                connection.ping();
            }
        }
        slice = (slice + 1) % SLICES;
    }

    /** Runs {@code task} on the loop, {@code nanos} from now. */
    void after(long nanos, Runnable task) {
        var unused = executor.schedule(() -> guarded(task), nanos, TimeUnit.NANOSECONDS);
    }

    /** Runs {@code task} on the loop, soon. */
    void run(Runnable task) {
        executor.execute(() -> guarded(task));
    }

    /** A failure would stay in a future that nobody reads. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException failure) {
            LOG.error("task of an event loop failed", failure);
        }
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
