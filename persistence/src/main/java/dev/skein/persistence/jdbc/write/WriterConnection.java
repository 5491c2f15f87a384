package dev.skein.persistence.jdbc.write;

import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.persistence.jdbc.sql.H2File;
import dev.skein.persistence.jdbc.sql.SqlErrors;
import dev.skein.persistence.journal.Journal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing thread's connection and its row in {@code skein_writer}. Each transaction numbers itself there, so that
 * one whose outcome is unknown can be repeated without doubling, and a second process that writes under the same writer
 * id is shut out instead of mixing identifiers. Confined to the writing thread.
 */
final class WriterConnection {
    private static final Logger LOG = LoggerFactory.getLogger(WriterConnection.class);

    private final Source source;
    private final Dialect dialect;
    private final PlanRunner runner;
    private final long writer;
    private final boolean disk;
    private final UUID owner = UUID.randomUUID();
    private @Nullable Connection connection;
    private long batch;
    /** What came of the run whose COMMIT had no answer, or null. */
    private PlanRunner.@Nullable Outcome inDoubt;

    /** Where its connection comes from. */
    interface Source {
        /** A new connection in auto-commit mode, for the caller to close. */
        Connection open() throws SQLException;
    }

    /** @param disk whether a commit that somebody waits for is to be on the disk of the embedded database */
    WriterConnection(Source source, Dialect dialect, PlanRunner runner, long writer, boolean disk) {
        this.source = source;
        this.dialect = dialect;
        this.runner = runner;
        this.writer = writer;
        this.disk = disk;
    }

    /** Who writes: this process's mark in the writer's row. Any thread. */
    UUID owner() {
        return owner;
    }

    /**
     * Takes over the writer's row from whoever had it.
     *
     * @return the greatest sequence that any commit of this database gave away
     */
    long claim() throws SQLException {
        Connection open = open();
        String insert = dialect.insertIfAbsent("skein_writer", "writer", "writer, owner, batch, last_sequence", 4);
        try (PreparedStatement statement = open.prepareStatement(insert)) {
            statement.setLong(1, writer);
            statement.setObject(2, owner);
            statement.setLong(3, 0);
            statement.setLong(4, 0);
            statement.executeUpdate();
        }
        try (PreparedStatement statement =
                open.prepareStatement("UPDATE skein_writer SET owner = ? WHERE writer = ?")) {
            statement.setObject(1, owner);
            statement.setLong(2, writer);
            statement.executeUpdate();
        }
        if (dialect.keepsChecksums()) {
            forgetStale(open);
        }
        batch = row(open, "").batch;
        long last = 0;
        try (PreparedStatement statement = open.prepareStatement("SELECT MAX(last_sequence) FROM skein_writer");
                ResultSet result = statement.executeQuery()) {
            result.next();
            last = result.getLong(1);
        }
        open.commit();
        return last;
    }

    /** A release without checksums may have written since this one did: it leaves those of rows that it changes. */
    private static void forgetStale(Connection open) throws SQLException {
        try (Statement statement = open.createStatement()) {
            // The journal's row counts records, and all of them come with a commit of another writer.
            try (ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM skein_writer WHERE writer <> "
                    + Journal.WRITER + " AND COALESCE(checked_batch, 0) <> batch")) {
                result.next();
                if (result.getLong(1) == 0) {
                    return;
                }
            }
            for (String changing : List.of("skein_retained", "skein_subscription", "skein_session")) {
                statement.executeUpdate("UPDATE " + changing + " SET checksum = NULL WHERE checksum IS NOT NULL");
            }
            statement.executeUpdate("UPDATE skein_session SET state_checksum = NULL WHERE state_checksum IS NOT NULL");
            statement.executeUpdate("UPDATE skein_writer SET checked_batch = batch");
        }
    }

    /**
     * Writes in one transaction, unless some of it is not wanted any more by the end of it. When it throws, nothing is
     * written or the outcome is in doubt.
     *
     * @param writes while the run before is {@link #inDoubt}: the same ones, of which none may be left out, because all
     *     of them may be committed already; they have what came of that run then
     * @param lastSequence the greatest sequence within {@code writes}
     * @return null when nothing was written, because not all was wanted any more
     */
    PlanRunner.@Nullable Outcome run(List<Write> writes, long lastSequence) throws SQLException {
        Connection open = open();
        PlanRunner.Outcome before = inDoubt;
        if (before != null) {
            if (wasCommitted(open)) {
                open.rollback();
                force(open, writes);
                inDoubt = null;
                batch++;
                return before;
            }
            inDoubt = null;
            if (!isWanted(writes)) {
                return null;
            }
        }
        PlanRunner.Outcome outcome = new PlanRunner.Outcome();
        number(open, lastSequence);
        for (Plan plan : Plan.of(writes)) {
            runner.run(open, plan, outcome);
        }
        if (!isWanted(writes)) {
            return null;
        }
        commit(open, outcome, writes);
        return outcome;
    }

    private static boolean isWanted(List<Write> writes) {
        return writes.stream().allMatch(Write::isWanted);
    }

    private void commit(Connection open, PlanRunner.Outcome outcome, List<Write> writes) throws SQLException {
        inDoubt = outcome;
        try {
            open.commit();
        } catch (SQLException e) {
            if (SqlErrors.refusesData(e) || SqlErrors.lostToAnother(e)) {
                inDoubt = null; // that is an answer
            }
            throw e;
        }
        force(open, writes); // when that fails it is tried again, as a commit without an answer is
        inDoubt = null;
        batch++;
    }

    private void force(Connection open, List<Write> writes) throws SQLException {
        if (disk && writes.stream().anyMatch(Write::isAwaited)) {
            H2File.force(open);
        }
    }

    /** Whether the run before threw in its COMMIT, so that nobody knows yet whether it is written. */
    boolean inDoubt() {
        return inDoubt != null;
    }

    /** The run in doubt is not repeated: whatever became of it, the next one is another. */
    void giveUp() {
        inDoubt = null;
    }

    /** Whether the run in doubt was committed; waits for its transaction, should the database still have it open. */
    private boolean wasCommitted(Connection open) throws SQLException {
        return ownRow(open, " FOR UPDATE").batch == batch + 1;
    }

    /** Numbers the transaction. */
    private void number(Connection open, long lastSequence) throws SQLException {
        if (update(open, batch, lastSequence)) {
            return;
        }
        Row row = ownRow(open, "");
        if (row.batch > batch) {
            LOG.warn(
                    "The database is at commit {} of writer {}, not {}: one given up was done",
                    row.batch,
                    writer,
                    batch);
        } else {
            LOG.warn("The database is at commit {} of writer {}, not {}: it lost commits", row.batch, writer, batch);
        }
        batch = row.batch;
        if (!update(open, batch, lastSequence)) {
            throw new SQLException("writer: " + writer + " (expected: its row as it was read right before)");
        }
    }

    private boolean update(Connection open, long present, long lastSequence) throws SQLException {
        try (PreparedStatement statement = open.prepareStatement("UPDATE skein_writer SET batch = ?, last_sequence = ?,"
                + " checked_batch = ? WHERE writer = ? AND owner = ? AND batch = ?")) {
            statement.setLong(1, present + 1);
            statement.setLong(2, lastSequence);
            statement.setObject(3, dialect.keepsChecksums() ? present + 1 : null, Types.BIGINT);
            statement.setLong(4, writer);
            statement.setObject(5, owner);
            statement.setLong(6, present);
            return statement.executeUpdate() == 1;
        }
    }

    private record Row(UUID owner, long batch) {}

    /** The writer's row, which another process may have taken over. */
    private Row ownRow(Connection open, String lock) throws SQLException {
        Row row = row(open, lock);
        if (!row.owner.equals(owner)) {
            throw new SQLException(
                    "writer: " + writer + " (expected: one process for each writer id; another one took it over)");
        }
        return row;
    }

    private Row row(Connection open, String lock) throws SQLException {
        try (PreparedStatement statement =
                open.prepareStatement("SELECT owner, batch FROM skein_writer WHERE writer = ?" + lock)) {
            statement.setLong(1, writer);
            try (ResultSet result = statement.executeQuery()) {
                if (!result.next()) {
                    throw new SQLException("writer: " + writer + " (expected: its row in skein_writer)");
                }
                return new Row(result.getObject(1, UUID.class), result.getLong(2));
            }
        }
    }

    /** Undoes what a failed run left open. Drops the connection when that fails, or when {@code suspect}. */
    void rollback(boolean suspect) {
        runner.forgetSessionIds();
        Connection open = connection;
        if (open == null) {
            return;
        }
        try {
            open.rollback();
            if (!suspect) {
                return;
            }
        } catch (SQLException e) {
            LOG.debug("Rollback failed", e);
        }
        close();
    }

    /** Removed sessions whose queue has rows left. */
    List<Long> discarded() throws SQLException {
        Connection open = open();
        List<Long> sessions = new ArrayList<>();
        try (PreparedStatement statement = open.prepareStatement("SELECT session_id FROM skein_discarded");
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                sessions.add(result.getLong(1));
            }
        }
        open.commit();
        return sessions;
    }

    void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.debug("Close failed", e);
            }
        }
    }

    private Connection open() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = source.open();
            dialect.endIdleTransactions(open);
            dialect.waitShortlyForOthers(open);
            open.setAutoCommit(false);
            connection = open;
        }
        return open;
    }
}
