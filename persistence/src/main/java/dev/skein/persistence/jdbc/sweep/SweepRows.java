package dev.skein.persistence.jdbc.sweep;

import dev.skein.persistence.jdbc.read.QueueRows;
import dev.skein.persistence.jdbc.sql.QueueColumns;
import dev.skein.persistence.jdbc.write.Write;
import dev.skein.protocol.message.MessageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the {@link Sweeper} reads. */
final class SweepRows {
    /**
     * A queue row and whose it is.
     *
     * @param instance empty when its session is gone
     * @param bytes of its message, wherever that stands
     */
    record Row(Write.QueueRow key, String instance, long bytes) {}

    /** What queues hold. */
    record Held(long rows, long bytes) {}

    private static final String SIZE = "COALESCE(OCTET_LENGTH(COALESCE(q.payload, b.payload)), 0)"
            + " + COALESCE(OCTET_LENGTH(COALESCE(q.properties, b.properties)), 0)"
            + " + COALESCE(CHAR_LENGTH(COALESCE(q.topic, b.topic)), 0)";

    /** Removed in one transaction, as far as one row is not more. */
    private static final long BYTES = 1 << 20;

    /** Rows that PostgreSQL sends at a time. */
    private static final int FETCH_SIZE = 64;

    private SweepRows() {}

    /**
     * The oldest rows of all queues within a range of row sequences, both ends excluded; fewer than {@code limit} when
     * they are large, none when there are none.
     */
    static List<Row> oldest(Connection connection, long after, long before, int limit) throws SQLException {
        String sql = "SELECT q.row_seq, q.writer, (SELECT s.instance FROM skein_session s WHERE s.id = q.session_id),"
                + " COALESCE(OCTET_LENGTH(q.payload), 0), " + SIZE + QueueColumns.FROM
                + " WHERE q.row_seq > ? AND q.row_seq < ?"
                + " ORDER BY q.row_seq LIMIT ?";
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, after);
            statement.setLong(2, before);
            statement.setInt(3, limit);
            statement.setFetchSize(FETCH_SIZE);
            try (ResultSet result = statement.executeQuery()) {
                long bytes = 0;
                while (bytes < BYTES && result.next()) {
                    bytes += result.getLong(4);
                    String instance = result.getString(3);
                    Write.QueueRow key = new Write.QueueRow(result.getLong(1), result.getLong(2));
                    rows.add(new Row(key, instance == null ? "" : instance, result.getLong(5)));
                }
            }
        }
        return rows;
    }

    /** The oldest rows of one queue, over all its writers; fewer than {@code limit} when they are large. */
    static List<Row> oldestOf(Connection connection, long session, int limit) throws SQLException {
        String instance = instance(connection, session);
        String sql = "SELECT q.row_seq, q.writer, COALESCE(OCTET_LENGTH(q.payload), 0), " + SIZE + QueueColumns.FROM
                + " WHERE q.session_id = ? AND q.writer = ? ORDER BY q.session_id, q.writer, q.seq LIMIT ?";
        List<Sized> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (long writer : QueueRows.writers(connection, session)) {
                statement.setLong(1, session);
                statement.setLong(2, writer);
                statement.setInt(3, limit);
                statement.setFetchSize(FETCH_SIZE);
                long bytes = 0;
                try (ResultSet result = statement.executeQuery()) {
                    while (bytes < BYTES && result.next()) {
                        bytes += result.getLong(3);
                        Write.QueueRow key = new Write.QueueRow(result.getLong(1), result.getLong(2));
                        rows.add(new Sized(new Row(key, instance, result.getLong(4)), result.getLong(3)));
                    }
                }
            }
        }
        rows.sort(Comparator.comparingLong(row -> row.row.key().rowSequence()));
        List<Row> piece = new ArrayList<>(Math.min(limit, rows.size()));
        long bytes = 0;
        for (Sized row : rows) {
            if (piece.size() == limit || bytes >= BYTES) {
                break;
            }
            piece.add(row.row);
            bytes += row.bytes;
        }
        return List.copyOf(piece);
    }

    /** @param bytes in the row itself */
    private record Sized(Row row, long bytes) {}

    /** The session's instance; empty when the session is gone. */
    static String instance(Connection connection, long session) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT instance FROM skein_session WHERE id = ?")) {
            statement.setLong(1, session);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? result.getString(1) : "";
            }
        }
    }

    /** What a queue holds. */
    static Held held(Connection connection, long session) throws SQLException {
        return held(connection, " WHERE q.session_id = ?", session);
    }

    /** What the queues of an instance hold. */
    static Held held(Connection connection, String instance) throws SQLException {
        return held(connection, " JOIN skein_session s ON s.id = q.session_id WHERE s.instance = ?", instance);
    }

    private static Held held(Connection connection, String of, Object whose) throws SQLException {
        String sql = "SELECT COUNT(*), COALESCE(SUM(CAST(" + SIZE + " AS BIGINT)), 0)" + QueueColumns.FROM + of;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, whose);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return new Held(result.getLong(1), result.getLong(2));
            }
        }
    }

    /** The sequence of the {@code limit}th body after {@code after}; the greatest long when there are fewer. */
    static long endOfBodies(Connection connection, long after, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT seq FROM skein_body WHERE seq > ? ORDER BY seq LIMIT 1 OFFSET " + (limit - 1))) {
            statement.setLong(1, after);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? result.getLong(1) : Long.MAX_VALUE;
            }
        }
    }

    /** The first bodies within a range of sequences of which no queue row is left; not all when they are large. */
    static List<MessageId> deadBodies(Connection connection, long after, long end) throws SQLException {
        String sql = "SELECT b.seq, b.writer, OCTET_LENGTH(b.payload) FROM skein_body b WHERE b.seq > ? AND b.seq <= ?"
                + " AND (SELECT q.seq FROM skein_queue q WHERE q.row_seq >= b.seq"
                + " AND q.row_seq < b.seq + b.receivers AND q.writer = b.writer LIMIT 1) IS NULL"
                + " ORDER BY b.seq";
        List<MessageId> dead = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, after);
            statement.setLong(2, end);
            statement.setFetchSize(FETCH_SIZE);
            long bytes = 0;
            try (ResultSet result = statement.executeQuery()) {
                while (bytes < BYTES && result.next()) {
                    bytes += result.getLong(3);
                    dead.add(new MessageId(result.getLong(1), result.getLong(2)));
                }
            }
        }
        return dead;
    }
}
