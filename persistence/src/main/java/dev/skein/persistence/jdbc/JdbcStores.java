package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.DeviceCredentialStore;
import dev.skein.persistence.api.DiskReserve;
import dev.skein.persistence.api.DropListener;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.NodePresence;
import dev.skein.persistence.api.Overview;
import dev.skein.persistence.api.RetainedStore;
import dev.skein.persistence.api.SessionStore;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoreFiles;
import dev.skein.persistence.api.StoreMetrics;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.api.WillStore;
import dev.skein.persistence.jdbc.read.Reads;
import dev.skein.persistence.jdbc.sql.Connections;
import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.persistence.jdbc.sql.JournalRow;
import dev.skein.persistence.jdbc.sql.SqlErrors;
import dev.skein.persistence.jdbc.sweep.AgeClock;
import dev.skein.persistence.jdbc.sweep.Sweeper;
import dev.skein.persistence.jdbc.write.Committer;
import dev.skein.persistence.jdbc.write.Write;
import dev.skein.persistence.journal.DiskFiles;
import dev.skein.persistence.journal.Journal;
import dev.skein.persistence.journal.JournalSettings;
import dev.skein.persistence.schema.Database;
import dev.skein.persistence.schema.JdbcAddress;
import dev.skein.persistence.schema.Migrations;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stores on one database: H2 in a file of this process, or PostgreSQL.
 *
 * <p>With H2 one instance at a time may be open on a database; with PostgreSQL one for each
 * {@link StoreSettings#nodeName()}: a later one shuts out the earlier, which then reports a {@link #problem()}.
 */
public final class JdbcStores implements Stores {
    private static final long PAGE_CACHE_KIB_MAX = 65_536;
    private static final Logger LOG = LoggerFactory.getLogger(JdbcStores.class);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);
    private static final int H2_FILE_LOCKED = 90020;
    private static final int H2_FILE_CORRUPTED = 90030;
    private static final int WRITER_SHIFT = 32;

    /** Properties of PostgreSQL's driver: a connection to a database that is cut off does not hang. */
    public static final Map<String, String> POSTGRESQL_TIMEOUTS = Dialect.POSTGRESQL_TIMEOUTS;

    private final Connections connections;
    private final Committer committer;
    private final Reads reads;
    private final Sweeper sweeper;
    private final AgeClock ages;
    private final MessageStore messages;
    private final SessionStore sessions;
    private final RetainedStore retained;
    private final WillStore wills;
    private final NodePresence presence;
    private final Overview overview;
    private final Safety safety;

    private JdbcStores(
            Connections connections,
            Committer committer,
            Reads reads,
            Sweeper sweeper,
            AgeClock ages,
            NodePresence presence,
            Safety safety) {
        this.connections = connections;
        this.committer = committer;
        this.reads = reads;
        this.sweeper = sweeper;
        this.ages = ages;
        Journal inFront = safety.journal;
        this.messages = inFront == null
                ? new JdbcMessageStore(committer, reads)
                : new JournaledMessageStore(inFront, committer, reads);
        this.sessions = new JdbcSessionStore(
                committer, reads, inFront == null ? _ -> CompletableFuture.completedFuture(null) : inFront::discard);
        this.retained = new JdbcRetainedStore(committer, reads);
        this.wills = new JdbcWillStore(committer, reads);
        this.presence = presence;
        this.overview = new JdbcOverview(reads);
        this.safety = safety;
    }

    /** What an acknowledgement outlives: what of the database says otherwise, and what stands in front of it. */
    private record Safety(List<String> warnings, @Nullable Journal journal, Place place, TableDamage damage) {}

    /**
     * Where the files of an embedded database are, which nobody else uses meanwhile.
     *
     * @param file null for a database that is not a file of this process
     */
    private record Place(
            @Nullable EmbeddedFile file,
            @Nullable DirectoryLock lock,
            AtomicReference<@Nullable BackupRequests> requests) {
        Place(@Nullable EmbeddedFile file, @Nullable DirectoryLock lock) {
            this(file, lock, new AtomicReference<>());
        }

        /** Directory of the journal. */
        @Nullable
        Path journal() {
            return file == null ? null : file.journal();
        }

        /** From now on others may ask for a backup. */
        void answer(JdbcStores stores) {
            Path directory = journal();
            if (directory != null && lock != null) {
                BackupRequests answering = new BackupRequests(directory, stores::backup);
                requests.set(answering);
                answering.start();
            }
        }

        /** No backup begins after this, and none runs. */
        void answerNoMore() {
            BackupRequests answering = requests.getAndSet(null);
            if (answering != null) {
                answering.close();
            }
        }

        static Place take(String jdbcUrl, boolean journaled) {
            Optional<EmbeddedFile> embedded = EmbeddedFile.of(jdbcUrl);
            if (embedded.isEmpty()) {
                return new Place(null, null);
            }
            embedded.get().keepPrivate();
            Path journal = embedded.get().journal();
            DiskSpace.give(embedded.get());
            if (!journaled) {
                return new Place(embedded.get(), null);
            }
            try {
                new DiskFiles(journal).make();
                return new Place(embedded.get(), DirectoryLock.take(journal));
            } catch (IOException e) {
                throw new IllegalStateException(
                        "journal: " + journal + " cannot be made or locked: " + e
                                + " (expected: a directory of this user, on a file system with locks)",
                        e);
            }
        }

        /** Holds a file open from here on that has the newest schema; null for a database that is not a file. */
        @Nullable
        Connection openNewest(String jdbcUrl, String user, String password) throws SQLException {
            return file == null ? null : new SchemaCopy(file, jdbcUrl, user, password).open();
        }

        /** A new database has its name on the disk before anything in it counts. */
        void force() {
            if (file != null) {
                try {
                    DiskFiles.forceDirectory(file.file().getParent());
                } catch (IOException e) {
                    LOG.warn("{}: not known to be on the disk: {}", file.file(), e.toString());
                }
            }
        }

        void close() {
            if (lock != null) {
                lock.close();
            }
        }
    }

    /**
     * The URL of the embedded database in {@code directory}, with the settings that make each commit outlive the
     * process; a commit does not read thousands of rows for statistics. Everything in this process that uses the
     * database must give the same URL.
     */
    public static String h2Url(Path directory) {
        return "jdbc:h2:file:" + directory.toAbsolutePath().resolve("skein")
                + ";WRITE_DELAY=0;RETENTION_TIME=5000;DB_CLOSE_ON_EXIT=FALSE"
                + ";ANALYZE_AUTO=0;QUERY_CACHE_SIZE=64;CACHE_SIZE=" + pageCacheKib() + ";LOCK_TIMEOUT=10000";
    }

    /** An eighth of the heap, 64 MiB at the most: a small heap is needed for clients. */
    private static long pageCacheKib() {
        return Math.min(PAGE_CACHE_KIB_MAX, Runtime.getRuntime().maxMemory() / 1024 / 8);
    }

    /**
     * Connects, brings the schema to this version and starts the writing thread.
     *
     * @param poolSize connections, 2 or more: one writes, the others read
     * @param clock for message ids and ages
     * @param drops told of messages removed by bounds and age
     * @throws StoreUnavailableException when the database cannot be opened
     * @throws IllegalStateException when the file of an embedded one is no database, naming it
     */
    public static JdbcStores open(
            String jdbcUrl,
            String user,
            String password,
            int poolSize,
            StoreSettings settings,
            InstantSource clock,
            DropListener drops) {
        if (poolSize < 2) {
            throw new IllegalArgumentException("poolSize: " + poolSize + " (expected: 2 or more)");
        }
        Dialect dialect = Dialect.of(Database.of(jdbcUrl));
        EmbeddedFile.of(jdbcUrl).flatMap(EmbeddedFile::problem).ifPresent(problem -> {
            throw new IllegalStateException(problem);
        });
        Place place = Place.take(jdbcUrl, settings.durability() != StoreDurability.DATABASE);
        Connections connections = null;
        try (Connection _ = place.openNewest(jdbcUrl, user, password)) {
            connections = Connections.to(jdbcUrl, user, password, poolSize - 1, dialect);
            JdbcStores stores = open(connections, dialect, poolSize - 1, settings, clock, drops, place);
            EmbeddedFile.of(jdbcUrl).ifPresent(EmbeddedFile::keepPrivate); // those that are new
            place.force();
            place.answer(stores);
            return stores;
        } catch (SQLException | RuntimeException e) {
            if (connections != null) {
                connections.close();
            }
            place.close();
            if (e instanceof SQLException sql) {
                throw new StoreUnavailableException(describe(jdbcUrl, user, sql), sql, SqlErrors.isAway(sql));
            }
            throw (RuntimeException) e;
        }
    }

    private static JdbcStores open(
            Connections connections,
            Dialect dialect,
            int readers,
            StoreSettings settings,
            InstantSource clock,
            DropListener drops,
            Place place)
            throws SQLException {
        List<String> warnings = durability(connections, dialect);
        long writer = writer(connections, dialect, settings.nodeName());
        Path files = place.journal();
        boolean disk = files != null && settings.durability() == StoreDurability.DISK;
        TableDamage damage = new TableDamage(
                place.file == null ? "postgresql" : place.file.file().toString());
        Committer committer =
                Committer.open(connections, dialect, writer, settings.batchMessages(), clock, disk, damage);
        damage.start(row -> committer.submit(new Write.SetAside(row, new CompletableFuture<>())));
        Reads reads = new Reads(connections, readers, committer::suspect, damage);
        AgeClock ages = new AgeClock(dialect, clock);
        Sweeper sweeper = new Sweeper(dialect, connections, committer, reads, settings, ages, drops);
        Journal journal;
        try {
            journal = settings.durability() == StoreDurability.DATABASE || files == null
                    ? null
                    : journal(files, settings, new JournalTables(committer, reads), reads);
            if (journal != null) {
                journal.start();
            }
        } catch (SQLException | RuntimeException e) {
            committer.abandon();
            throw e;
        }
        committer.start(sweeper::observe);
        sweeper.start();
        return new JdbcStores(
                connections,
                committer,
                reads,
                sweeper,
                ages,
                new JdbcNodePresence(reads, dialect, settings.nodeName(), committer.owner()),
                new Safety(warnings, journal, place, damage));
    }

    private static Journal journal(Path files, StoreSettings settings, JournalTables tables, Reads reads)
            throws SQLException {
        return Journal.open(
                new DiskFiles(files),
                JournalSettings.of(settings.durability() == StoreDurability.DISK, settings.batchMessages()),
                tables,
                tables,
                reads.now(JournalRow::read),
                new SecureRandom());
    }

    private static long writer(Connections connections, Dialect dialect, String nodeName) throws SQLException {
        try (Connection connection = connections.open()) {
            Migrations.apply(connection, dialect.database());
            return (long) NodeRows.writerOf(connection, dialect, nodeName) << WRITER_SHIFT;
        }
    }

    private static List<String> durability(Connections connections, Dialect dialect) throws SQLException {
        try (Connection connection = connections.open()) {
            List<String> warnings = List.copyOf(Durability.warnings(connection, dialect.database()));
            warnings.forEach(warning -> LOG.warn("acknowledged does not mean stored: {}", warning));
            return warnings;
        }
    }

    /**
     * The reserve of the file system that an embedded database is on; empty for another database.
     *
     * @param bytes the mark; -1: a part of the file system, 0: there is none
     */
    public static Optional<DiskReserve> diskReserve(String jdbcUrl, long bytes) {
        return EmbeddedFile.of(jdbcUrl).map(embedded -> new DiskSpace(embedded, bytes));
    }

    /** The files of an embedded database, which need not be open; empty for another database. */
    public static Optional<StoreFiles> files(String jdbcUrl, String user, String password, StoreSettings settings) {
        Runnable openAndClose =
                () -> open(jdbcUrl, user, password, 2, settings, InstantSource.system(), (_, _, _) -> {})
                        .close();
        return EmbeddedFile.of(jdbcUrl).map(embedded -> new EmbeddedStoreFiles(embedded, user, password, openAndClose));
    }

    /** What keeps the embedded database at {@code jdbcUrl} from opening, as far as its file shows. Opens nothing. */
    public static Optional<String> problem(String jdbcUrl) {
        return EmbeddedFile.of(jdbcUrl).flatMap(EmbeddedFile::problem);
    }

    private static String describe(String jdbcUrl, String user, SQLException e) {
        int end = jdbcUrl.indexOf(';');
        String place = JdbcAddress.masked(end < 0 ? jdbcUrl : jdbcUrl.substring(0, end));
        if (e.getErrorCode() == H2_FILE_LOCKED) {
            return "database: " + place + " is in use by another process (expected: one process for each directory)";
        }
        if (e.getErrorCode() == H2_FILE_CORRUPTED) {
            return "database: " + place + " is damaged: " + SqlErrors.text(e)
                    + " (expected: a whole file; restore a backup, or move it away to begin with an empty database)";
        }
        if (SqlErrors.refusesLogin(e)) {
            return "skein.storage.jdbc.password: " + place + " does not let user '" + user + "' in: "
                    + SqlErrors.text(e) + " (expected: the password of skein.storage.jdbc.user)";
        }
        if (SqlErrors.lacksDatabase(e)) {
            return "skein.storage.jdbc.url: " + place + " is not there: " + SqlErrors.text(e)
                    + " (expected: a database that exists; createdb -O " + user + " makes it)";
        }
        return "database: " + place + " does not open: " + JdbcAddress.masked(SqlErrors.text(e));
    }

    /** For tests: one sweep now, beside those of the timer. */
    CompletableFuture<Void> sweepNow() {
        return moveNow().thenCompose(_ -> sweeper.sweepNow()).toCompletableFuture();
    }

    /** For tests: what is in the journal goes to the tables. */
    CompletionStage<Void> moveNow() {
        Journal inFront = safety.journal;
        return inFront == null ? CompletableFuture.completedFuture(null) : inFront.flush();
    }

    @Override
    public MessageStore messages() {
        return messages;
    }

    @Override
    public SessionStore sessions() {
        return sessions;
    }

    @Override
    public RetainedStore retained() {
        return retained;
    }

    @Override
    public WillStore wills() {
        return wills;
    }

    @Override
    public DeviceCredentialStore devices() {
        return new JdbcDeviceCredentialStore(reads);
    }

    @Override
    public Overview overview() {
        return overview;
    }

    @Override
    public NodePresence presence() {
        return presence;
    }

    @Override
    public CompletionStage<Long> ageMillis() {
        return reads.read("time", ages::millis);
    }

    @Override
    public Optional<String> problem() {
        Journal inFront = safety.journal;
        return inFront == null ? committer.problem() : inFront.problem().or(committer::problem);
    }

    @Override
    public List<String> durabilityWarnings() {
        Journal inFront = safety.journal;
        List<String> damages = Stream.of(
                        inFront == null ? Optional.<String>empty() : inFront.damage(), safety.damage.first())
                .flatMap(Optional::stream)
                .toList();
        return damages.isEmpty() ? safety.warnings : damages;
    }

    @Override
    public StoreMetrics metrics() {
        Journal inFront = safety.journal;
        StoreMetrics tables = committer.metrics().withDamagedRows(safety.damage.count());
        return inFront == null ? tables : inFront.metrics(tables);
    }

    /**
     * Copies the embedded store to a directory while it is used. Blocks.
     *
     * @param target is made; must be empty when it is there
     */
    void backup(Path target) throws IOException {
        EmbeddedFile store = safety.place.file;
        Journal inFront = safety.journal;
        if (store == null || inFront == null) {
            throw new IOException("backup: (expected: an embedded store with a journal)");
        }
        inFront.whileFilesStay(() -> Backup.running(store, target, this::copyDatabase));
    }

    private void copyDatabase(Path archive) throws IOException {
        try (Connection connection = connections.open();
                PreparedStatement statement = connection.prepareStatement("BACKUP TO ?")) {
            statement.setString(1, archive.toString());
            statement.execute();
        } catch (SQLException e) {
            throw new IOException(SqlErrors.text(e), e);
        }
    }

    @Override
    public void close() {
        safety.place.answerNoMore();
        sweeper.stop();
        Journal inFront = safety.journal;
        if (inFront != null) {
            inFront.close(CLOSE_PATIENCE);
        }
        committer.close(CLOSE_PATIENCE);
        sweeper.await(CLOSE_PATIENCE);
        reads.close(CLOSE_PATIENCE);
        connections.close();
        safety.place.close();
    }
}
