package dev.skein.persistence.jdbc.sql;

import dev.skein.persistence.journal.FileRange;
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
 *
 * <p>Its owner has the numbers of two files: of the newest one that was begun, and of the last one of which the tables
 * contain everything. The first release with a journal wrote 0 and 1 when there were files, 0 and 0 when there were
 * none, and takes all else for the latter.
 */
public final class JournalRow {
    private static final UUID FILES = new UUID(0, 1);

    private JournalRow() {}

    private record Row(FileRange files, long highWater) {}

    /**
     * Notes what the tables contain. The caller commits.
     *
     * @throws LostCommitsException when they do not contain what was committed before it
     */
    public static void write(Connection connection, Move piece) throws SQLException {
        Optional<Row> present = row(connection);
        long highWater = present.map(Row::highWater).orElse(0L);
        if (highWater != piece.after()) {
            throw new LostCommitsException(highWater, piece.after());
        }
        FileRange before = present.map(Row::files).orElse(FileRange.NONE);
        long moved = Math.max(before.moved(), piece.emptied());
        put(connection, Math.max(before.opened(), moved), moved, piece.highWater(), piece.lastSequence());
    }

    /** Notes that a file is there. The caller commits. */
    public static void opened(Connection connection, long segment) throws SQLException {
        Optional<Row> present = row(connection);
        FileRange before = present.map(Row::files).orElse(FileRange.NONE);
        // Of files of the release before nobody knows which there are: those that are there are before this one.
        long moved = before.opened() == 0 ? segment - 1 : before.moved();
        put(
                connection,
                Math.max(before.opened(), segment),
                moved,
                present.map(Row::highWater).orElse(0L),
                0);
    }

    private static void put(Connection connection, long opened, long moved, long highWater, long lastSequence)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE skein_writer SET owner = ?, batch = ?,"
                + " last_sequence = GREATEST(last_sequence, ?) WHERE writer = ?")) {
            bind(update, opened, moved, highWater, lastSequence);
            if (update.executeUpdate() == 1) {
                return;
            }
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO skein_writer (owner, batch, last_sequence, writer) VALUES (?, ?, ?, ?)")) {
            bind(insert, opened, moved, highWater, lastSequence);
            insert.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, long opened, long moved, long highWater, long lastSequence)
            throws SQLException {
        statement.setObject(1, new UUID(opened, moved));
        statement.setLong(2, highWater);
        statement.setLong(3, lastSequence);
        statement.setLong(4, Journal.WRITER);
    }

    private static Optional<Row> row(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT owner, batch FROM skein_writer WHERE writer = ?")) {
            statement.setLong(1, Journal.WRITER);
            try (ResultSet result = statement.executeQuery()) {
                if (!result.next()) {
                    return Optional.empty();
                }
                UUID owner = result.getObject(1, UUID.class);
                boolean known = owner.getMostSignificantBits() > 0;
                FileRange files = known
                        ? new FileRange(owner.getLeastSignificantBits(), owner.getMostSignificantBits(), false)
                        : new FileRange(0, 0, owner.equals(FILES));
                return Optional.of(new Row(files, result.getLong(2)));
            }
        }
    }

    /** What a start of the journal is to know. */
    public static Journal.Start read(Connection connection) throws SQLException {
        Optional<Row> present = row(connection);
        List<Long> exchanging = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT session_id FROM skein_qos2_in UNION SELECT session_id FROM skein_qos2_out");
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                exchanging.add(result.getLong(1));
            }
        }
        return new Journal.Start(
                present.map(Row::highWater).orElse(0L), present.map(Row::files).orElse(FileRange.NONE), exchanging);
    }
}
