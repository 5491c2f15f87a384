package dev.skein.persistence.jdbc.read;

import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.jdbc.sql.DamagedRow;
import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.persistence.jdbc.sql.Keys;
import dev.skein.persistence.jdbc.sql.SessionRows;
import dev.skein.protocol.message.Subscription;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the sessions of an instance, page by page. */
public final class SessionPages {
    private SessionPages() {}

    /**
     * Sessions without a connection whose time is over, those first whose clients left first: one part of them by their
     * own expiry, the other by settings, each by its index.
     */
    public static List<StoredSession> expired(
            Connection connection,
            String instance,
            long nowMillis,
            long beforeMillis,
            int limit,
            DamagedRow.Listener damages)
            throws SQLException {
        String sql = "SELECT * FROM (" + part("expires_at") + " UNION ALL " + part("left_at")
                + ") found ORDER BY disconnected_at, id LIMIT ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, instance);
            statement.setLong(2, nowMillis);
            statement.setInt(3, limit);
            statement.setString(4, instance);
            statement.setLong(5, beforeMillis);
            statement.setInt(6, limit);
            statement.setInt(7, limit);
            return rows(statement, damages);
        }
    }

    private static String part(String time) {
        return "(SELECT " + SessionRows.COLUMNS + " FROM skein_session WHERE set_aside_at IS NULL AND instance = ? AND "
                + time
                + " < ? ORDER BY instance, " + time + ", id LIMIT ?)";
    }

    /** Sessions of connections on nodes that are not among {@code liveNodes}. */
    public static List<StoredSession> heldByOthers(
            Connection connection, Set<Long> liveNodes, int limit, DamagedRow.Listener damages) throws SQLException {
        String sql = "SELECT " + SessionRows.COLUMNS + " FROM skein_session WHERE set_aside_at IS NULL"
                + " AND holder IS NOT NULL"
                + " AND holder NOT IN (" + Dialect.marks(liveNodes.size()) + ") ORDER BY holder, id LIMIT ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int at = 1;
            for (long node : liveNodes) {
                statement.setLong(at++, node);
            }
            statement.setInt(at, limit);
            return rows(statement, damages);
        }
    }

    /** Without their subscriptions, which nobody asks for here. */
    private static List<StoredSession> rows(PreparedStatement statement, DamagedRow.Listener damages)
            throws SQLException {
        List<StoredSession> sessions = new ArrayList<>();
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                StoredSession session = SessionRows.row(result, damages);
                if (session != null) {
                    sessions.add(session);
                }
            }
        }
        return List.copyOf(sessions);
    }

    /** Sessions whose client ID begins with {@code prefix}, in the order of client IDs. */
    public static List<StoredSession> byClientId(
            Connection connection,
            String instance,
            String prefix,
            String afterClientId,
            int limit,
            DamagedRow.Listener damages)
            throws SQLException {
        // Client IDs with one beginning stand together in the order, so the first other one ends the page.
        String from = Keys.prefix(prefix.compareTo(afterClientId) > 0 ? prefix : afterClientId);
        String sql = "SELECT " + SessionRows.COLUMNS + " FROM skein_session WHERE set_aside_at IS NULL"
                + " AND instance = ? AND client_prefix >= ?"
                + " AND client_id > ? AND client_id >= ? ORDER BY instance, client_prefix, client_id LIMIT ?";
        List<StoredSession> sessions = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, instance);
            statement.setString(2, from);
            statement.setString(3, afterClientId);
            statement.setString(4, prefix);
            statement.setInt(5, limit);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    StoredSession session = SessionRows.row(result, damages);
                    if (session == null) {
                        continue;
                    }
                    if (!session.key().clientId().startsWith(prefix)) {
                        break;
                    }
                    sessions.add(session);
                }
            }
        }
        return SessionRows.withSubscriptions(connection, sessions, damages);
    }

    /** Reads all sessions and subscriptions, for those that are damaged. */
    public static void check(Connection connection, DamagedRow.Listener damages) throws SQLException {
        String whole = " FROM skein_session WHERE set_aside_at IS NULL";
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + SessionRows.COLUMNS + whole)) {
            List<StoredSession> unused = rows(statement, damages);
        }
        String sql = "SELECT " + SessionRows.SUBSCRIPTION + " FROM skein_subscription u WHERE u.session_id IN"
                + " (SELECT id" + whole + ")";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                Subscription unused = SessionRows.subscription(result, 1, damages);
            }
        }
    }

    /** Sessions of the instance. */
    public static long count(Connection connection, String instance) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT COUNT(*) FROM skein_session WHERE instance = ?")) {
            statement.setString(1, instance);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getLong(1);
            }
        }
    }
}
