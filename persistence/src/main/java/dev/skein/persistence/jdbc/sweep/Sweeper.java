package dev.skein.persistence.jdbc.sweep;

import dev.skein.persistence.api.DropListener;
import dev.skein.persistence.api.DropListener.Reason;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreRefusedException;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.jdbc.read.Reads;
import dev.skein.persistence.jdbc.sql.Connections;
import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.persistence.jdbc.sql.SqlErrors;
import dev.skein.persistence.jdbc.write.Committer;
import dev.skein.persistence.jdbc.write.Sequence;
import dev.skein.persistence.jdbc.write.Write;
import dev.skein.persistence.journal.Body;
import dev.skein.persistence.journal.Move;
import dev.skein.persistence.schema.Database;
import dev.skein.protocol.message.MessageId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the queues within their bounds: by age, by session, by instance; and removes bodies that no queue needs.
 *
 * <p>It reads what must go on its own thread and has the {@link Committer} remove it in pieces, so that the only writer
 * stays the only writer. A session or an instance is counted when this process has added a tenth of its bound since the
 * last count, so counting costs little and a bound is passed by a tenth at the most for each node.
 */
public final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

    /** Rows removed in one transaction, fewer when they are large. */
    private static final int PIECE = 1_000;

    /** Bodies looked at in one sweep: {@value} pieces, and more while half of them go. */
    private static final int BODY_PIECES = 20;

    private static final int SHARE = 10;
    private static final int MAX_COUNTED_SESSIONS = 100_000;
    private static final long HOUSEKEEPING_MILLIS = 500;
    private static final long TRIM_AGAIN_MILLIS = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Dialect dialect;
    private final Committer committer;
    private final Reads reads;
    private final SweepLock lock;
    private final StoreSettings settings;
    private final AgeClock clock;
    private final DropListener drops;
    private final ScheduledExecutorService thread;

    /** What was added since the last count; confined to the writing thread. */
    private final Map<Long, Added> bySession = new HashMap<>();

    private final Map<String, Added> byInstance = new HashMap<>();
    /** To be counted. */
    private final Set<Long> dueSessions = ConcurrentHashMap.newKeySet();

    private final Set<String> dueInstances = ConcurrentHashMap.newKeySet();
    /** Sessions removed by this node since the last sweep. */
    private final Queue<Long> removed = new ConcurrentLinkedQueue<>();

    private final List<Long> removedEarlier = new ArrayList<>();
    private long bodiesRead;
    private long housekeptAt;

    public Sweeper(
            Dialect dialect,
            Connections connections,
            Committer committer,
            Reads reads,
            StoreSettings settings,
            AgeClock clock,
            DropListener drops) {
        this.dialect = dialect;
        this.committer = committer;
        this.reads = reads;
        this.lock = new SweepLock(connections, dialect);
        this.settings = settings;
        this.clock = clock;
        this.drops = drops;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("skein-store-sweeper").daemon().factory());
    }

    public void start() {
        repeat(settings.sweepInterval().toMillis(), this::sweep);
        if (dialect.database() == Database.H2) {
            repeat(HOUSEKEEPING_MILLIS, this::keepHouse);
        }
    }

    private void repeat(long millis, SweepLock.Task task) {
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(() -> guarded(task), millis, millis, TimeUnit.MILLISECONDS);
    }

    private void keepHouse() throws SQLException {
        long commits = committer.metrics().commits();
        if (commits != housekeptAt) {
            reads.now(connection -> {
                H2Housekeeping.step(connection);
                return commits;
            });
            housekeptAt = commits;
        }
    }

    /** No task starts after this; one that runs ends when the store is closed. Nothing is interrupted. */
    public void stop() {
        thread.shutdown();
    }

    /** Waits for a task that runs, at the longest for {@code patience}: it holds a connection. */
    public void await(Duration patience) {
        try {
            if (!thread.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("The sweep still runs at close");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** For tests: one sweep now; the stage completes after it. */
    public CompletableFuture<Void> sweepNow() {
        return CompletableFuture.runAsync(() -> guarded(this::sweep), thread);
    }

    /** Sees each commit, on the writing thread. */
    public void observe(List<Write> writes) {
        boolean due = false;
        for (Write write : writes) {
            if (write instanceof Write.Append append && append.isNew()) {
                StoreCommand.Append command = append.command();
                for (StoreCommand.Receiver receiver : command.receivers()) {
                    due |= observe(receiver.sessionId(), command.bytes());
                }
                observe(command.instance(), command.receivers().size(), command.bytes());
            } else if (write instanceof Write.Move(Move piece, var _)) {
                due |= observe(piece);
            } else if (write instanceof Write.DeleteSession delete) {
                removed.add(delete.session().id());
            }
        }
        if (bySession.size() > MAX_COUNTED_SESSIONS) {
            bySession.clear();
        }
        if (due) {
            try {
                thread.execute(() -> guarded(this::trimDueSessions));
            } catch (RejectedExecutionException e) {
                LOG.trace("Closing", e);
            }
        }
    }

    private boolean observe(Move piece) {
        boolean due = false;
        for (Move.Message message : piece.messages()) {
            Body body = message.body();
            long bytes = (long) body.content().bytes() + body.topic().length();
            for (Move.Row row : message.rows()) {
                due |= observe(row.sessionId(), bytes);
            }
            observe(body.instance(), message.rows().size(), bytes);
        }
        return due;
    }

    /** What was added to a queue or to those of an instance. */
    private static final class Added {
        private long rows;
        private long bytes;

        /** Whether it is a share of a bound by now. */
        boolean add(long more, long each, long maxRows, long maxBytes) {
            rows += more;
            bytes += more * each;
            return rows >= Math.max(1, maxRows / SHARE) || bytes >= Math.max(1, maxBytes / SHARE);
        }
    }

    private boolean observe(long session, long bytes) {
        Added added = bySession.computeIfAbsent(session, _ -> new Added());
        if (!added.add(1, bytes, settings.maxSessionMessages(), settings.maxSessionBytes())) {
            return false;
        }
        bySession.remove(session);
        return dueSessions.add(session);
    }

    private void observe(String instance, long rows, long bytes) {
        if (instance.equals(SessionKey.SPOOLS)) {
            return; // whoever has them keeps them within bounds
        }
        Added added = byInstance.computeIfAbsent(instance, _ -> new Added());
        if (added.add(rows, bytes, settings.maxInstanceMessages(), settings.maxInstanceBytes())) {
            byInstance.remove(instance);
            dueInstances.add(instance);
        }
    }

    /** One sweep, as the timer does it. Blocks; on the sweeping thread. */
    private void sweep() throws SQLException, InterruptedException {
        dropLeft();
        if (!lock.tryRun(this::sweepAlone)) {
            LOG.debug("Another node sweeps");
        }
    }

    private void sweepAlone() throws SQLException, InterruptedException {
        expire();
        trimSessions();
        trimInstances();
        dropBodies();
    }

    /** On its own thread, soon after a queue may have passed its bound. */
    private void trimDueSessions() throws SQLException, InterruptedException {
        if (!lock.tryRun(this::trimSessions) && !thread.isShutdown()) {
            ScheduledFuture<?> unused =
                    thread.schedule(() -> guarded(this::trimDueSessions), TRIM_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Removes what other nodes added to sessions before they knew of their removal. Sessions wait for one sweep at
     * least; those of a node that ends meanwhile go by age.
     */
    private void dropLeft() throws InterruptedException {
        List<Long> sessions = new ArrayList<>(removedEarlier);
        removedEarlier.clear();
        for (Long session = removed.poll(); session != null; session = removed.poll()) {
            removedEarlier.add(session);
        }
        for (int from = 0; from < sessions.size(); from += PIECE) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            List<Long> piece = List.copyOf(sessions.subList(from, Math.min(sessions.size(), from + PIECE)));
            committer.submit(new Write.DropDiscarded(piece, done));
            await(done);
        }
    }

    private void guarded(SweepLock.Task task) {
        try {
            task.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException | StoreUnavailableException e) {
            LOG.warn("Sweep put off: {}", SqlErrors.text(e));
            if (e instanceof SQLException) {
                reads.unavailable("sweep", e);
            }
        } catch (RuntimeException e) { // the next one is due all the same
            LOG.error("Sweep failed", e);
        }
    }

    private void expire() throws SQLException, InterruptedException {
        long before =
                Sequence.floor(reads.now(clock::millis) - settings.maxAge().toMillis());
        long from = Long.MIN_VALUE;
        while (true) {
            long after = from;
            List<SweepRows.Row> rows = reads.now(connection -> SweepRows.oldest(connection, after, before, PIECE));
            if (rows.isEmpty()) {
                return;
            }
            from = rows.getLast().key().rowSequence();
            Map<String, List<Write.QueueRow>> byOwner = new HashMap<>();
            for (SweepRows.Row row : rows) {
                if (row.instance().equals(SessionKey.SPOOLS)) {
                    continue;
                }
                byOwner.computeIfAbsent(row.instance(), _ -> new ArrayList<>()).add(row.key());
            }
            for (Map.Entry<String, List<Write.QueueRow>> owner : byOwner.entrySet()) {
                trim(owner.getKey(), Reason.EXPIRED, owner.getValue());
            }
        }
    }

    private void trimSessions() throws SQLException, InterruptedException {
        for (long session : new HashSet<>(dueSessions)) {
            dueSessions.remove(session);
            SweepRows.Held held = reads.now(connection -> SweepRows.held(connection, session));
            Excess excess = new Excess(held, settings.maxSessionMessages(), settings.maxSessionBytes());
            while (excess.isLeft()) {
                List<SweepRows.Row> rows = reads.now(connection -> SweepRows.oldestOf(connection, session, PIECE));
                if (rows.isEmpty() || rows.getFirst().instance().equals(SessionKey.SPOOLS)) {
                    break;
                }
                trim(rows.getFirst().instance(), Reason.SESSION_QUEUE_FULL, excess.take(rows));
            }
        }
    }

    /** How much is to go, oldest first. */
    private static final class Excess {
        private long rows;
        private long bytes;

        Excess(SweepRows.Held held, long maxRows, long maxBytes) {
            rows = held.rows() - maxRows;
            bytes = held.bytes() - maxBytes;
        }

        boolean isLeft() {
            return rows > 0 || bytes > 0;
        }

        /** Those of {@code oldest} that go. */
        List<Write.QueueRow> take(List<SweepRows.Row> oldest) {
            List<Write.QueueRow> gone = new ArrayList<>(oldest.size());
            for (SweepRows.Row row : oldest) {
                if (!isLeft()) {
                    break;
                }
                gone.add(row.key());
                rows--;
                bytes -= row.bytes();
            }
            return gone;
        }
    }

    private void trimInstances() throws SQLException, InterruptedException {
        for (String instance : new HashSet<>(dueInstances)) {
            dueInstances.remove(instance);
            SweepRows.Held held = reads.now(connection -> SweepRows.held(connection, instance));
            Excess excess = new Excess(held, settings.maxInstanceMessages(), settings.maxInstanceBytes());
            long from = Long.MIN_VALUE;
            while (excess.isLeft()) {
                long after = from;
                List<SweepRows.Row> rows =
                        reads.now(connection -> SweepRows.oldest(connection, after, Long.MAX_VALUE, PIECE));
                if (rows.isEmpty()) {
                    break;
                }
                from = rows.getLast().key().rowSequence();
                List<Write.QueueRow> own = excess.take(rows.stream()
                        .filter(row -> row.instance().equals(instance))
                        .toList());
                if (!own.isEmpty()) {
                    trim(instance, Reason.INSTANCE_STORE_FULL, own);
                }
            }
        }
    }

    private void trim(String instance, Reason reason, List<Write.QueueRow> rows) throws InterruptedException {
        long removed = remove(rows);
        if (removed > 0 && !instance.isEmpty()) {
            drops.dropped(instance, reason, removed);
        }
    }

    /** A damaged row that the database does not remove keeps no other one from going. */
    private long remove(List<Write.QueueRow> rows) throws InterruptedException {
        CompletableFuture<Long> done = new CompletableFuture<>();
        committer.submit(new Write.Trim(rows, done));
        try {
            return await(done);
        } catch (StoreRefusedException e) {
            int half = rows.size() / 2;
            return half == 0 ? 0 : remove(rows.subList(0, half)) + remove(rows.subList(half, rows.size()));
        }
    }

    private void dropBodies() throws SQLException, InterruptedException {
        boolean worthwhile = true;
        for (int piece = 0; piece < BODY_PIECES || worthwhile; piece++) {
            long after = bodiesRead;
            long end = reads.now(connection -> SweepRows.endOfBodies(connection, after, PIECE));
            worthwhile = dropBodies(after, end) >= PIECE / 2;
            if (end == Long.MAX_VALUE) {
                bodiesRead = 0;
                return;
            }
            bodiesRead = end;
        }
    }

    /** In pieces of a bounded size; returns how many there were. */
    private int dropBodies(long after, long end) throws SQLException, InterruptedException {
        int dropped = 0;
        long from = after;
        while (true) {
            long last = from;
            List<MessageId> dead = reads.now(connection -> SweepRows.deadBodies(connection, last, end));
            if (dead.isEmpty()) {
                return dropped;
            }
            CompletableFuture<Void> done = new CompletableFuture<>();
            committer.submit(new Write.DropBodies(dead, done));
            await(done);
            dropped += dead.size();
            from = dead.getLast().sequence();
        }
    }

    private static <T> T await(CompletableFuture<T> done) throws InterruptedException {
        try {
            return done.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreRefusedException) {
                throw new StoreRefusedException("sweep", e);
            }
            throw new StoreUnavailableException("sweep", e);
        } catch (TimeoutException e) {
            throw new StoreUnavailableException("sweep: not committed within " + PATIENCE, e);
        }
    }
}
