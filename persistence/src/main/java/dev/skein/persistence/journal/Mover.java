package dev.skein.persistence.journal;

import dev.skein.persistence.api.StoreRefusedException;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.protocol.message.MessageId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that brings what is still queued from the oldest segment to the tables, in pieces, and removes the segment
 * then. The number of the last record that the tables contain is committed with each piece: what is replayed after a
 * crash begins behind it.
 */
final class Mover {
    private static final Logger LOG = LoggerFactory.getLogger(Mover.class);

    /** Bounds of a piece: writes of sessions and retained messages wait for it. */
    private static final long PIECE_BYTES = 1 << 20;

    private static final int PIECE_ROWS = 1_000;
    private static final int REMOVALS_FEW = 1;
    private static final Duration LONG = Duration.ofMillis(20);
    /** What is on its way to a receiver has time to be acknowledged. */
    private static final Duration SETTLED = Duration.ofSeconds(1);

    private static final Duration TICK = Duration.ofMillis(500);
    /** The longest pause after failures. */
    private static final int PAUSE_TICKS = 10;

    private final Segments segments;
    private final JournalIndex index;
    private final Tables tables;
    private final Sequences sequences;
    private final Figures figures;
    private final SegmentScan.Damages damages;
    private final Runnable idle;
    private final Thread thread;
    private final Progress progress;

    private volatile boolean closing;
    private volatile String problem = "";

    /** @param begin where it begins, and what it asks now and then */
    Mover(
            Segments segments,
            JournalIndex index,
            Tables tables,
            Sequences sequences,
            Figures figures,
            SegmentScan.Damages damages,
            Begin begin) {
        this.segments = segments;
        this.index = index;
        this.tables = tables;
        this.sequences = sequences;
        this.figures = figures;
        this.damages = damages;
        this.idle = begin.idle();
        this.progress = new Progress(begin.highWater());
        this.thread = Thread.ofPlatform().name("skein-store-mover").daemon().unstarted(this::loop);
    }

    /** How far it is. Confined to its thread. */
    private static final class Progress {
        private long highWater;
        /** Up to here the tables refused a piece: each record goes alone. */
        private long refusedUpTo;
        /** How many messages may leave the tables in one piece: only they know how large these are. */
        private int removals = REMOVALS_FEW;

        Progress(long highWater) {
            this.highWater = highWater;
        }

        /** A piece that took long was too large. */
        void took(int removed, long nanos) {
            if (nanos > LONG.toNanos()) {
                removals = Math.max(1, Math.min(removals, removed) / 2);
            } else if (removed >= removals) {
                removals = Math.min(PIECE_ROWS, 2 * removals);
            }
        }
    }

    /**
     * Where it begins.
     *
     * @param highWater the last record that the tables contain
     * @param idle asked now and then whether the segment that is written to is to be moved
     */
    record Begin(long highWater, Runnable idle) {}

    /** Why nothing is moved, in one line; empty while it is. Any thread. */
    Optional<String> problem() {
        return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
    }

    void start() {
        thread.start();
    }

    /** Ends the thread after the piece that it is at. */
    void close(Duration patience) {
        closing = true;
        segments.wake();
        boolean interrupted = false;
        try {
            thread.join(patience);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        int failures = 0;
        while (!closing) {
            try {
                if (failures > 0) {
                    pause(failures);
                }
                Segment due = segments.awaitDue(SETTLED, TICK);
                if (due == null) {
                    idle.run();
                } else {
                    move(due);
                }
                failures = 0;
                problem = "";
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (IOException | StoreUnavailableException e) {
                failing(e, failures++ > 0, null);
            } catch (RuntimeException | Error e) { // a mistake of ours: without this thread publishers wait in vain
                failing(e, failures++ > 0, e);
            }
        }
    }

    /** The tables are away, or refuse. */
    private void pause(int failures) throws InterruptedException {
        long end = System.nanoTime() + TICK.toNanos() * Math.min(failures, PAUSE_TICKS);
        while (!closing && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(TICK.toMillis()); // house: RegexpSinglelineJava: nothing to wait for
        }
    }

    private void failing(Throwable e, boolean again, @Nullable Throwable shown) {
        problem = "messages of the journal do not get to the tables: " + (e.getMessage() == null ? e : e.getMessage());
        if (!again && !closing) {
            LOG.warn("The journal's messages stay where they are; trying again: {}", e.toString(), shown);
        }
    }

    private void move(Segment segment) throws IOException, InterruptedException {
        Move piece = new Move();
        long last = segment.last;
        if (index.live(segment) > 0 && last > progress.highWater) {
            // What the start has told is not told again.
            SegmentScan scan = new SegmentScan(segment, last + 1, segment.damaged ? (_, _, _) -> {} : damages);
            for (SegmentScan.Item item = scan.next(); item != null && !closing; item = scan.next()) {
                if (item.record().number() > progress.highWater && !add(segment, item, piece)) {
                    piece = new Move();
                }
            }
            if (!closing && scan.expected() <= last && !segment.damaged) {
                damages.found(segment, scan.offset(), segment.end()); // its end, behind which the scan finds nothing
            }
        }
        if (closing) {
            return;
        }
        piece.empties(segment.number());
        commit(piece, Math.max(last, progress.highWater));
        if (index.live(segment) > 0) {
            index.lost(segment);
        }
        tables.force();
        segments.drop(segment);
    }

    /** Adds a record to a piece; whether that can take more, else it is committed. */
    private boolean add(Segment segment, SegmentScan.Item item, Move piece) throws InterruptedException {
        long number = item.record().number();
        try {
            add(item, piece);
        } catch (IllegalStateException e) {
            passOver(segment, item, piece, e);
            return false;
        }
        if (number <= progress.refusedUpTo && piece.rows() > 0) {
            try {
                commit(piece, number);
            } catch (StoreRefusedException e) {
                commitAgain(segment, item, piece);
            }
            return false;
        }
        boolean full = piece.bytes() >= PIECE_BYTES || piece.rows() >= PIECE_ROWS;
        if (full || piece.removed().size() >= progress.removals) {
            commit(piece, number);
            return false;
        }
        return true;
    }

    /** A record that was refused alone: what refused it may have been in its way for a moment. */
    private void commitAgain(Segment segment, SegmentScan.Item item, Move piece) throws InterruptedException {
        commit(new Move(), progress.highWater); // when the tables do not take this, either, it is not the record
        try {
            commit(piece, item.record().number());
        } catch (StoreRefusedException e) {
            passOver(segment, item, new Move(), e);
        }
    }

    /**
     * One record that never gets to the tables does not keep the others from it. Not when the tables refuse a piece
     * without it, too: then it is not the record.
     *
     * @param before what stands before it and is not committed yet
     */
    private void passOver(Segment segment, SegmentScan.Item item, Move before, RuntimeException cause)
            throws InterruptedException {
        long number = item.record().number();
        commit(before, number);
        LOG.error("{}: record {} does not get to the tables and is passed over", segment, number, cause);
        damages.found(segment, item.offset(), item.offset() + item.length());
    }

    private void add(SegmentScan.Item item, Move piece) {
        Change change = RecordCodec.change(item.record());
        if (change instanceof Change.Append append) {
            List<Move.Row> rows = index.moving(append);
            if (!rows.isEmpty()) {
                Body body = RecordCodec.body(item.record());
                piece.add(
                        new Move.Message(new MessageId(append.sequence(), Journal.WRITER), body, rows), item.length());
            }
        }
        index.collect(change, item.record().number(), piece);
    }

    private void commit(Move piece, long number) throws InterruptedException {
        piece.reach(progress.highWater, number, sequences.last());
        long began = System.nanoTime();
        try {
            await(tables.move(piece).toCompletableFuture());
        } catch (StoreRefusedException e) {
            progress.refusedUpTo = Math.max(progress.refusedUpTo, number);
            throw e;
        }
        if (!piece.removed().isEmpty()) {
            progress.took(piece.removed().size(), System.nanoTime() - began);
        }
        progress.highWater = number;
        index.moved(piece);
        figures.moved.add(piece.rows());
    }

    /**
     * Waits for the tables, as long as it takes: a piece that is not committed yet may still be, and must not be given
     * twice.
     */
    private void await(CompletableFuture<Void> done) throws InterruptedException {
        while (true) {
            try {
                done.get(TICK.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof StoreRefusedException refused) {
                    throw new StoreRefusedException("move: " + refused.getMessage(), e);
                }
                throw new StoreUnavailableException("move: " + e.getMessage(), e);
            } catch (TimeoutException e) {
                if (closing) {
                    throw new StoreUnavailableException("move: not committed when the store closed", e);
                }
            }
        }
    }
}
