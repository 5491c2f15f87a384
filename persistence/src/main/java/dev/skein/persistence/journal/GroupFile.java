package dev.skein.persistence.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where groups go: the segment that is written to, then the index. Confined to the writing thread. */
final class GroupFile {
    private static final Logger LOG = LoggerFactory.getLogger(GroupFile.class);
    /** So long a group waits for the tables at a time. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Segments segments;
    private final JournalIndex index;
    private final JournalSettings settings;
    private final Tables tables;
    private final Figures figures;
    /** Number of the next record. */
    private long next;
    /** Offset in the segment up to which everything is stored. */
    private long stored;
    /** The segment of which the tables were told, and whether they have noted it. */
    private long told;

    private CompletableFuture<Void> noted = CompletableFuture.completedFuture(null);

    /** @param next number of the next record */
    GroupFile(
            Segments segments,
            JournalIndex index,
            JournalSettings settings,
            Tables tables,
            Figures figures,
            long next) {
        this.segments = segments;
        this.index = index;
        this.settings = settings;
        this.tables = tables;
        this.figures = figures;
        this.next = next;
    }

    String place() {
        return segments.place();
    }

    /** Whether the bounds allow one more group. Only what the moving thread frees counts: the writer waits for it. */
    boolean hasRoom() {
        return segments.bytes() < settings.maxBytes() && index.movableBytes() < settings.maxIndexBytes();
    }

    /** Gives the moving thread what there is, and waits a moment for it. */
    void awaitRoom(Duration patience) throws InterruptedException {
        seal();
        segments.awaitRoom(patience);
    }

    /** Puts the records together. */
    void gather(List<Task> tasks, Group group) throws IOException, InterruptedException {
        group.begin();
        if (Group.hasRecords(tasks)) {
            group.begin(ready(), next, stored);
        }
        for (Task task : tasks) {
            group.add(task, this::flush);
        }
    }

    private Segment ready() throws IOException, InterruptedException {
        Segment active = segments.active();
        if (active != null && active.end() >= settings.segmentBytes()) {
            seal();
            active = null;
        }
        if (active == null) {
            active = segments.begin(next);
            stored = active.end();
        }
        note(active.number());
        return active;
    }

    /** The tables know of a file before anything in it counts: should it be missing at a start, they tell. */
    private void note(long segment) throws IOException, InterruptedException {
        if (told < segment) {
            told = segment;
            noted = tables.opened(segment).toCompletableFuture();
        }
        try {
            noted.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            told = segment - 1; // they are told once more
            throw new IOException("the database does not note " + Segment.name(segment) + ": " + e.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("the database does not note " + Segment.name(segment) + " yet", e);
        }
    }

    /** Stores the group. When it throws nothing of it counts. */
    void write(Group group) throws IOException {
        Segment segment = segments.active();
        if (group.records().size() == 0 || segment == null) {
            forceRest(group, segment);
            return;
        }
        long start = segment.end();
        try {
            segment.append(group.records().bytes());
        } catch (IOException e) {
            undo(segment, start, false, e);
            throw e;
        }
        if (settings.disk() && group.isAwaited()) {
            force(segment, start);
        } else if (!settings.disk()) {
            stored = segment.end();
        }
        apply(group, segment, start);
        next = group.next();
        figures.appended.add(group.appended());
    }

    /** Somebody waits for what earlier groups wrote, which nobody waited for then. */
    private void forceRest(Group group, @Nullable Segment segment) throws IOException {
        if (segment != null && settings.disk() && group.isAwaited() && stored < segment.end()) {
            force(segment, segment.end());
        }
    }

    private void force(Segment segment, long start) throws IOException {
        long began = System.nanoTime();
        try {
            segment.force();
        } catch (IOException e) {
            undo(segment, start, true, e); // nobody knows what the disk has of it: what counts begins anew
            throw e;
        }
        stored = segment.end();
        figures.forces.increment();
        figures.forceNanos.add(System.nanoTime() - began);
    }

    /** What a group has left does not count: it is cut off, or the next segment begins with the same number. */
    private void undo(Segment segment, long start, boolean givenUp, IOException cause) {
        try {
            segment.cut(start);
        } catch (IOException e) {
            cause.addSuppressed(e);
            segments.seal();
            return;
        }
        if (givenUp) {
            segments.seal();
        }
    }

    private void apply(Group group, Segment segment, long start) {
        ByteBuffer records = group.records().bytes();
        synchronized (index) {
            while (records.hasRemaining()) {
                int offset = records.position();
                RecordCodec.Framed record = RecordCodec.own(records);
                index.apply(
                        RecordCodec.change(record),
                        record.number(),
                        segment,
                        Math.toIntExact(start + offset),
                        records.position() - offset);
            }
        }
    }

    private void flush(CompletableFuture<Void> done) {
        seal();
        segments.whenMoved(done);
    }

    /** The segment that is written to goes to the moving thread. */
    void seal() {
        Segment active = segments.active();
        if (active != null && settings.disk() && stored < active.end()) {
            try {
                active.force();
            } catch (IOException e) {
                // Acknowledgements of receivers, for which nobody waits: what is lost of them is delivered again.
                LOG.error("{}/{} is not known to be on the disk", place(), active.name(), e);
            }
        }
        segments.seal();
    }
}
