package dev.skein.persistence.jdbc.read;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.message.Will;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads wills. */
public final class WillRows {
    private static final String SELECT =
            "SELECT connection_id, node, instance, client_id, topic, payload, properties, qos, retain,"
                    + " delay_seconds, expiry_seconds, taken_over, due_at FROM skein_will";

    private WillRows() {}

    /** Wills of nodes that are not among {@code liveNodes}, and those that one node took over from another. */
    public static List<StoredWill> orphans(Connection connection, Set<Long> liveNodes, int limit) throws SQLException {
        String gone =
                liveNodes.isEmpty() ? "" : " AND (taken_over OR node NOT IN (" + Dialect.marks(liveNodes.size()) + "))";
        String sql = SELECT + " WHERE due_at IS NULL" + gone + " ORDER BY node, connection_id LIMIT ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int at = 1;
            for (long node : liveNodes) {
                statement.setLong(at++, node);
            }
            statement.setInt(at, limit);
            return wills(statement);
        }
    }

    /** Wills that have waited until {@code nowMillis}. */
    public static List<StoredWill> due(Connection connection, long nowMillis, int limit) throws SQLException {
        String sql = SELECT + " WHERE due_at <= ? ORDER BY due_at, connection_id LIMIT ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, nowMillis);
            statement.setInt(2, limit);
            return wills(statement);
        }
    }

    /** Wills of a client's connections. */
    public static List<StoredWill> ofClient(Connection connection, SessionKey client) throws SQLException {
        String sql = SELECT + " WHERE instance = ? AND client_id = ? ORDER BY connection_id";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, client.instance());
            statement.setString(2, client.clientId());
            return wills(statement);
        }
    }

    private static List<StoredWill> wills(PreparedStatement statement) throws SQLException {
        List<StoredWill> wills = new ArrayList<>();
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                wills.add(new StoredWill(
                        result.getLong(1),
                        result.getLong(2),
                        new SessionKey(result.getString(3), result.getString(4)),
                        new Will(
                                result.getString(5),
                                new Content(result.getBytes(6), Properties.of(result.getBytes(7), Long.MAX_VALUE)),
                                result.getInt(8),
                                result.getBoolean(9),
                                result.getLong(10),
                                result.getLong(11)),
                        result.getBoolean(12),
                        result.getLong(13)));
            }
        }
        return List.copyOf(wills);
    }
}
