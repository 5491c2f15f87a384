package dev.skein.persistence.jdbc;

import dev.skein.persistence.jdbc.sql.DamagedRow;
import dev.skein.persistence.jdbc.sql.SqlErrors;
import dev.skein.persistence.jdbc.write.SetAsides;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets aside damaged rows of an embedded database that nobody uses. */
final class TableRepair {
    private static final Logger LOG = LoggerFactory.getLogger(TableRepair.class);

    private final Connection connection;
    private final Path file;

    TableRepair(Connection connection, Path file) {
        this.connection = connection;
        this.file = file;
    }

    /** Does what can be done; a check afterwards tells what is left. */
    void run() throws SQLException {
        if (!setAside()) {
            // A damaged column that has an index: H2 does not find the row's entry there.
            for (Map.Entry<String, String> index : indexes().entrySet()) {
                anew(index.getKey(), index.getValue());
            }
            boolean unused = setAside();
        }
    }

    /** Whether all of them could be. */
    private boolean setAside() {
        boolean[] all = {true};
        new TableCheck(connection, file, _ -> {}).rows(row -> all[0] &= setAside(row));
        return all[0];
    }

    private boolean setAside(DamagedRow row) {
        try {
            SetAsides.run(connection, List.of(row));
            return true;
        } catch (SQLException e) {
            LOG.warn("{}: {} cannot be set aside: {}", file, row, SqlErrors.text(e));
            return false;
        }
    }

    /** Those without a constraint, by name, with the statement that makes them. */
    private Map<String, String> indexes() throws SQLException {
        Map<String, String> indexes = new LinkedHashMap<>();
        String sql =
                "SELECT i.INDEX_NAME, i.TABLE_NAME, i.INDEX_TYPE_NAME, LISTAGG('\"' || c.COLUMN_NAME || '\"', ', ')"
                        + " WITHIN GROUP (ORDER BY c.ORDINAL_POSITION) FROM INFORMATION_SCHEMA.INDEXES i"
                        + " JOIN INFORMATION_SCHEMA.INDEX_COLUMNS c ON c.INDEX_NAME = i.INDEX_NAME"
                        + " AND c.INDEX_SCHEMA = i.INDEX_SCHEMA WHERE i.INDEX_NAME LIKE 'SKEIN\\_%'"
                        + " AND i.INDEX_TYPE_NAME IN ('INDEX', 'UNIQUE INDEX')"
                        + " GROUP BY i.INDEX_NAME, i.TABLE_NAME, i.INDEX_TYPE_NAME ORDER BY i.INDEX_NAME";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                String create = "CREATE " + result.getString(3) + " \"" + result.getString(1) + "\" ON \""
                        + result.getString(2) + "\" (" + result.getString(4) + ")";
                indexes.put(result.getString(1), create);
            }
        }
        return indexes;
    }

    private void anew(String name, String create) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP INDEX \"" + name + "\"");
            statement.execute(create);
        }
    }
}
