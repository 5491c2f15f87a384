package dev.skein.persistence.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a database to the schema that this version of the broker needs.
 *
 * <p>Safe when several nodes start at once: on PostgreSQL one of them holds an advisory lock until its transaction
 * commits, the others wait and then find nothing to do. H2 commits each statement by itself, and in the middle of one
 * that changes a table, so its statements are written to be repeatable, and a file is changed on a copy.
 */
public final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Object ONE_AT_A_TIME = new Object();

    /** Any constant that nobody else of this database uses: "skein" in ASCII. */
    private static final long ADVISORY_LOCK = 0x736b65696eL;

    /**
     * In order; the number is the version that the file leads to. While a cluster is upgraded, nodes of the release
     * before work with the new schema: nothing that they use is removed or given another meaning.
     */
    private static final List<String> FILES = List.of(
            "0001-stores",
            "0002-journal",
            "0003-wills",
            "0004-nodes",
            "0005-inbound-identity",
            "0006-published-wills",
            "0007-wills-of-clients",
            "0008-properties",
            "0009-session-owner",
            "0010-session-end",
            "0011-checksums",
            "0012-device-credentials");

    /** A release that knows this version can work with the newest one; versions from this on say so in their row. */
    private static final int OLDEST_READER = 6;

    private Migrations() {}

    /** Version of the schema that {@link #apply} leads to. */
    public static int newest() {
        return FILES.size();
    }

    /** Whether {@link #apply} would find nothing to do: the schema is the newest, or that of a newer release. */
    public static boolean areApplied(Connection connection) throws SQLException {
        try (ResultSet tables = connection.getMetaData().getTables(null, null, "SCHEMA_VERSION", null)) {
            if (!tables.next()) {
                return false;
            }
        }
        try (Statement statement = connection.createStatement()) {
            return presentVersion(statement) >= newest();
        }
    }

    /**
     * Applies what is missing and commits. Leaves the connection's auto-commit mode as it was.
     *
     * @throws SQLException when the database refused; then PostgreSQL is as before, and H2 can go on at the next call
     * @throws IllegalStateException when the schema is newer than this version knows and can work with
     */
    public static void apply(Connection connection, Database database) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        synchronized (ONE_AT_A_TIME) {
            connection.setAutoCommit(false);
            try {
                migrate(connection, database);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private static void migrate(Connection connection, Database database) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (database == Database.POSTGRESQL) {
                statement.execute("SELECT pg_advisory_xact_lock(" + ADVISORY_LOCK + ")");
            }
            statement.execute("CREATE TABLE IF NOT EXISTS schema_version (version INT PRIMARY KEY)");
            int present = presentVersion(statement);
            if (present > newest()) {
                requireReadable(statement, present);
            }
            for (int version = present + 1; version <= newest(); version++) {
                for (String sql : statements(database, FILES.get(version - 1))) {
                    statement.execute(sql);
                }
                statement.execute(
                        version < OLDEST_READER
                                ? "INSERT INTO schema_version (version) VALUES (" + version + ")"
                                : "INSERT INTO schema_version (version, oldest_reader) VALUES (" + version + ", "
                                        + OLDEST_READER + ")");
                LOG.info("Database schema is at version {}", version);
            }
        }
    }

    private static int presentVersion(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery("SELECT COALESCE(MAX(version), 0) FROM schema_version")) {
            result.next();
            return result.getInt(1);
        }
    }

    private static void requireReadable(Statement statement, int present) throws SQLException {
        try (ResultSet result = statement.executeQuery(
                "SELECT MAX(COALESCE(oldest_reader, version)) FROM schema_version WHERE version > " + newest())) {
            result.next();
            int oldestReader = result.getInt(1);
            if (oldestReader > newest()) {
                throw new IllegalStateException("schema_version: " + present + " (expected: at most " + newest()
                        + ", or one for readers of that; the database was written by a newer version)");
            }
        }
        LOG.info("Database schema is at version {}, of a newer release; this one works with it", present);
    }

    /** Statements end with a semicolon at the end of a line; lines that begin with two hyphens are comments. */
    private static List<String> statements(Database database, String file) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        for (String line : read(database.folder() + "/" + file + ".sql").lines().toList()) {
            if (line.isBlank() || line.startsWith("--")) {
                continue;
            }
            statement.append(line).append('\n');
            if (line.endsWith(";")) {
                statements.add(statement.substring(0, statement.length() - 2));
                statement.setLength(0);
            }
        }
        return statements;
    }

    private static String read(String resource) {
        try (InputStream in = Migrations.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource: " + resource + " (expected: beside Migrations.class)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
