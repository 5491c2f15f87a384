package dev.skein.persistence.jdbc.sql;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Looks up sessions with their subscriptions, many keys in one statement: for readers, and for the writer that makes
 * them.
 */
public final class SessionRows {
    /** Columns that {@link #row} reads, in its order. */
    public static final String COLUMNS =
            "id, instance, client_id, created_at, disconnected_at, owner," + " expiry_seconds, holder, will_waits";

    /** Columns that {@link #subscription} reads, in its order. */
    public static final String SUBSCRIPTION = "u.filter, u.qos, u.options, u.share_group, u.identifier";

    private SessionRows() {}

    /** The sessions among {@code keys} that exist. */
    public static Map<SessionKey, StoredSession> find(Connection connection, Collection<SessionKey> keys)
            throws SQLException {
        List<UUID> hashes = keys.stream()
                .map(key -> Keys.hash(key.instance(), key.clientId()))
                .distinct()
                .toList();
        List<StoredSession> rows = new ArrayList<>();
        for (int from = 0; from < hashes.size(); from += ValueLists.LONGEST) {
            List<UUID> part = hashes.subList(from, Math.min(hashes.size(), from + ValueLists.LONGEST));
            String sql = "SELECT " + COLUMNS + " FROM skein_session WHERE key_hash IN (";
            try (PreparedStatement statement = ValueLists.in(connection, sql, part);
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

    /** Those of {@code ids} that are sessions. */
    public static Set<Long> existing(Connection connection, Collection<Long> ids) throws SQLException {
        List<Long> all = List.copyOf(ids);
        Set<Long> existing = new HashSet<>();
        for (int from = 0; from < all.size(); from += ValueLists.LONGEST) {
            List<Long> part = all.subList(from, Math.min(all.size(), from + ValueLists.LONGEST));
            try (PreparedStatement statement =
                            ValueLists.in(connection, "SELECT id FROM skein_session WHERE id IN (", part);
                    ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    existing.add(result.getLong(1));
                }
            }
        }
        return existing;
    }

    /** The session of the current row, without its subscriptions. */
    public static StoredSession row(ResultSet result) throws SQLException {
        return new StoredSession(
                result.getLong(1),
                new SessionKey(result.getString(2), result.getString(3)),
                result.getLong(4),
                result.getLong(5),
                result.getString(6),
                result.getObject(7, Long.class),
                result.getLong(8),
                result.getBoolean(9),
                List.of());
    }

    /** {@code sessions}, in the same order, with their subscriptions. */
    public static List<StoredSession> withSubscriptions(Connection connection, List<StoredSession> sessions)
            throws SQLException {
        Map<Long, List<Subscription>> subscriptions = new HashMap<>();
        for (int from = 0; from < sessions.size(); from += ValueLists.LONGEST) {
            List<Long> ids = sessions.subList(from, Math.min(sessions.size(), from + ValueLists.LONGEST)).stream()
                    .map(StoredSession::id)
                    .toList();
            String sql = "SELECT u.session_id, " + SUBSCRIPTION + " FROM skein_subscription u WHERE u.session_id IN (";
            try (PreparedStatement statement = ValueLists.in(connection, sql, ids);
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

    /** The subscription of the current row. */
    public static Subscription subscription(ResultSet result, int at) throws SQLException {
        return Subscription.of(
                result.getString(at),
                result.getInt(at + 1),
                result.getInt(at + 2),
                result.getString(at + 3),
                result.getInt(at + 4));
    }
}
