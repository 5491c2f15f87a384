package dev.skein.persistence.jdbc;

import dev.skein.persistence.jdbc.read.QueueRows;
import dev.skein.persistence.jdbc.read.RetainedRows;
import dev.skein.persistence.jdbc.read.SessionPages;
import dev.skein.persistence.jdbc.read.WillRows;
import dev.skein.persistence.jdbc.sql.DamagedRow;
import dev.skein.persistence.jdbc.sql.SqlErrors;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.h2.mvstore.MVStoreException;

/**
 * Reads every row of the embedded database. H2 knows by itself whether a page is one of its pages; what stands in it
 * has a checksum of ours.
 */
final class TableCheck {
    private final Connection connection;
    private final Path file;
    private final Consumer<String> damages;

    /** @param damages told of each in words that name the file */
    TableCheck(Connection connection, Path file, Consumer<String> damages) {
        this.connection = connection;
        this.file = file;
        this.damages = damages;
    }

    /** Reads what the rows of one kind say. */
    private interface Rows {
        void check(Connection connection, DamagedRow.Listener damages) throws SQLException;
    }

    /** @return rows that can be read */
    long run() throws SQLException {
        lazily(connection);
        long rows = 0;
        for (String table : tables(connection)) {
            try {
                rows += read(connection, table);
            } catch (SQLException | MVStoreException | IllegalArgumentException | IllegalStateException e) {
                found("table " + table + " cannot be read to its end: " + SqlErrors.text(e));
            }
        }
        if (hasChecksums()) {
            rows(row -> found(row.toString()));
        }
        return rows;
    }

    /** Tells {@code listener} of rows that are not what was written. */
    void rows(DamagedRow.Listener listener) {
        Map<String, Rows> all = new LinkedHashMap<>();
        all.put("sessions", SessionPages::check);
        all.put("queues", QueueRows::check);
        all.put("retained messages", RetainedRows::check);
        all.put("wills", WillRows::check);
        all.forEach((name, rows) -> {
            try {
                rows.check(connection, listener);
            } catch (SQLException | MVStoreException | IllegalArgumentException | IllegalStateException e) {
                found("the " + name + " cannot be read to their end: " + SqlErrors.text(e));
            }
        });
    }

    private void found(String what) {
        damages.accept("database: " + file + ", " + what);
    }

    /** A release before has not written them. */
    private boolean hasChecksums() throws SQLException {
        return count("INFORMATION_SCHEMA.COLUMNS", "TABLE_NAME = 'SKEIN_WRITER' AND COLUMN_NAME = 'CHECKED_BATCH'") > 0;
    }

    /** What was set aside before and is there still, in words that name the file. */
    List<String> aside() throws SQLException {
        List<String> aside = new ArrayList<>();
        if (hasChecksums()) {
            for (DamagedRow.Table each : DamagedRow.Table.values()) {
                long rows = count(each.tableName(), each.aside());
                if (rows > 0) {
                    aside.add("database: " + file + ", table " + each.tableName() + ": " + rows
                            + " damaged rows were set aside before");
                }
            }
        }
        return aside;
    }

    private long count(String table, String where) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement("SELECT COUNT(*) FROM " + table + " WHERE " + where);
                ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getLong(1);
        }
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
}
