package dev.skein.persistence.jdbc.sql;

import dev.skein.persistence.schema.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;

/** Everything in which H2 and PostgreSQL differ, for the stores. */
public final class Dialect {
    /** Of the driver: a connection to a database that is cut off does not hang. */
    public static final Map<String, String> POSTGRESQL_TIMEOUTS =
            Map.of("connectTimeout", "5", "socketTimeout", "60", "tcpKeepAlive", "true");

    private final Database database;

    private Dialect(Database database) {
        this.database = database;
    }

    /** The dialect of {@code database}. */
    public static Dialect of(Database database) {
        return new Dialect(database);
    }

    public Database database() {
        return database;
    }

    /** Driver properties beside user and password. */
    Properties driverProperties() {
        Properties properties = new Properties();
        if (database == Database.POSTGRESQL) {
            properties.setProperty("reWriteBatchedInserts", "true");
            properties.setProperty("ApplicationName", "skein");
            POSTGRESQL_TIMEOUTS.forEach(properties::setProperty);
        }
        return properties;
    }

    /** Runs once on each new connection of a reader. H2: results are read row by row instead of all at once. */
    String readerInit() {
        return database == Database.H2 ? "SET LAZY_QUERY_EXECUTION 1" : "SELECT 1";
    }

    /** Takes the next block of session ids; its first id is the result. */
    public String nextSessionIds() {
        return database == Database.H2
                ? "SELECT NEXT VALUE FOR skein_session_ids"
                : "SELECT nextval('skein_session_ids')";
    }

    /** Makes others that want a writer id wait for the end of the transaction; empty when there are none. */
    public String lockNodes() {
        return database == Database.H2 ? "" : "LOCK TABLE skein_node IN SHARE ROW EXCLUSIVE MODE";
    }

    /** {@code INSERT} that leaves a row with the same key as it is. */
    public String insertIfAbsent(String table, String key, String columns, int count) {
        if (database == Database.POSTGRESQL) {
            return "INSERT INTO " + table + " (" + columns + ") VALUES (" + marks(count) + ") ON CONFLICT (" + key
                    + ") DO NOTHING";
        }
        StringBuilder on = new StringBuilder();
        for (String column : key.split(", ", -1)) {
            on.append(on.isEmpty() ? "" : " AND ")
                    .append("t.")
                    .append(column)
                    .append(" = s.")
                    .append(column);
        }
        String values = "s." + columns.replace(", ", ", s.");
        return "MERGE INTO " + table + " t USING (VALUES (" + marks(count) + ")) s (" + columns + ") ON " + on
                + " WHEN NOT MATCHED THEN INSERT (" + columns + ") VALUES (" + values + ")";
    }

    /** {@code INSERT} that replaces {@code changing} of a row with the same key. */
    public String upsert(String table, String key, String columns, int count, String changing) {
        if (database == Database.H2) {
            return "MERGE INTO " + table + " (" + columns + ") KEY (" + key + ") VALUES (" + marks(count) + ")";
        }
        StringBuilder set = new StringBuilder();
        for (String column : changing.split(", ", -1)) {
            set.append(set.isEmpty() ? "" : ", ")
                    .append(column)
                    .append(" = EXCLUDED.")
                    .append(column);
        }
        return "INSERT INTO " + table + " (" + columns + ") VALUES (" + marks(count) + ") ON CONFLICT (" + key
                + ") DO UPDATE SET " + set;
    }

    /** Whether rows get a checksum of ours: PostgreSQL has those of its pages. */
    public boolean keepsChecksums() {
        return database == Database.H2;
    }

    public boolean isPostgres() {
        return database == Database.POSTGRESQL;
    }

    /**
     * A transaction whose COMMIT does not come is undone by the database, within the time in which a session is given
     * to a connection on another node: what the network held back must not be committed after that.
     */
    public void endIdleTransactions(Connection connection) throws SQLException {
        if (database == Database.POSTGRESQL) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET idle_in_transaction_session_timeout = '3s'");
            }
        }
    }

    /**
     * H2 takes a damaged row for one that another transaction has just changed, and waits for that; but nobody else
     * writes these tables there.
     */
    public void waitShortlyForOthers(Connection connection) throws SQLException {
        if (database == Database.H2) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCK_TIMEOUT 500");
            }
        }
    }

    /** A lock that another transaction holds fails the statements of this one soon. */
    public void waitShortlyForLocks(Connection connection) throws SQLException {
        if (database == Database.POSTGRESQL) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL lock_timeout = '1s'");
            }
        }
    }

    /** {@code ?, ?, ?} */
    public static String marks(int count) {
        return "?, ".repeat(count - 1) + "?";
    }
}
