package dev.skein.persistence.jdbc.write;

import dev.skein.persistence.api.StoreMetrics;
import dev.skein.persistence.api.StoreRefusedException;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.jdbc.sql.Connections;
import dev.skein.persistence.jdbc.sql.DamagedRow;
import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.persistence.jdbc.sql.LostCommitsException;
import dev.skein.persistence.jdbc.sql.SqlErrors;
import dev.skein.persistence.journal.Move;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. It takes everything that waits, commits it as one transaction and tells the callers, so
 * the cost of a commit is shared by all that arrived during the one before.
 *
 * <p>A database that fails keeps the batch waiting: it is tried again, with growing pauses, until it is committed. A
 * batch that holds something the database refuses for good is halved until the culprit stands alone and fails.
 */
public final class Committer {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

    private static final int PARTS_OF_HEAP = 64;

    /**
     * Bounds of one transaction beside the number of writes. H2 holds its bytes several times, some of them in one
     * piece: as a statement, as pages, as the chunk of its file.
     */
    private static final long MAX_BATCH_BYTES =
            Math.clamp(Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP, 1 << 20, 16 << 20);

    private static final int MAX_BATCH_ROWS = 20_000;

    /** So often one write waits for a row that nobody else has before it is given up. */
    private static final int WAITS_IN_VAIN = 3;

    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long LOG_INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();

    private final ConcurrentLinkedDeque<Write> queue = new ConcurrentLinkedDeque<>();
    private final AtomicLong pendingBytes = new AtomicLong();
    private final WriterConnection connection;
    private final Connections connections;
    private final Sequence sequence;
    private final BodyCounts bodies;
    private final int maxWrites;
    private final long writer;
    private final Thread thread;

    private volatile Runnable hook = () -> {};
    private volatile Consumer<List<Write>> observer = _ -> {};
    private volatile boolean parked;
    private volatile boolean closing;
    private volatile boolean ended;
    private volatile long giveUpAt;
    private volatile @Nullable String problem;

    private volatile StoreMetrics metrics = new StoreMetrics(0, 0, 0, 0, 0);
    private boolean logged;
    private long loggedAt;

    Committer(
            WriterConnection connection,
            Connections connections,
            Sequence sequence,
            BodyCounts bodies,
            int maxWrites,
            long writer) {
        this.connection = connection;
        this.connections = connections;
        this.sequence = sequence;
        this.bodies = bodies;
        this.maxWrites = maxWrites;
        this.writer = writer;
        this.thread = Thread.ofPlatform().name("skein-store-writer").daemon().unstarted(this::loop);
    }

    /**
     * Takes over the writer's row in the database. Nothing is written before {@link #start}.
     *
     * @param writer the id under which this process writes
     * @param maxWrites writes in one transaction at the most
     * @param clock for message ids
     * @param disk whether a commit that somebody waits for is to be on the disk of the embedded database
     * @param damages told of rows that are not what was written
     */
    public static Committer open(
            Connections connections,
            Dialect dialect,
            long writer,
            int maxWrites,
            InstantSource clock,
            boolean disk,
            DamagedRow.Listener damages)
            throws SQLException {
        BodyCounts bodies = new BodyCounts();
        WriterConnection connection = new WriterConnection(
                connections::open, dialect, new PlanRunner(dialect, bodies, damages), writer, disk);
        try {
            Sequence sequence = new Sequence(clock, connection.claim());
            Committer committer = new Committer(connection, connections, sequence, bodies, maxWrites, writer);
            List<Long> discarded = connection.discarded();
            if (!discarded.isEmpty()) {
                committer.submit(new Write.DropDiscarded(discarded, new CompletableFuture<>()));
            }
            return committer;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** @param observer sees the writes of each commit on the writing thread, before their callers are told */
    public void start(Consumer<List<Write>> observer) {
        this.observer = observer;
        thread.start();
    }

    /** Undoes {@link #open}: nothing was started. */
    public void abandon() {
        connection.close();
    }

    /** What message ids are made of. Any thread. */
    public Sequence sequence() {
        return sequence;
    }

    /** This process's mark in the writer's row. Any thread. */
    public UUID owner() {
        return connection.owner();
    }

    /** @param hook runs on the writing thread after each batch, once its callers were told */
    public void onBatch(Runnable hook) {
        this.hook = hook;
    }

    /** Any thread. Writes of one thread are written in the order of its calls, unless one is urgent. */
    public void submit(Write write) {
        if (closing) {
            write.failed(closed());
            return;
        }
        pendingBytes.addAndGet(write.bytes());
        if (write.isUrgent()) {
            queue.addFirst(write);
        } else {
            queue.add(write);
        }
        if (parked) {
            LockSupport.unpark(thread);
        }
        if (ended) {
            failRest();
        }
    }

    /** What the writes that wait take, see {@link Write#bytes}. Any thread. */
    public long pendingBytes() {
        return pendingBytes.get();
    }

    public StoreMetrics metrics() {
        return metrics;
    }

    /** Why the database does not commit, in one line; empty while it does. Any thread. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** A reader met a database that fails: finds out whether it commits, and keeps {@link #problem} until it does. */
    public void suspect(Throwable failure) {
        if (problem == null && !closing) {
            problem = SqlErrors.text(failure);
            connections.reset();
            submit(new Write.Probe(new CompletableFuture<>()));
        }
    }

    /** Commits what waits, at the longest for {@code patience} while the database fails, and ends the thread. */
    public void close(Duration patience) {
        giveUpAt = System.nanoTime() + patience.toNanos();
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        try {
            for (List<Write> batch = take(); !batch.isEmpty(); batch = take()) {
                long last = sequence.last();
                for (Write write : batch) {
                    int sequences = write.sequences();
                    if (sequences > 0) {
                        write.assign(sequence.take(sequences), writer);
                        last = sequence.last();
                    }
                }
                commit(batch, last);
                runHook();
            }
        } catch (RuntimeException | Error e) {
            problem = "The writing thread ended: " + e;
            LOG.error("The writing thread ended", e);
        } finally {
            closing = true;
            ended = true;
            connection.close();
            failRest();
        }
    }

    /** Waits for writes; empty when closing and nothing is left. */
    private List<Write> take() {
        List<Write> batch = new ArrayList<>();
        while (true) {
            long bytes = 0;
            long rows = 0;
            while (batch.size() < maxWrites && bytes < MAX_BATCH_BYTES && rows < MAX_BATCH_ROWS) {
                Write write = queue.poll();
                if (write == null) {
                    break;
                }
                batch.add(write);
                bytes += write.bytes();
                rows += write.rows();
            }
            if (!batch.isEmpty() || closing) {
                return batch;
            }
            parked = true;
            if (queue.isEmpty() && !closing) {
                LockSupport.park(this);
            }
            parked = false;
        }
    }

    private void commit(List<Write> all, long last) {
        long pause = FIRST_PAUSE_NANOS;
        int waits = 0;
        List<Write> writes = all;
        while (true) {
            boolean lost = false;
            if (!connection.inDoubt()) { // else all of it may be committed, and those who gave it must hear of it
                writes = wanted(writes);
            }
            try {
                long started = System.nanoTime();
                PlanRunner.Outcome outcome = connection.run(writes, last);
                if (outcome == null) {
                    connection.rollback(false);
                    continue;
                }
                count(outcome, System.nanoTime() - started);
                recovered();
                committed(writes, outcome);
                return;
            } catch (SQLException e) {
                boolean stuck = SqlErrors.waitedInVain(e) && (writes.size() > 1 || ++waits == WAITS_IN_VAIN);
                boolean refused = (stuck || SqlErrors.refusesData(e)) && !connection.inDoubt();
                lost = SqlErrors.lostToAnother(e);
                connection.rollback(!refused && !lost);
                if (refused) {
                    split(writes, last, e);
                    return;
                }
                if (lost) {
                    LOG.debug("Another node was in the way of a commit; trying again at once", e);
                } else {
                    failing(e);
                }
            } catch (RuntimeException e) { // not the database but what it was given, or a mistake of ours
                connection.rollback(true);
                if (!connection.inDoubt()) {
                    split(writes, last, e);
                    return;
                }
                failing(new SQLException(e));
            }
            if (closing && System.nanoTime() - giveUpAt >= 0) {
                connection.giveUp();
                writes.forEach(write -> fail(write, closed()));
                return;
            }
            if (!lost) {
                pause(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            }
        }
    }

    private List<Write> wanted(List<Write> writes) {
        if (writes.stream().allMatch(Write::isWanted)) {
            return writes;
        }
        List<Write> rest = new ArrayList<>(writes.size());
        for (Write write : writes) {
            if (write.isWanted()) {
                rest.add(write);
            } else {
                pendingBytes.addAndGet(-write.bytes());
                safely(write::passedOver);
            }
        }
        return rest;
    }

    /** Parts what the database refused until the bad write stands alone; order stays. */
    private void split(List<Write> writes, long last, Exception cause) {
        if (writes.size() == 1) {
            LOG.error(
                    "Refused by the database: {}", writes.getFirst().getClass().getSimpleName(), cause);
            String text = "refused: " + SqlErrors.text(cause);
            fail(
                    writes.getFirst(),
                    cause instanceof LostCommitsException
                            ? new StoreUnavailableException(text, cause)
                            : new StoreRefusedException(text, cause));
            return;
        }
        int middle = writes.size() / 2;
        commit(writes.subList(0, middle), last);
        commit(writes.subList(middle, writes.size()), last);
    }

    private void committed(List<Write> writes, PlanRunner.Outcome outcome) {
        bodies.subtract(outcome.fromBodies);
        for (Write write : writes) {
            pendingBytes.addAndGet(-write.bytes());
            if (write instanceof Write.Append append
                    && append.isNew()
                    && append.command().receivers().size() > 1) {
                bodies.add(append.id(), append.command().receivers().size());
            } else if (write instanceof Write.Move(Move piece, var _)) {
                piece.messages().stream()
                        .filter(message -> message.rows().size() > 1)
                        .forEach(message ->
                                bodies.add(message.id(), message.rows().size()));
            }
        }
        if (!outcome.discarded.isEmpty()) {
            submit(new Write.DropDiscarded(outcome.discarded, new CompletableFuture<>()));
        }
        safely(() -> observer.accept(writes));
        for (Write write : writes) {
            safely(write::committed);
        }
    }

    private void fail(Write write, StoreUnavailableException cause) {
        pendingBytes.addAndGet(-write.bytes());
        safely(() -> write.failed(cause));
    }

    private void failRest() {
        for (Write write = queue.poll(); write != null; write = queue.poll()) {
            fail(write, closed());
        }
    }

    private void runHook() {
        safely(hook);
    }

    private void count(PlanRunner.Outcome outcome, long nanos) {
        StoreMetrics old = metrics;
        metrics = new StoreMetrics(
                old.commits() + 1,
                old.appended() + outcome.appended,
                old.removed() + outcome.removed,
                old.commitNanos() + nanos,
                old.failures());
    }

    private void failing(SQLException e) {
        StoreMetrics old = metrics;
        metrics = new StoreMetrics(old.commits(), old.appended(), old.removed(), old.commitNanos(), old.failures() + 1);
        problem = SqlErrors.text(e);
        connections.reset();
        if (!logged || System.nanoTime() - loggedAt >= LOG_INTERVAL_NANOS) {
            LOG.error("The database does not commit; trying again: {}", SqlErrors.text(e), logged ? null : e);
            logged = true;
            loggedAt = System.nanoTime();
        }
    }

    private void recovered() {
        if (logged) {
            LOG.info("The database commits again");
            logged = false;
        }
        problem = null;
    }

    private void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !closing; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
        if (closing) {
            LockSupport.parkNanos(this, FIRST_PAUSE_NANOS);
        }
    }

    private static void safely(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("A listener failed", e);
        }
    }

    private static StoreUnavailableException closed() {
        return new StoreUnavailableException("the store is closed", new IllegalStateException("closed"));
    }
}
