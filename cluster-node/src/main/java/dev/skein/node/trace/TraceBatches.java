package dev.skein.node.trace;

import dev.skein.persistence.trace.TraceBatch;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The batches of a node: only so many, and only so many records in a second. Thread-safe. */
final class TraceBatches {
    /** Bytes of a batch: a few hundred records. */
    private static final int BYTES = 1 << 15;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final BlockingQueue<TraceBatch> free;
    private final BlockingQueue<TraceBatch> full;
    /** Batches that may still be made: most nodes need few. */
    private final AtomicInteger unmade;

    private final int maxRate;
    private final AtomicLong secondBegan = new AtomicLong(System.nanoTime());
    /** Records of batches that were filled in this second. */
    private final AtomicInteger filled = new AtomicInteger();

    TraceBatches(TracingSettings settings) {
        int batches = (int) (settings.buffer() / BYTES);
        this.free = new ArrayBlockingQueue<>(batches);
        this.full = new ArrayBlockingQueue<>(batches + 1); // one more to wake the writer
        this.unmade = new AtomicInteger(batches);
        this.maxRate = settings.maxRate();
    }

    /** An empty one; null: there is none, or this second has had its records. */
    @Nullable
    TraceBatch take() {
        if (isSpent()) {
            return null;
        }
        TraceBatch used = free.poll();
        if (used != null || unmade.get() <= 0) {
            return used;
        }
        return unmade.getAndDecrement() > 0 ? new TraceBatch(BYTES) : null;
    }

    /** Until a second has had its records, they are without gaps. */
    private boolean isSpent() {
        long now = System.nanoTime();
        long began = secondBegan.get();
        if (now - began >= SECOND && secondBegan.compareAndSet(began, now)) {
            filled.set(0);
        }
        return filled.get() >= maxRate;
    }

    /** What {@link #take} gave is to be written. */
    void fill(TraceBatch batch) {
        filled.addAndGet(batch.records());
        full.add(batch); // there are no more batches than places
    }

    /** The next one to be written; null when none comes within {@code millis}. */
    @Nullable
    TraceBatch next(long millis) throws InterruptedException {
        return full.poll(millis, TimeUnit.MILLISECONDS);
    }

    /** Who waits in {@link #next} need not wait longer. */
    void wake() {
        var _ = full.offer(new TraceBatch(BYTES));
    }

    /** It was written. */
    void free(TraceBatch batch) {
        batch.clear();
        var _ = free.offer(batch);
    }
}
