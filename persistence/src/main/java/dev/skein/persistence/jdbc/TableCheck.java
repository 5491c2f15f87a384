package dev.skein.persistence.jdbc;

import dev.skein.persistence.jdbc.sql.ContentColumns;
import dev.skein.persistence.jdbc.sql.SqlErrors;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.h2.mvstore.MVStoreException;

/**
 * Reads every row of the embedded database. H2 knows by itself whether a page is one of its pages, and keeps no
 * checksum of what stands in it: a changed byte of a payload is not seen.
 */
final class TableCheck {
    private TableCheck() {}

    /** @return rows that can be read */
    static long run(Connection connection, Path file, Consumer<String> damages) throws SQLException {
        String place = "database: " + file + ", ";
        long rows = 0;
        for (String table : tables(connection)) {
            try {
                rows += read(connection, table);
            } catch (SQLException | MVStoreException | IllegalArgumentException | IllegalStateException e) {
                damages.accept(place + "table " + table + " cannot be read to its end: " + SqlErrors.text(e));
            }
        }
        if (rows == 0 || !tables(connection).contains("SKEIN_QUEUE")) {
            return rows;
        }
        try {
            queue(connection, place, damages);
        } catch (SQLException | MVStoreException e) {
            damages.accept(place + "the queues cannot be read to their end: " + SqlErrors.text(e));
        }
        return rows;
    }

    /** Row by row: a table may be larger than the memory. */
    private static void lazily(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SET LAZY_QUERY_EXECUTION 1")) {
            statement.execute();
        }
    }

    private static List<String> tables(Connection connection) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT TABLE_NAME FROM"
                        + " INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'PUBLIC' ORDER BY TABLE_NAME");
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                tables.add(result.getString(1));
            }
        }
        return tables;
    }

    private static long read(Connection connection, String table) throws SQLException {
        long rows = 0;
        lazily(connection);
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM \"" + table + "\"");
                ResultSet result = statement.executeQuery()) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                for (int column = 1; column <= columns; column++) {
                    Object unused = result.getObject(column);
                }
                rows++;
            }
        }
        return rows;
    }

    /** Each message has a body that can be read. */
    private static void queue(Connection connection, String place, Consumer<String> damages) throws SQLException {
        String sql = "SELECT q.session_id, q.seq, q.writer, COALESCE(q.topic, b.topic),"
                + " COALESCE(q.payload, b.payload), COALESCE(q.properties, b.properties),"
                + " COALESCE(q.expires_at, b.expires_at), COALESCE(q.origin, b.origin) FROM skein_queue q"
                + " LEFT JOIN skein_body b ON q.payload IS NULL AND b.seq = q.seq AND b.writer = q.writer"
                + " WHERE EXISTS (SELECT 1 FROM skein_session s WHERE s.id = q.session_id)";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                String message =
                        "message " + result.getLong(2) + "-" + result.getLong(3) + " of session " + result.getLong(1);
                try {
                    if (ContentColumns.content(result, 5) == null || result.getString(4) == null) {
                        damages.accept(place + message + " has no body");
                    }
                } catch (IllegalArgumentException | IllegalStateException e) {
                    damages.accept(place + message + ": " + e.getMessage());
                }
            }
        }
    }
}
