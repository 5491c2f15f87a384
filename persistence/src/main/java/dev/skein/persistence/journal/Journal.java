package dev.skein.persistence.journal;

import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.JournalMetrics;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreMetrics;
import dev.skein.persistence.api.StoreUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal in front of the tables of the embedded store. Thread-safe; reads block on the thread of the reader,
 * nothing else does.
 */
public final class Journal {
    /** The writer in the identities of its messages, and its row in the table of writers. No node has this number. */
    public static final long WRITER = 1;

    /** An empty file of this name lets one start go on without what is missing. */
    public static final String LOSS_ACCEPTED = Replay.LOST;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final JournalFiles files;
    private final JournalIndex index;
    private final Segments segments;
    private final Tables tables;
    private final GroupWriter writer;
    private final Mover mover;
    private final JournalReads reads;
    private final Figures figures;
    private final Damage damage;
    /** The last one of {@link #moveIdle}; confined to the moving thread. */
    private CompletableFuture<Void> idleMove = CompletableFuture.completedFuture(null);

    /**
     * What the tables say at a start.
     *
     * @param highWater the last record that they contain
     * @param files which files there have to be
     * @param exchanging sessions with packet identifiers of QoS 2 exchanges
     */
    public record Start(long highWater, FileRange files, Collection<Long> exchanging) {}

    private Journal(JournalFiles files, JournalSettings settings, Tables tables, Sequences sequences, Opened opened) {
        this.files = files;
        this.tables = tables;
        this.index = opened.index;
        this.figures = opened.figures;
        this.damage = opened.damage;
        Replay replay = opened.replay;
        this.segments = new Segments(files, opened.salts, replay.segments(), replay.nextSegment());
        GroupFile file = new GroupFile(segments, index, settings, tables, figures, replay.last() + 1);
        Group group = new Group(index, tables, sequences, this::give);
        this.writer = new GroupWriter(group, file, figures, settings.groupCommands());
        Mover.Begin begin = new Mover.Begin(opened.highWater, () -> moveIdle(settings.idle()));
        this.mover = new Mover(segments, index, tables, sequences, figures, damage, begin);
        this.reads = new JournalReads(index, damage);
    }

    private record Opened(
            JournalIndex index, Figures figures, Damage damage, Replay replay, RandomGenerator salts, long highWater) {}

    /**
     * Reads what the process before has left. Nothing is written before {@link #start}.
     *
     * @param salts for the checksums of new files
     * @throws IllegalStateException when files are missing or damaged beyond use, saying what to do
     * @throws StoreUnavailableException when they cannot be read
     */
    public static Journal open(
            JournalFiles files,
            JournalSettings settings,
            Tables tables,
            Sequences sequences,
            Start start,
            RandomGenerator salts) {
        Figures figures = new Figures();
        JournalIndex index = new JournalIndex(start.exchanging());
        Damage damage = new Damage(files.place(), figures);
        Replay replay = new Replay(files, index, damage, start.highWater());
        try {
            replay.run(start.files());
        } catch (IOException e) {
            throw new StoreUnavailableException("journal: " + files.place() + " cannot be read: " + e, e);
        }
        sequences.passOver(replay.lastSequence());
        return new Journal(
                files,
                settings,
                tables,
                sequences,
                new Opened(index, figures, damage, replay, salts, start.highWater()));
    }

    /** Whether a file of this name is one of a journal. */
    public static boolean isFile(String name) {
        return Segment.number(name).isPresent();
    }

    /** Begins to write. */
    public void start() {
        Set<Long> missing = tables.missing(index.sessions());
        if (!missing.isEmpty()) {
            LOG.info("{} sessions of the journal are gone, and what was queued for them with them", missing.size());
        }
        missing.forEach(session -> give(new Task.Discard(session, true, new CompletableFuture<>())));
        writer.start();
        mover.start();
    }

    private void give(Task task) {
        writer.submit(task);
    }

    private void moveIdle(Duration idle) {
        // One at a time: a writer that cannot write would gather them.
        if (idleMove.isDone() && segments.age().compareTo(idle) > 0 && index.isWorthMoving(segments.active())) {
            idleMove = new CompletableFuture<>();
            give(new Task.Flush(idleMove));
        }
    }

    /** See {@link dev.skein.persistence.api.MessageStore#submit}. */
    public void submit(StoreCommand command) {
        give(new Task.Command(command));
    }

    /** See {@link dev.skein.persistence.api.MessageStore#onBatch}. */
    public void onBatch(Runnable hook) {
        writer.onBatch(hook);
    }

    /** A session was removed from the tables: what is here of it goes too. Completes when it has. */
    public CompletionStage<Void> discard(long sessionId) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        give(new Task.Discard(sessionId, false, done));
        return done;
    }

    /** Brings what was given so far to the tables, as far as it is still queued then. */
    public CompletionStage<Void> flush() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        give(new Task.Flush(done));
        return done;
    }

    /** See {@link dev.skein.persistence.api.MessageStore#page}; on the thread of the reader. */
    public <E extends Exception> QueuePage page(
            long sessionId, QueueCursor after, int maxMessages, int maxBytes, QueueTables<E> rows) throws E {
        return reads.page(sessionId, after, maxMessages, maxBytes, rows);
    }

    /** See {@link dev.skein.persistence.api.MessageStore#flowState}; on the thread of the reader. */
    public <E extends Exception> FlowState flowState(long sessionId, QueueTables<E> rows) throws E {
        return reads.flowState(sessionId, rows);
    }

    /** See {@link dev.skein.persistence.api.MessageStore#depth}; on the thread of the reader. */
    public <E extends Exception> long depth(long sessionId, QueueTables<E> rows) throws E {
        return reads.depth(sessionId, rows);
    }

    /** Runs {@code copying} while no file is removed. On the thread of the caller, one at a time. */
    public void whileFilesStay(Copying copying) throws IOException {
        segments.hold();
        try {
            copying.run();
        } finally {
            segments.release();
        }
    }

    /** Something that copies files. */
    public interface Copying {
        /** Blocks. */
        void run() throws IOException;
    }

    /** Bytes that wait to be written. */
    public long pendingBytes() {
        return writer.pendingBytes();
    }

    /** What is wrong with it, in one line. */
    public Optional<String> problem() {
        return writer.problem().or(mover::problem);
    }

    /** What of it cannot be read, the first piece, in one line. */
    public Optional<String> damage() {
        return damage.first();
    }

    /** Figures of the store: those of the tables with those of the journal. */
    public StoreMetrics metrics(StoreMetrics behind) {
        return new StoreMetrics(
                behind.commits() + figures.groups.sum(),
                behind.appended() + figures.appended.sum(),
                behind.removed() + index.removed(),
                behind.commitNanos() + figures.groupNanos.sum(),
                behind.failures() + figures.failures.sum(),
                new JournalMetrics(
                        segments.bytes(),
                        index.bytes(),
                        figures.forces.sum(),
                        figures.forceNanos.sum(),
                        figures.moved.sum(),
                        figures.waits.sum(),
                        figures.damages.get()),
                behind.damagedRows());
    }

    /** Writes what was given and brings it to the tables, at the longest for {@code patience} each. */
    public void close(Duration patience) {
        writer.close(patience);
        CompletableFuture<Void> moved = new CompletableFuture<>();
        segments.whenMoved(moved);
        boolean isEmpty = isDone(moved, patience);
        mover.close(patience);
        if (!isEmpty) {
            LOG.warn(
                    "The journal {} still holds messages, which the next start reads; a release without a journal"
                            + " would not find them",
                    files.place());
        }
        segments.close();
    }

    private static boolean isDone(CompletableFuture<Void> done, Duration patience) {
        try {
            done.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
