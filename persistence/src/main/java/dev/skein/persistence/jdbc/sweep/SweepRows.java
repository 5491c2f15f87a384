package dev.skein.persistence.jdbc.sweep;

import dev.skein.persistence.jdbc.read.QueueRows;
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
     */
    record Row(Write.QueueRow key, String instance) {}

    private SweepRows() {}

    /** The oldest rows of all queues within a range of row sequences, both ends excluded. */
    static List<Row> oldest(Connection connection, long after, long before, int limit) throws SQLException {
        String sql = "SELECT q.row_seq, q.writer, (SELECT s.instance FROM skein_session s WHERE s.id = q.session_id)"
                + " FROM skein_queue q WHERE q.row_seq > ? AND q.row_seq < ? ORDER BY q.row_seq LIMIT ?";
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, after);
            statement.setLong(2, before);
            statement.setInt(3, limit);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    String instance = result.getString(3);
                    Write.QueueRow key = new Write.QueueRow(result.getLong(1), result.getLong(2));
                    rows.add(new Row(key, instance == null ? "" : instance));
                }
            }
        }
        return rows;
    }

    /** The oldest rows of one queue, over all its writers. */
    static List<Write.QueueRow> oldestOf(Connection connection, long session, int limit) throws SQLException {
        String sql = "SELECT row_seq, writer FROM skein_queue WHERE session_id = ? AND writer = ?"
                + " ORDER BY session_id, writer, seq LIMIT ?";
        List<Write.QueueRow> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (long writer : QueueRows.writers(connection, session)) {
                statement.setLong(1, session);
                statement.setLong(2, writer);
                statement.setInt(3, limit);
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        rows.add(new Write.QueueRow(result.getLong(1), result.getLong(2)));
                    }
                }
            }
        }
        rows.sort(Comparator.comparingLong(Write.QueueRow::rowSequence));
        return List.copyOf(rows.subList(0, Math.min(limit, rows.size())));
    }

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

    /** Queue rows of an instance. */
    static long count(Connection connection, String instance) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT COUNT(*) FROM skein_queue q JOIN skein_session s"
                        + " ON s.id = q.session_id WHERE s.instance = ?")) {
            statement.setString(1, instance);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getLong(1);
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

    /** Bodies within a range of sequences of which no queue row is left. */
    static List<MessageId> deadBodies(Connection connection, long after, long end) throws SQLException {
        String sql = "SELECT b.seq, b.writer FROM skein_body b WHERE b.seq > ? AND b.seq <= ?"
                + " AND (SELECT q.seq FROM skein_queue q WHERE q.row_seq >= b.seq"
                + " AND q.row_seq < b.seq + b.receivers AND q.writer = b.writer LIMIT 1) IS NULL";
        List<MessageId> dead = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, after);
            statement.setLong(2, end);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    dead.add(new MessageId(result.getLong(1), result.getLong(2)));
                }
            }
        }
        return dead;
    }
}
