package dev.skein.node.trace;

import dev.skein.node.observe.Observers;
import dev.skein.persistence.trace.TraceQuery;
import dev.skein.persistence.trace.TraceStore;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is recorded on this node, and the search in it. Thread-safe. */
public final class Tracing {
    /** Name of the actor on each node. */
    public static final String NAME = "node-trace";

    private static final Logger LOG = LoggerFactory.getLogger(Tracing.class);
    private static final Duration SEARCH_MAX = Duration.ofSeconds(1);
    private static final int READERS = 2;
    private static final int WAITING_MAX = 100;

    private final Recorders recorders;
    private final @Nullable Opened files;

    /** What there is when there are files. */
    private record Opened(TraceStore store, TraceWriter writer, TraceLanes lanes, ExecutorService readers) {}

    private Tracing(Recorders recorders, @Nullable Opened files) {
        this.recorders = recorders;
        this.files = files;
    }

    /**
     * Opens the files, when something is to be recorded or was recorded before. Blocks on the disk.
     *
     * @param node incarnation of this node
     * @throws IllegalArgumentException naming the key, when something is to be recorded and there is no place for it
     */
    public static Tracing start(TracingSettings settings, long node, InstantSource clock) {
        Recorders nobody = new Recorders(Map.of());
        if (!settings.isOn() && !Files.isDirectory(settings.files().directory())) {
            return new Tracing(nobody, null);
        }
        TraceStore store;
        try {
            store = TraceStore.open(settings.files(), node);
        } catch (IOException e) {
            if (!settings.isOn()) {
                LOG.warn("traces of before cannot be read: {}", e.toString());
                return new Tracing(nobody, null);
            }
            throw new IllegalArgumentException(
                    "skein.trace.directory: %s (expected: a directory that can be written to, of this node alone)"
                            .formatted(e.getMessage() == null ? e.toString() : e.getMessage()),
                    e);
        }
        TraceWriter writer = new TraceWriter(store, clock, settings);
        TraceLanes lanes = new TraceLanes(writer);
        writer.start(lanes::handOverShared);
        Map<String, Recorder> byInstance = new HashMap<>();
        settings.instances().forEach((instance, rules) -> {
            if (rules.isOn()) {
                LOG.info("clients of instance {} are traced: {}", instance, rules.mode());
                byInstance.put(instance, new Recorder(instance, new Chosen(rules), lanes, clock));
            }
        });
        ExecutorService readers = new ThreadPoolExecutor(
                READERS,
                READERS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(WAITING_MAX),
                Thread.ofPlatform().name("skein-trace-reader-", 0).daemon().factory());
        return new Tracing(new Recorders(byInstance), new Opened(store, writer, lanes, readers));
    }

    /** Makes the observers that record. */
    public Observers.Source source() {
        return recorders;
    }

    /** These event loops record without a lock from now on. */
    public void serve(List<? extends EventExecutor> loops) {
        if (files != null) {
            files.lanes().serve(loops);
        }
    }

    /** While {@code now} says so, nothing is written to files: what is recorded then is lost. */
    public void holdBack(BooleanSupplier now) {
        if (files != null) {
            files.writer().holdBack(now);
        }
    }

    /** The actor through which other nodes ask. */
    public Behavior<TraceAsk> actor() {
        return Behaviors.receiveMessage(ask -> {
            TraceQuery query;
            try {
                query = ask.query();
            } catch (IllegalArgumentException e) {
                ask.replyTo().tell(TraceFound.failed(String.valueOf(e.getMessage())));
                return Behaviors.same();
            }
            find(query).thenAccept(ask.replyTo()::tell);
            return Behaviors.same();
        });
    }

    /** Looks for records of this node; completes on a thread of its own, and never fails. */
    CompletionStage<TraceFound> find(TraceQuery query) {
        Opened open = files;
        if (open == null) {
            return CompletableFuture.completedFuture(new TraceFound(List.of(), null, List.of(), ""));
        }
        try {
            long until = System.nanoTime() + SEARCH_MAX.toNanos(); // waiting for a reader counts, too
            return CompletableFuture.supplyAsync(() -> search(open.store(), query, until), open.readers())
                    .exceptionally(failure -> {
                        LOG.error("traces cannot be searched", failure);
                        return TraceFound.failed(failure.toString());
                    });
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(TraceFound.failed("too many searches wait"));
        }
    }

    private static TraceFound search(TraceStore store, TraceQuery query, long until) {
        try {
            return TraceFound.of(store.find(query, () -> System.nanoTime() - until > 0));
        } catch (IOException e) {
            LOG.warn("traces cannot be searched: {}", e.toString());
            return TraceFound.failed(e.toString());
        }
    }

    /** Records that were written to files since the start. */
    public long written() {
        return files == null ? 0 : files.writer().writtenCount();
    }

    /** Records that were lost since the start: there was no room for them, or they could not be written. */
    public long dropped() {
        return files == null ? 0 : files.writer().droppedCount();
    }

    /** Bytes of the files. */
    public long bytes() {
        return files == null ? 0 : files.store().bytes();
    }

    /** Event loops hand over what they have, before they end. */
    public void handOver() {
        if (files != null) {
            files.lanes().handOverAll();
        }
    }

    /** Writes what was handed over, and ends. */
    public void end() {
        if (files != null) {
            files.readers().shutdownNow();
            files.lanes().handOverShared();
            files.writer().end();
        }
    }
}
