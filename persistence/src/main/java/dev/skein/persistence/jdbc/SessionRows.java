package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.Subscription;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Reads sessions with their subscriptions, many keys in one statement. */
final class SessionRows {
    /** Columns that {@link #row} reads, in its order. */
    static final String COLUMNS = "id, instance, client_id, created_at, disconnected_at, owner";

    /** Keys in one statement at the most. */
    static final int MAX_KEYS = 256;

    /** List lengths are rounded up to one of these, so that few different statements are parsed and kept. */
    private static final int[] LENGTHS = {1, 8, 64, MAX_KEYS};

    private SessionRows() {}

    /** Columns that {@link #subscription} reads, in its order. */
    static final String SUBSCRIPTION = "u.filter, u.qos, u.options, u.share_group, u.identifier";

    /** A filter, as its client wrote it, that a session may have subscribed. */
    record Wanted(long sessionId, String filter) {}

    /** The sessions among {@code keys} that exist. */
    static Map<SessionKey, StoredSession> find(Connection connection, Collection<SessionKey> keys) throws SQLException {
        List<UUID> hashes = keys.stream()
                .map(key -> Keys.hash(key.instance(), key.clientId()))
                .distinct()
                .toList();
        List<StoredSession> rows = new ArrayList<>();
        for (int from = 0; from < hashes.size(); from += MAX_KEYS) {
            List<UUID> part = hashes.subList(from, Math.min(hashes.size(), from + MAX_KEYS));
            String sql = "SELECT " + COLUMNS + " FROM skein_session WHERE key_hash IN (";
            try (PreparedStatement statement = in(connection, sql, part);
                    ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(row(result));
                }
            }
        }
        Map<SessionKey, StoredSession> found = new HashMap<>();
        for (StoredSession session : withSubscriptions(connection, rows)) {
            found.put(session.key(), session);
        }
        return found;
    }

    /** The session of the current row, without its subscriptions. */
    static StoredSession row(ResultSet result) throws SQLException {
        return new StoredSession(
                result.getLong(1),
                new SessionKey(result.getString(2), result.getString(3)),
                result.getLong(4),
                result.getLong(5),
                result.getString(6),
                List.of());
    }

    /** {@code sessions}, in the same order, with their subscriptions. */
    static List<StoredSession> withSubscriptions(Connection connection, List<StoredSession> sessions)
            throws SQLException {
        Map<Long, List<Subscription>> subscriptions = new HashMap<>();
        for (int from = 0; from < sessions.size(); from += MAX_KEYS) {
            List<Long> ids = sessions.subList(from, Math.min(sessions.size(), from + MAX_KEYS)).stream()
                    .map(StoredSession::id)
                    .toList();
            String sql = "SELECT u.session_id, " + SUBSCRIPTION + " FROM skein_subscription u WHERE u.session_id IN (";
            try (PreparedStatement statement = in(connection, sql, ids);
                    ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    subscriptions
                            .computeIfAbsent(result.getLong(1), _ -> new ArrayList<>())
                            .add(subscription(result, 2));
                }
            }
        }
        return sessions.stream()
                .map(session -> session.with(List.copyOf(subscriptions.getOrDefault(session.id(), List.of()))))
                .toList();
    }

    /** The subscriptions among {@code wanted} that exist. */
    static List<PersistentRoute> routes(Connection connection, String instance, List<Wanted> wanted)
            throws SQLException {
        Set<PersistentRoute> routes = new LinkedHashSet<>();
        for (int from = 0; from < wanted.size(); from += MAX_KEYS) {
            List<Wanted> part = wanted.subList(from, Math.min(wanted.size(), from + MAX_KEYS));
            int length = length(part.size());
            String sql = "SELECT u.session_id, s.client_id, " + SUBSCRIPTION + " FROM (VALUES "
                    + "(CAST(? AS BIGINT), CAST(? AS UUID)), ".repeat(length - 1)
                    + "(CAST(? AS BIGINT), CAST(? AS UUID))) w(id, hash) JOIN skein_subscription u"
                    + " ON u.session_id = w.id AND u.filter_hash = w.hash JOIN skein_session s ON s.id = u.session_id"
                    + " WHERE u.instance = ?";
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < length; i++) {
                    Wanted each = part.get(Math.min(i, part.size() - 1));
                    statement.setLong(2 * i + 1, each.sessionId());
                    statement.setObject(2 * i + 2, Keys.hash(each.filter()));
                }
                statement.setString(2 * length + 1, instance);
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        routes.add(route(instance, result));
                    }
                }
            }
        }
        return List.copyOf(routes);
    }

    /** The route of the current row: session id, client ID, {@link #SUBSCRIPTION}. */
    static PersistentRoute route(String instance, ResultSet result) throws SQLException {
        return new PersistentRoute(
                result.getLong(1), new SessionKey(instance, result.getString(2)), subscription(result, 3));
    }

    private static Subscription subscription(ResultSet result, int at) throws SQLException {
        return Subscription.of(
                result.getString(at),
                result.getInt(at + 1),
                result.getInt(at + 2),
                result.getString(at + 3),
                result.getInt(at + 4));
    }

    private static int length(int values) {
        for (int candidate : LENGTHS) {
            if (candidate >= values) {
                return candidate;
            }
        }
        return MAX_KEYS;
    }

    private static PreparedStatement in(Connection connection, String sql, List<?> values) throws SQLException {
        int length = length(values.size());
        PreparedStatement statement = connection.prepareStatement(sql + Dialect.marks(length) + ")");
        for (int i = 0; i < length; i++) {
            statement.setObject(i + 1, values.get(Math.min(i, values.size() - 1)));
        }
        return statement;
    }
}
