package dev.skein.persistence.jdbc.sql;

import dev.skein.persistence.journal.Journal;
import dev.skein.persistence.journal.Move;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The journal's row in the table of writers: its batch is the number of the last record that the tables contain. A
 * release without a journal takes it for a writer that is not there, and gives no sequence again that stands in it.
 */
public final class JournalRow {
    private static final UUID FILES = new UUID(0, 1);
    private static final UUID NO_FILES = new UUID(0, 0);

    private JournalRow() {}

    /**
     * Notes what the tables contain. The caller commits.
     *
     * @throws SQLException that refuses the piece when they do not contain what was committed before it: going on would
     *     lose that, and the files that still hold it
     */
    public static void write(Connection connection, Move piece) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE skein_writer SET owner = ?, batch = ?,"
                + " last_sequence = GREATEST(last_sequence, ?) WHERE writer = ? AND batch = ?")) {
            bind(update, piece);
            update.setLong(5, piece.after());
            if (update.executeUpdate() == 1) {
                return;
            }
        }
        Optional<Long> present = highWater(connection);
        if (present.isPresent() || piece.after() != 0) {
            throw new SQLException(
                    "journal: the database has its records up to " + present.orElse(0L) + " (expected: " + piece.after()
                            + ", as it committed before; a restart reads them from the journal again)",
                    "23000");
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO skein_writer (owner, batch, last_sequence, writer) VALUES (?, ?, ?, ?)")) {
            bind(insert, piece);
            insert.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Move piece) throws SQLException {
        statement.setObject(1, piece.filesLeft() ? FILES : NO_FILES);
        statement.setLong(2, piece.highWater());
        statement.setLong(3, piece.lastSequence());
        statement.setLong(4, Journal.WRITER);
    }

    private static Optional<Long> highWater(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT batch FROM skein_writer WHERE writer = ?")) {
            statement.setLong(1, Journal.WRITER);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? Optional.of(result.getLong(1)) : Optional.empty();
            }
        }
    }

    /** What a start of the journal is to know. */
    public static Journal.Start read(Connection connection) throws SQLException {
        long highWater = 0;
        boolean files = false;
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT owner, batch FROM skein_writer WHERE writer = ?")) {
            statement.setLong(1, Journal.WRITER);
            try (ResultSet result = statement.executeQuery()) {
                if (result.next()) {
                    files = result.getObject(1, UUID.class).equals(FILES);
                    highWater = result.getLong(2);
                }
            }
        }
        List<Long> exchanging = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT session_id FROM skein_qos2_in UNION SELECT session_id FROM skein_qos2_out");
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                exchanging.add(result.getLong(1));
            }
        }
        return new Journal.Start(highWater, files, exchanging);
    }
}
