package dev.skein.persistence.jdbc.write;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.jdbc.sql.Checksum;
import dev.skein.persistence.jdbc.sql.ContentColumns;
import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes to the table of wills. Confined to the writing thread. */
final class WillWrites {
    private WillWrites() {}

    /** A will for each connection, or none to remove it. */
    static void change(Connection connection, Dialect dialect, Map<Long, Optional<StoredWill>> wills)
            throws SQLException {
        if (wills.isEmpty()) {
            return;
        }
        String columns = "connection_id, node, instance, client_id, topic, payload, properties, qos, retain,"
                + " delay_seconds, expiry_seconds, checksum";
        String upsert = dialect.upsert("skein_will", "connection_id", columns, 12, "node");
        try (PreparedStatement put = connection.prepareStatement(upsert);
                PreparedStatement remove =
                        connection.prepareStatement("DELETE FROM skein_will WHERE connection_id = ?")) {
            for (Map.Entry<Long, Optional<StoredWill>> entry : wills.entrySet()) {
                if (entry.getValue().isPresent()) {
                    bind(put, entry.getValue().get(), dialect.keepsChecksums());
                    put.addBatch();
                } else {
                    remove.setLong(1, entry.getKey());
                    remove.addBatch();
                }
            }
            put.executeBatch();
            remove.executeBatch();
        }
    }

    private static void bind(PreparedStatement put, StoredWill will, boolean checked) throws SQLException {
        put.setLong(1, will.connectionId());
        put.setLong(2, will.node());
        put.setString(3, will.key().instance());
        put.setString(4, will.key().clientId());
        Content content = will.will().content();
        put.setString(5, will.will().topic());
        byte[] properties =
                content.properties() == null ? null : content.properties().encoded();
        put.setBytes(6, content.payload());
        put.setBytes(7, properties);
        put.setInt(8, will.will().qos());
        put.setBoolean(9, will.will().retain());
        put.setLong(10, will.will().delaySeconds());
        put.setLong(11, will.will().expirySeconds());
        ContentColumns.bind(put, 12, checked ? Checksum.ofWill(will, content.payload(), properties) : null);
    }

    /**
     * Writes down what message each will becomes. One that has become another already is told so; one that is not its
     * node's any more is refused.
     */
    static void publish(Connection connection, List<Write.Append> wills) throws SQLException {
        if (wills.isEmpty()) {
            return;
        }
        // One order for all nodes, so that two seldom wait for each other in a circle.
        List<Write.Append> ordered = wills.stream()
                .sorted(Comparator.comparingLong(each -> mark(each).connectionId()))
                .toList();
        int[] changed;
        try (PreparedStatement statement = connection.prepareStatement("UPDATE skein_will SET seq = ?, writer = ?"
                + " WHERE connection_id = ? AND node = ? AND seq IS NULL")) {
            for (Write.Append will : ordered) {
                statement.setLong(1, will.id().sequence());
                statement.setLong(2, will.id().writer());
                statement.setLong(3, mark(will).connectionId());
                statement.setLong(4, mark(will).node());
                statement.addBatch();
            }
            changed = statement.executeBatch();
        }
        for (int i = 0; i < changed.length; i++) {
            if (changed[i] == 0) {
                Write.Append will = ordered.get(i);
                will.repeated = publishedAs(connection, mark(will));
                will.refused = will.repeated == null;
            }
        }
    }

    private static StoreCommand.WillMark mark(Write.Append will) {
        return (StoreCommand.WillMark) Objects.requireNonNull(will.command().mark());
    }

    private static @Nullable MessageId publishedAs(Connection connection, StoreCommand.WillMark mark)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT seq, writer FROM skein_will WHERE connection_id = ? AND node = ? AND seq IS NOT NULL")) {
            statement.setLong(1, mark.connectionId());
            statement.setLong(2, mark.node());
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? new MessageId(result.getLong(1), result.getLong(2)) : null;
            }
        }
    }

    /** Changes who publishes a will, and when, where it is still the one that the claim names. */
    static void claim(Connection connection, List<Write.ClaimWill> claims) throws SQLException {
        for (Write.ClaimWill claim : claims) {
            try (PreparedStatement statement = connection.prepareStatement(sql(claim))) {
                int at = 1;
                if (claim.newNode != Write.ClaimWill.NOBODY) {
                    statement.setLong(at++, claim.newNode);
                    statement.setLong(at++, claim.newNode);
                }
                if (claim.dueAt != 0) {
                    statement.setLong(at++, claim.dueAt);
                }
                statement.setLong(at++, claim.will.connectionId());
                statement.setLong(at, claim.will.node());
                claim.granted = statement.executeUpdate() == 1;
            }
        }
    }

    private static String sql(Write.ClaimWill claim) {
        String where = " WHERE connection_id = ? AND node = ?";
        if (claim.newNode == Write.ClaimWill.NOBODY) {
            return "DELETE FROM skein_will" + where + " AND seq IS NULL AND (due_at IS NOT NULL OR NOT taken_over)";
        }
        String update = "UPDATE skein_will SET node = ?, taken_over = (taken_over OR node <> ?";
        return claim.dueAt == 0
                ? update + " OR due_at IS NOT NULL), due_at = NULL" + where
                : update + "), due_at = ?" + where + " AND seq IS NULL";
    }
}
