package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.NodePresence;
import dev.skein.persistence.jdbc.read.Reads;
import dev.skein.persistence.jdbc.sql.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Presence in the table of nodes. Small and rare: on the threads that read, each in a transaction of its own. */
final class JdbcNodePresence implements NodePresence {
    private final Reads reads;
    private final Dialect dialect;
    private final String name;
    private final UUID owner;

    JdbcNodePresence(Reads reads, Dialect dialect, String name, UUID owner) {
        this.reads = reads;
        this.dialect = dialect;
        this.name = name;
        this.owner = owner;
    }

    @Override
    public CompletionStage<Void> seen() {
        return reads.<Boolean>read("presence", connection -> update(connection, "CURRENT_TIMESTAMP", owner))
                .thenAccept(_ -> {});
    }

    @Override
    public CompletionStage<Boolean> claim(Duration time) {
        String sql = "UPDATE skein_node SET seen_at = CURRENT_TIMESTAMP, seen_owner = ? WHERE name = ? AND NOT EXISTS"
                + " (SELECT 1 FROM skein_node o WHERE o.name <> ? AND o.seen_at > " + since(time) + ")";
        return reads.read("claim", connection -> {
            NodeRows.lock(connection, dialect);
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setObject(1, owner);
                statement.setString(2, name);
                statement.setString(3, name);
                boolean alone = statement.executeUpdate() == 1;
                connection.commit();
                return alone;
            }
        });
    }

    private static String since(Duration time) {
        return "CURRENT_TIMESTAMP - INTERVAL '" + time.toSeconds() + "' SECOND";
    }

    @Override
    public CompletionStage<Void> left() {
        return reads.<Boolean>read("presence", connection -> update(connection, "NULL", null))
                .thenAccept(_ -> {});
    }

    private boolean update(Connection connection, String time, @Nullable UUID seenOwner) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE skein_node SET seen_at = " + time + ", seen_owner = ? WHERE name = ?")) {
            statement.setObject(1, seenOwner);
            statement.setString(2, name);
            boolean changed = statement.executeUpdate() == 1;
            connection.commit();
            return changed;
        }
    }

    @Override
    public CompletionStage<Boolean> fence(String other) {
        return reads.read("fence", connection -> {
            dialect.waitShortlyForLocks(connection);
            try (PreparedStatement statement = connection.prepareStatement(
                    "UPDATE skein_writer SET owner = ? WHERE writer = (SELECT CAST(writer AS BIGINT) * 4294967296"
                            + " FROM skein_node WHERE name = ?) AND owner = (SELECT seen_owner FROM skein_node"
                            + " WHERE name = ?)")) {
                statement.setObject(1, UUID.randomUUID());
                statement.setString(2, other);
                statement.setString(3, other);
                boolean shut = statement.executeUpdate() == 1;
                connection.commit();
                return shut;
            }
        });
    }

    @Override
    public CompletionStage<List<String>> othersSeenWithin(Duration time) {
        String sql = "SELECT name FROM skein_node WHERE name <> ? AND seen_at > " + since(time) + " ORDER BY name";
        return reads.read("presence", connection -> {
            List<String> names = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, name);
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        names.add(result.getString(1));
                    }
                }
            }
            return List.copyOf(names);
        });
    }
}
