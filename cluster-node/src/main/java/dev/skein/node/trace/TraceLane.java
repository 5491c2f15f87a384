package dev.skein.node.trace;

import dev.skein.persistence.trace.TraceBatch;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records of one event loop on their way to the writer. What has come together leaves when it fills a batch, and soon
 * in any case. Confined to its event loop.
 */
final class TraceLane {
    private static final int HAND_OVER_MILLIS = 100;

    private final TraceWriter writer;
    private final @Nullable EventExecutor loop;
    private final Runnable handOver = this::handOver;
    private @Nullable TraceBatch batch;

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
        TraceBatch present = batch;
        if (present != null && !present.hasRoom()) {
            batch = null;
            writer.write(present);
            present = null;
        }
        if (present == null) {
            present = writer.take();
            batch = present;
            if (present == null) {
                writer.dropped();
            } else {
                schedule();
            }
        }
        return present;
    }

    private void schedule() {
        EventExecutor on = loop;
        if (on != null) {
            try {
                var _ = on.schedule(handOver, HAND_OVER_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                // The loop ends: what is recorded from now on is lost.
            }
        }
    }

    /** Hands over what there is. */
    void handOver() {
        TraceBatch present = batch;
        if (present != null && present.records() > 0) {
            batch = null;
            writer.write(present);
        }
    }
}
