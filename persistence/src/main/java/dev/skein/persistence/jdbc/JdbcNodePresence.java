package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.NodePresence;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Presence in the table of nodes. Small and rare: on the threads that read, each in a transaction of its own. */
final class JdbcNodePresence implements NodePresence {
    private final Reads reads;
    private final String name;

    JdbcNodePresence(Reads reads, String name) {
        this.reads = reads;
        this.name = name;
    }

    @Override
    public CompletionStage<Void> seen() {
        return reads.<Boolean>read("presence", connection -> update(connection, "CURRENT_TIMESTAMP"))
                .thenAccept(_ -> {});
    }

    @Override
    public CompletionStage<Void> left() {
        return reads.<Boolean>read("presence", connection -> update(connection, "NULL"))
                .thenAccept(_ -> {});
    }

    private boolean update(Connection connection, String value) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE skein_node SET seen_at = " + value + " WHERE name = ?")) {
            statement.setString(1, name);
            boolean changed = statement.executeUpdate() == 1;
            connection.commit();
            return changed;
        }
    }

    @Override
    public CompletionStage<List<String>> othersSeenWithin(Duration time) {
        String sql = "SELECT name FROM skein_node WHERE name <> ? AND seen_at > CURRENT_TIMESTAMP - INTERVAL '"
                + time.toSeconds() + "' SECOND ORDER BY name";
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
