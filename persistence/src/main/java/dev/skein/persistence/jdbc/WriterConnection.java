package dev.skein.persistence.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

    private final Connections connections;
    private final Dialect dialect;
    private final PlanRunner runner;
    private final long writer;
    private final UUID owner = UUID.randomUUID();
    private @Nullable Connection connection;
    private long batch;

    WriterConnection(Connections connections, Dialect dialect, PlanRunner runner, long writer) {
        this.connections = connections;
        this.dialect = dialect;
        this.runner = runner;
        this.writer = writer;
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
        batch = row(open).batch;
        long last = 0;
        try (PreparedStatement statement = open.prepareStatement("SELECT MAX(last_sequence) FROM skein_writer");
                ResultSet result = statement.executeQuery()) {
            result.next();
            last = result.getLong(1);
        }
        open.commit();
        return last;
    }

    /**
     * Writes in one transaction, unless some of it is not wanted any more by the end of it. When it throws, nothing is
     * written or the outcome is unknown; repeating it with the same writes is safe, as long as no other run came
     * between.
     *
     * @param lastSequence the greatest sequence within {@code writes}
     * @return null when nothing was written, because not all was wanted any more
     */
    PlanRunner.@Nullable Outcome run(List<Write> writes, long lastSequence) throws SQLException {
        PlanRunner.Outcome outcome = new PlanRunner.Outcome();
        Connection open = open();
        List<Plan> plans = Plan.of(writes);
        if (number(open, lastSequence)) {
            for (Plan plan : plans) {
                runner.run(open, plan, outcome);
            }
        } else {
            for (Plan plan : plans) {
                runner.resolve(open, plan.creates);
            }
        }
        if (!writes.stream().allMatch(Write::isWanted)) {
            return null;
        }
        open.commit();
        batch++;
        return outcome;
    }

    /** Numbers the transaction; false when this very one was committed before. */
    private boolean number(Connection open, long lastSequence) throws SQLException {
        if (update(open, batch, lastSequence)) {
            return true;
        }
        Row row = row(open);
        if (!row.owner.equals(owner)) {
            throw new SQLException(
                    "writer: " + writer + " (expected: one process for each writer id; another one took it over)");
        }
        if (row.batch == batch + 1) {
            return false;
        }
        LOG.warn("The database is at commit {} of writer {}, not {}: it lost commits", row.batch, writer, batch);
        batch = row.batch;
        return update(open, batch, lastSequence);
    }

    private boolean update(Connection open, long present, long lastSequence) throws SQLException {
        try (PreparedStatement statement = open.prepareStatement("UPDATE skein_writer SET batch = ?, last_sequence = ?"
                + " WHERE writer = ? AND owner = ? AND batch = ?")) {
            statement.setLong(1, present + 1);
            statement.setLong(2, lastSequence);
            statement.setLong(3, writer);
            statement.setObject(4, owner);
            statement.setLong(5, present);
            return statement.executeUpdate() == 1;
        }
    }

    private record Row(UUID owner, long batch) {}

    private Row row(Connection open) throws SQLException {
        try (PreparedStatement statement =
                open.prepareStatement("SELECT owner, batch FROM skein_writer WHERE writer = ?")) {
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
            open = connections.open();
            dialect.endIdleTransactions(open);
            open.setAutoCommit(false);
            connection = open;
        }
        return open;
    }
}
