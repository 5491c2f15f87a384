package dev.skein.node.trace;

import dev.skein.persistence.trace.TraceBatch;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where records are written: each event loop has a lane of its own, and everybody else shares one behind a lock.
 * Thread-safe.
 */
final class TraceLanes {
    private final FastThreadLocal<@Nullable TraceLane> mine = new FastThreadLocal<>();
    private final TraceLane shared;
    private final TraceWriter writer;
    private volatile List<? extends EventExecutor> loops = List.of();

    TraceLanes(TraceWriter writer) {
        this.writer = writer;
        this.shared = new TraceLane(writer, null);
    }

    /** These event loops have lanes from now on. */
    void serve(List<? extends EventExecutor> all) {
        loops = List.copyOf(all);
        all.forEach(loop -> loop.execute(() -> mine.set(new TraceLane(writer, loop))));
    }

    /** The lane of the event loop that this runs on; null elsewhere: {@link #elsewhere} is for that. */
    @Nullable
    TraceLane mine() {
        return mine.get();
    }

    /** Runs {@code record} with a batch, under the lock of those that are no event loop; not when there is none. */
    void elsewhere(Consumer<TraceBatch> record) {
        synchronized (shared) {
            TraceBatch batch = shared.open();
            if (batch != null) {
                record.accept(batch);
            }
        }
    }

    /** Hands over what those have recorded that are no event loop. */
    void handOverShared() {
        synchronized (shared) {
            shared.handOver();
        }
    }

    /** Has event loops hand over what they have, before they end. */
    void handOverAll() {
        loops.forEach(loop -> loop.execute(() -> {
            TraceLane lane = mine.get();
            if (lane != null) {
                lane.handOver();
            }
        }));
    }
}
