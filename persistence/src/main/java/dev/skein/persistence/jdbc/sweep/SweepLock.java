package dev.skein.persistence.jdbc.sweep;

import dev.skein.persistence.jdbc.sql.Connections;
import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.persistence.schema.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Lets one node at a time sweep a shared database: two that count the same queue, one before and one after the other
 * removed what is too much, would remove it twice. On PostgreSQL a session's advisory lock, on a connection of its own
 * that ends with the sweep or with the process.
 */
final class SweepLock {
    /** Any constant that nobody else of this database uses: "sweep" in ASCII. */
    private static final long ADVISORY_LOCK = 0x7377656570L;

    private final Connections connections;
    private final boolean shared;

    SweepLock(Connections connections, Dialect dialect) {
        this.connections = connections;
        this.shared = dialect.database() == Database.POSTGRESQL;
    }

    /** Something that only one node does at a time. */
    interface Task {
        void run() throws SQLException, InterruptedException;
    }

    /** Runs {@code task}, or does nothing and returns false when another node is at it. */
    boolean tryRun(Task task) throws SQLException, InterruptedException {
        if (!shared) {
            task.run();
            return true;
        }
        try (Connection connection = connections.open();
                Statement statement = connection.createStatement()) {
            try (ResultSet result = statement.executeQuery("SELECT pg_try_advisory_lock(" + ADVISORY_LOCK + ")")) {
                result.next();
                if (!result.getBoolean(1)) {
                    return false;
                }
            }
            task.run();
            return true;
        }
    }
}
