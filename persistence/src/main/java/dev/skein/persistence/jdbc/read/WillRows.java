package dev.skein.persistence.jdbc.read;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.jdbc.sql.Checksum;
import dev.skein.persistence.jdbc.sql.DamagedRow;
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
import org.jspecify.annotations.Nullable;

/** Reads wills. */
public final class WillRows {
    private static final String SELECT =
            "SELECT connection_id, node, instance, client_id, topic, payload, properties, qos, retain,"
                    + " delay_seconds, expiry_seconds, taken_over, due_at, checksum FROM skein_will"
                    + " WHERE set_aside_at IS NULL AND ";

    private WillRows() {}

    /** Wills of nodes that are not among {@code liveNodes}, and those that one node took over from another. */
    public static List<StoredWill> orphans(
            Connection connection, Set<Long> liveNodes, int limit, DamagedRow.Listener damages) throws SQLException {
        String gone =
                liveNodes.isEmpty() ? "" : " AND (taken_over OR node NOT IN (" + Dialect.marks(liveNodes.size()) + "))";
        String sql = SELECT + "due_at IS NULL" + gone + " ORDER BY node, connection_id LIMIT ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int at = 1;
            for (long node : liveNodes) {
                statement.setLong(at++, node);
            }
            statement.setInt(at, limit);
            return wills(statement, damages);
        }
    }

    /** Wills that have waited until {@code nowMillis}. */
    public static List<StoredWill> due(Connection connection, long nowMillis, int limit, DamagedRow.Listener damages)
            throws SQLException {
        String sql = SELECT + "due_at <= ? ORDER BY due_at, connection_id LIMIT ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, nowMillis);
            statement.setInt(2, limit);
            return wills(statement, damages);
        }
    }

    /** Wills of a client's connections. */
    public static List<StoredWill> ofClient(Connection connection, SessionKey client, DamagedRow.Listener damages)
            throws SQLException {
        String sql = SELECT + "instance = ? AND client_id = ? ORDER BY connection_id";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, client.instance());
            statement.setString(2, client.clientId());
            return wills(statement, damages);
        }
    }

    /** Reads all, for those that are damaged. */
    public static void check(Connection connection, DamagedRow.Listener damages) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SELECT + "TRUE")) {
            List<StoredWill> unused = wills(statement, damages);
        }
    }

    private static List<StoredWill> wills(PreparedStatement statement, DamagedRow.Listener damages)
            throws SQLException {
        List<StoredWill> wills = new ArrayList<>();
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                StoredWill will = will(result, damages);
                if (will != null) {
                    wills.add(will);
                }
            }
        }
        return List.copyOf(wills);
    }

    private static @Nullable StoredWill will(ResultSet result, DamagedRow.Listener damages) throws SQLException {
        long connectionId = result.getLong(1);
        return DamagedRow.unlessDamaged(
                () -> will(result, connectionId),
                why -> new DamagedRow(
                        DamagedRow.Table.WILL,
                        connectionId,
                        0,
                        "will of client " + DamagedRow.name(result, 4) + " in instance " + DamagedRow.name(result, 3)
                                + ", connection " + connectionId + why),
                damages);
    }

    private static @Nullable StoredWill will(ResultSet result, long connectionId) throws SQLException {
        byte[] payload = result.getBytes(6);
        byte[] properties = result.getBytes(7);
        if (payload == null) {
            throw new IllegalArgumentException("it has no body");
        }
        Will will = new Will(
                result.getString(5),
                new Content(payload, Properties.of(properties, Long.MAX_VALUE)),
                result.getInt(8),
                result.getBoolean(9),
                result.getLong(10),
                result.getLong(11));
        SessionKey key = new SessionKey(result.getString(3), result.getString(4));
        StoredWill stored =
                new StoredWill(connectionId, result.getLong(2), key, will, result.getBoolean(12), result.getLong(13));
        return Checksum.fits(result.getObject(14, Long.class), () -> Checksum.ofWill(stored, payload, properties))
                ? stored
                : null;
    }
}
