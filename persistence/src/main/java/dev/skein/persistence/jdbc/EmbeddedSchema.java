package dev.skein.persistence.jdbc;

import dev.skein.persistence.schema.Database;
import dev.skein.persistence.schema.Migrations;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the schema of an embedded database to this version before anything else uses it.
 *
 * <p>H2 commits in the middle of a statement that changes a table, and after a kill it may open as it was at any commit
 * since its file was closed the last time. The file is closed behind a migration, so that it never is in the middle of
 * one then.
 */
final class EmbeddedSchema implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedSchema.class);

    private final @Nullable Connection connection;

    private EmbeddedSchema(@Nullable Connection connection) {
        this.connection = connection;
    }

    /** Of the database at {@code url}; nothing is done with one that is not embedded. The database stays open. */
    static EmbeddedSchema of(String url, String user, String password) throws SQLException {
        if (EmbeddedFile.of(url).isEmpty()) {
            return new EmbeddedSchema(null);
        }
        Connection connection = DriverManager.getConnection(url, user, password);
        try (Statement statement = connection.createStatement()) {
            if (Migrations.apply(connection, Database.H2)) {
                statement.execute("SHUTDOWN");
            }
            return new EmbeddedSchema(connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Others have it open by now, or it closes. */
    @Override
    public void close() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.debug("The connection for the schema was not closed", e);
        }
    }
}
