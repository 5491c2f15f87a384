package dev.skein.persistence.jdbc.read;

import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.jdbc.sql.DamagedRow;
import dev.skein.persistence.jdbc.sql.Keys;
import dev.skein.persistence.jdbc.sql.SessionRows;
import dev.skein.persistence.jdbc.sql.ValueLists;
import dev.skein.protocol.message.Subscription;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads subscriptions with whose they are. */
public final class RouteRows {
    /** A filter, as its client wrote it, that a session may have subscribed. */
    public record Wanted(long sessionId, String filter) {}

    private static final int SESSION = 7;

    private RouteRows() {}

    /** The subscriptions below a parent topic of the next {@code limit} sessions. */
    public static List<PersistentRoute> ofParent(
            Connection connection,
            String instance,
            String parent,
            long afterSessionId,
            int limit,
            DamagedRow.Listener damages)
            throws SQLException {
        String key = Keys.bounded(parent);
        long last = lastSession(connection, instance, key, afterSessionId, limit);
        List<PersistentRoute> routes = new ArrayList<>();
        String sql = "SELECT s.client_id, " + SessionRows.SUBSCRIPTION + " FROM skein_subscription u"
                + " JOIN skein_session s ON s.id = u.session_id AND s.set_aside_at IS NULL"
                + " WHERE u.instance = ? AND u.parent = ? AND u.session_id > ?"
                + " AND u.session_id <= ? ORDER BY u.instance, u.parent, u.session_id";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, instance);
            statement.setString(2, key);
            statement.setLong(3, afterSessionId);
            statement.setLong(4, last);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    route(instance, result, damages).ifPresent(routes::add);
                }
            }
        }
        return List.copyOf(routes);
    }

    /** The greatest id among the next {@code limit} sessions; {@code after} itself when there is none. */
    private static long lastSession(Connection connection, String instance, String parent, long after, int limit)
            throws SQLException {
        String sql = "SELECT DISTINCT session_id FROM skein_subscription WHERE instance = ? AND parent = ?"
                + " AND session_id > ? ORDER BY session_id LIMIT ?";
        long last = after;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, instance);
            statement.setString(2, parent);
            statement.setLong(3, after);
            statement.setInt(4, limit);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    last = result.getLong(1);
                }
            }
        }
        return last;
    }

    /** The subscriptions among {@code wanted} that exist. */
    public static List<PersistentRoute> of(
            Connection connection, String instance, List<Wanted> wanted, DamagedRow.Listener damages)
            throws SQLException {
        Set<PersistentRoute> routes = new LinkedHashSet<>();
        for (int from = 0; from < wanted.size(); from += ValueLists.LONGEST) {
            List<Wanted> part = wanted.subList(from, Math.min(wanted.size(), from + ValueLists.LONGEST));
            int length = ValueLists.length(part.size());
            String sql = "SELECT s.client_id, " + SessionRows.SUBSCRIPTION + " FROM (VALUES "
                    + "(CAST(? AS BIGINT), CAST(? AS UUID)), ".repeat(length - 1)
                    + "(CAST(? AS BIGINT), CAST(? AS UUID))) w(id, hash) JOIN skein_subscription u"
                    + " ON u.session_id = w.id AND u.filter_hash = w.hash JOIN skein_session s ON s.id = u.session_id"
                    + " AND s.set_aside_at IS NULL WHERE u.instance = ?";
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < length; i++) {
                    Wanted each = part.get(Math.min(i, part.size() - 1));
                    statement.setLong(2 * i + 1, each.sessionId());
                    statement.setObject(2 * i + 2, Keys.hash(each.filter()));
                }
                statement.setString(2 * length + 1, instance);
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        route(instance, result, damages).ifPresent(routes::add);
                    }
                }
            }
        }
        return List.copyOf(routes);
    }

    /** The route of the current row: client ID, {@link SessionRows#SUBSCRIPTION}. Empty when it is damaged. */
    private static Optional<PersistentRoute> route(String instance, ResultSet result, DamagedRow.Listener damages)
            throws SQLException {
        Subscription subscription = SessionRows.subscription(result, 2, damages);
        return subscription == null
                ? Optional.empty()
                : Optional.of(new PersistentRoute(
                        result.getLong(SESSION), new SessionKey(instance, result.getString(1)), subscription));
    }
}
