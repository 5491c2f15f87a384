package dev.skein.persistence.jdbc;

import dev.skein.persistence.jdbc.sql.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Gives each node that shares the database a small number, the same for the same name at each start. */
final class NodeRows {
    private static final Object ONE_AT_A_TIME = new Object();

    private NodeRows() {}

    /** The writer id of {@code name}, 1 or more; allocated when the name is new. Commits. */
    static int writerOf(Connection connection, Dialect dialect, String name) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        synchronized (ONE_AT_A_TIME) { // H2 is used by threads of this process alone
            connection.setAutoCommit(false);
            try {
                int writer = find(connection, name);
                if (writer == 0) {
                    lock(connection, dialect);
                    writer = find(connection, name);
                }
                if (writer == 0) {
                    insert(connection, name);
                    writer = find(connection, name);
                }
                connection.commit();
                return writer;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    /** Until the commit: readers pass, other nodes that change the table wait. */
    static void lock(Connection connection, Dialect dialect) throws SQLException {
        String sql = dialect.lockNodes();
        if (!sql.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    private static int find(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT writer FROM skein_node WHERE name = ?")) {
            statement.setString(1, name);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? result.getInt(1) : 0;
            }
        }
    }

    private static void insert(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO skein_node (name, writer) SELECT ?, COALESCE(MAX(writer), 0) + 1 FROM skein_node")) {
            statement.setString(1, name);
            statement.executeUpdate();
        }
    }
}
