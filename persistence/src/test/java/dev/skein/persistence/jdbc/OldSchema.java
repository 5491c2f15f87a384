package dev.skein.persistence.jdbc;

import dev.skein.persistence.contract.TestStores;
import dev.skein.persistence.jdbc.sql.Keys;
import dev.skein.persistence.schema.Database;
import dev.skein.persistence.schema.Migrations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Writes an empty database as a release before this one has left it. */
record OldSchema(String url, String user) {
    /** All migrations up to version 8. */
    private static final List<String> MIGRATIONS = List.of(
            "0001-stores",
            "0002-journal",
            "0003-wills",
            "0004-nodes",
            "0005-inbound-identity",
            "0006-published-wills",
            "0007-wills-of-clients",
            "0008-properties");

    /** A connection of its own. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, "");
    }

    /** Tables as of version {@code newest}, 1 to 8. */
    void make(int newest) throws SQLException, IOException {
        String folder = Database.of(url).name().toLowerCase(Locale.ROOT);
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE schema_version (version INT PRIMARY KEY)");
            for (int version = 1; version <= newest; version++) {
                for (String sql :
                        sql(folder + "/" + MIGRATIONS.get(version - 1) + ".sql").split(";\n", -1)) {
                    if (!sql.isBlank()) {
                        statement.execute(sql);
                    }
                }
                statement.execute("INSERT INTO schema_version (version) VALUES (" + version + ")");
            }
        }
    }

    private static String sql(String resource) throws IOException {
        try (InputStream in = Migrations.class.getResourceAsStream(resource)) {
            String all = new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
            StringBuilder statements = new StringBuilder();
            all.lines()
                    .filter(line -> !line.startsWith("--"))
                    .forEach(line -> statements.append(line).append('\n'));
            return statements.toString();
        }
    }

    /** Two persistent sessions, c1 and c2, with one filter each. */
    void sessionsAsSeven() throws SQLException {
        try (Connection connection = connect()) {
            for (long id = 1; id <= 2; id++) {
                String client = "c" + id;
                run(
                        connection,
                        "INSERT INTO skein_session (id, key_hash, instance, client_prefix, client_id, created_at,"
                                + " disconnected_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                        List.of(
                                id,
                                Keys.hash(TestStores.INSTANCE, client),
                                TestStores.INSTANCE,
                                client,
                                client,
                                5L,
                                0L));
                run(
                        connection,
                        "INSERT INTO skein_subscription (session_id, filter_hash, instance, parent, filter, qos)"
                                + " VALUES (?, ?, ?, ?, ?, ?)",
                        List.of(id, Keys.hash("f/" + id), TestStores.INSTANCE, "f", "f/" + id, 2));
            }
        }
    }

    /** Executes one statement. */
    static void run(Connection connection, String sql, List<Object> values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            statement.executeUpdate();
        }
    }
}
