package dev.skein.node.trace;

import dev.skein.persistence.trace.TraceBatch;
import dev.skein.persistence.trace.TraceStore;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings batches of records to the files, on a thread of its own. There are only so many batches, and so many records
 * in a second: beyond them records are dropped and counted. Thread-safe.
 */
final class TraceWriter {
    private static final Logger LOG = LoggerFactory.getLogger(TraceWriter.class);
    private static final int POLL_MILLIS = 100;
    private static final long SWEEP_MILLIS = 60_000;
    private static final long SAY_MILLIS = 60_000;
    private static final int END_SECONDS = 10;

    private final TraceStore store;
    private final InstantSource clock;
    private final TraceBatches batches;
    private final LongAdder written = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private @Nullable Thread thread;
    private volatile BooleanSupplier heldBack = () -> false;
    private volatile boolean ending;
    private long sweptAt;
    private long saidAt;

    /** Writes nothing before {@link #start}. */
    TraceWriter(TraceStore store, InstantSource clock, TracingSettings settings) {
        this.store = store;
        this.clock = clock;
        this.batches = new TraceBatches(settings);
        this.sweptAt = clock.millis();
    }

    /** Begins to write; {@code eachPoll} runs on the writing thread several times a second. */
    void start(Runnable eachPoll) {
        thread = Thread.ofPlatform().name("skein-trace-writer").daemon().start(() -> run(eachPoll));
    }

    /** An empty batch; null: there is none, and nothing may be recorded. */
    @Nullable
    TraceBatch take() {
        return batches.take();
    }

    /** What {@link #take} gave is to be written. */
    void write(TraceBatch batch) {
        batches.fill(batch);
    }

    /** So many records found no batch. */
    void dropped(long records) {
        dropped.add(records);
    }

    /** Records in files since the start. */
    long writtenCount() {
        return written.sum();
    }

    /** Records that were lost since the start. */
    long droppedCount() {
        return dropped.sum();
    }

    private void run(Runnable eachPoll) {
        try {
            while (true) {
                TraceBatch batch = batches.next(ending ? 0 : POLL_MILLIS);
                if (batch != null) {
                    append(batch);
                } else if (ending) {
                    break;
                }
                eachPoll.run();
                sweep();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    /** While it says so, nothing is written: what comes is dropped and counted. */
    void holdBack(BooleanSupplier now) {
        heldBack = now;
    }

    private void append(TraceBatch batch) {
        int records = batch.records();
        try {
            if (heldBack.getAsBoolean()) {
                dropped.add(records);
                return;
            }
            store.append(batch, clock.millis());
            written.add(records);
        } catch (IOException e) {
            dropped.add(records);
            say(e);
        } finally {
            batches.free(batch);
        }
    }

    private void sweep() {
        long now = clock.millis();
        if (Math.abs(now - sweptAt) >= SWEEP_MILLIS) {
            sweptAt = now;
            try {
                store.keepWithin(now);
            } catch (IOException e) {
                say(e);
            }
        }
    }

    private void say(IOException failure) {
        long now = clock.millis();
        if (Math.abs(now - saidAt) >= SAY_MILLIS) {
            saidAt = now;
            LOG.warn(
                    "traces are not written: {}; what is recorded meanwhile is lost (skein_trace_dropped_total)",
                    failure.toString());
        }
    }

    private void close() {
        try {
            store.close();
        } catch (IOException e) {
            LOG.warn("traces: the index of the last file was not written, a start makes it again: {}", e.toString());
        }
    }

    /** Writes what it has been given, and ends. May block for some seconds. */
    void end() {
        ending = true;
        batches.wake();
        Thread writing = thread;
        try {
            if (writing != null && !writing.join(Duration.ofSeconds(END_SECONDS))) {
                LOG.warn("traces: not all of them were written within {} s", END_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
