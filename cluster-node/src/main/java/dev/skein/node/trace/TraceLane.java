package dev.skein.node.trace;

import dev.skein.persistence.trace.TraceBatch;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records of one event loop on their way to the writer. What has come together leaves when it fills a batch, and soon
 * in any case. When there is no batch, none is asked for for a moment: a record that is dropped costs next to nothing.
 * Confined to its event loop.
 */
final class TraceLane {
    private static final int HAND_OVER_MILLIS = 100;
    private static final int REFUSED_MILLIS = 10;

    private final TraceWriter writer;
    private final @Nullable EventExecutor loop;
    private final Runnable handOver = this::handOver;
    private final Runnable askAgain = this::askAgain;
    private @Nullable TraceBatch batch;
    private boolean refused;
    private long dropped;

    /**
     * An empty one.
     *
     * @param loop null: whoever records looks after handing over
     */
    TraceLane(TraceWriter writer, @Nullable EventExecutor loop) {
        this.writer = writer;
        this.loop = loop;
    }

    /** A batch with room for a record; null: the record is dropped, and was counted. */
    @Nullable
    TraceBatch open() {
        if (refused) {
            dropped++;
            return null;
        }
        TraceBatch present = batch;
        return present != null && present.hasRoom() ? present : next(present);
    }

    private @Nullable TraceBatch next(@Nullable TraceBatch full) {
        if (full != null) {
            writer.write(full);
        }
        TraceBatch next = writer.take();
        batch = next;
        if (next == null) {
            dropped++;
            refused = schedule(askAgain, REFUSED_MILLIS);
            if (!refused) {
                tell();
            }
        } else {
            schedule(handOver, HAND_OVER_MILLIS);
        }
        return next;
    }

    private boolean schedule(Runnable task, int millis) {
        EventExecutor on = loop;
        if (on == null) {
            return false;
        }
        try {
            var _ = on.schedule(task, millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // the loop ends: what is recorded from now on is lost
        }
    }

    private void askAgain() {
        refused = false;
        tell();
    }

    private void tell() {
        writer.dropped(dropped);
        dropped = 0;
    }

    /** Hands over what there is. */
    void handOver() {
        tell();
        TraceBatch present = batch;
        if (present != null && present.records() > 0) {
            batch = null;
            writer.write(present);
        }
    }
}
