package dev.skein.persistence.jdbc.sql;

import dev.skein.persistence.journal.Journal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The journal's row in the table of writers: its batch is the number of the last record that the tables contain. A
 * release without a journal takes it for a writer that is not there, and gives no sequence again that stands in it.
 */
public final class JournalRow {
    private static final UUID FILES = new UUID(0, 1);
    private static final UUID NO_FILES = new UUID(0, 0);

    private JournalRow() {}

    /** Notes what the tables contain. The caller commits. */
    public static void write(Connection connection, long highWater, long lastSequence, boolean filesLeft)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE skein_writer SET owner = ?, batch = ?,"
                + " last_sequence = GREATEST(last_sequence, ?) WHERE writer = ?")) {
            bind(update, highWater, lastSequence, filesLeft);
            if (update.executeUpdate() == 1) {
                return;
            }
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO skein_writer (owner, batch, last_sequence, writer) VALUES (?, ?, ?, ?)")) {
            bind(insert, highWater, lastSequence, filesLeft);
            insert.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, long highWater, long lastSequence, boolean filesLeft)
            throws SQLException {
        statement.setObject(1, filesLeft ? FILES : NO_FILES);
        statement.setLong(2, highWater);
        statement.setLong(3, lastSequence);
        statement.setLong(4, Journal.WRITER);
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
