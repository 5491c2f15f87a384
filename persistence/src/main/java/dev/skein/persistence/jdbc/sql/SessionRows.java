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
import org.jspecify.annotations.Nullable;

/**
 * Looks up sessions with their subscriptions, many keys in one statement: for readers, and for the writer that makes
 * them.
 */
public final class SessionRows {
    /** Columns that {@link #row} reads, in its order. */
    public static final String COLUMNS = "id, instance, client_id, created_at, disconnected_at, owner,"
            + " expiry_seconds, holder, will_waits, checksum, state_checksum";

    /** Columns of {@code skein_subscription u} that {@link #subscription} reads, in its order. */
    public static final String SUBSCRIPTION =
            "u.filter, u.qos, u.options, u.share_group, u.identifier, u.session_id, u.checksum";

    private static final int SESSION_OF_SUBSCRIPTION = 6;

    private SessionRows() {}

    /**
     * The sessions among {@code keys} that exist.
     *
     * @param damages told of those that are not what was written; they are left out
     */
    public static Map<SessionKey, StoredSession> find(
            Connection connection, Collection<SessionKey> keys, DamagedRow.Listener damages) throws SQLException {
        Set<SessionKey> asked = new HashSet<>(keys);
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
                    StoredSession session = row(result, damages);
                    if (session != null && asked.contains(session.key())) {
                        rows.add(session);
                    } else if (session != null) { // it has no checksum, and the key of another
                        damages.found(damaged(session.id(), "session " + session.id() + " of " + session.key()));
                    }
                }
            }
        }
        Map<SessionKey, StoredSession> found = new HashMap<>();
        for (StoredSession session : withSubscriptions(connection, rows, damages)) {
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

    /** The session of the current row, without its subscriptions; null when it is damaged. */
    public static @Nullable StoredSession row(ResultSet result, DamagedRow.Listener damages) throws SQLException {
        long id = result.getLong(1);
        return DamagedRow.unlessDamaged(
                () -> row(result),
                why -> damaged(
                        id,
                        "session " + id + " of client " + DamagedRow.name(result, 3) + " in instance "
                                + DamagedRow.name(result, 2) + why),
                damages);
    }

    private static @Nullable StoredSession row(ResultSet result) throws SQLException {
        StoredSession session = new StoredSession(
                result.getLong(1),
                new SessionKey(result.getString(2), result.getString(3)),
                result.getLong(4),
                result.getLong(5),
                result.getString(6),
                result.getObject(7, Long.class),
                result.getLong(8),
                result.getBoolean(9),
                List.of());
        boolean whole = Checksum.fits(
                        result.getObject(10, Long.class),
                        () -> Checksum.ofSession(session.id(), session.key(), session.createdAt(), session.owner()))
                && Checksum.fits(result.getObject(11, Long.class), () -> Checksum.ofSessionState(session));
        return whole ? session : null;
    }

    private static DamagedRow damaged(long id, String what) {
        return new DamagedRow(DamagedRow.Table.SESSION, id, 0, what);
    }

    /**
     * {@code sessions}, in the same order, with their subscriptions. One of which a subscription is damaged is left
     * out: its client is to subscribe again.
     */
    public static List<StoredSession> withSubscriptions(
            Connection connection, List<StoredSession> sessions, DamagedRow.Listener damages) throws SQLException {
        Map<Long, List<Subscription>> subscriptions = new HashMap<>();
        Set<Long> damaged = new HashSet<>();
        for (int from = 0; from < sessions.size(); from += ValueLists.LONGEST) {
            List<Long> ids = sessions.subList(from, Math.min(sessions.size(), from + ValueLists.LONGEST)).stream()
                    .map(StoredSession::id)
                    .toList();
            String sql = "SELECT " + SUBSCRIPTION + " FROM skein_subscription u WHERE u.session_id IN (";
            try (PreparedStatement statement = ValueLists.in(connection, sql, ids);
                    ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    long id = result.getLong(SESSION_OF_SUBSCRIPTION);
                    Subscription subscription = subscription(result, 1, damages);
                    if (subscription == null) {
                        damaged.add(id);
                    } else {
                        subscriptions
                                .computeIfAbsent(id, _ -> new ArrayList<>())
                                .add(subscription);
                    }
                }
            }
        }
        return sessions.stream()
                .filter(session -> !damaged.contains(session.id()))
                .map(session -> session.with(List.copyOf(subscriptions.getOrDefault(session.id(), List.of()))))
                .toList();
    }

    /** The subscription of the current row; null when it is damaged, and its session with it. */
    public static @Nullable Subscription subscription(ResultSet result, int at, DamagedRow.Listener damages)
            throws SQLException {
        long session = result.getLong(at + SESSION_OF_SUBSCRIPTION - 1);
        return DamagedRow.unlessDamaged(
                () -> subscription(result, at, session),
                why -> damaged(
                        session, "session " + session + ", its subscription " + DamagedRow.name(result, at) + why),
                damages);
    }

    private static @Nullable Subscription subscription(ResultSet result, int at, long session) throws SQLException {
        Subscription subscription = Subscription.of(
                result.getString(at),
                result.getInt(at + 1),
                result.getInt(at + 2),
                result.getString(at + 3),
                result.getInt(at + 4));
        return Checksum.fits(
                        result.getObject(at + SESSION_OF_SUBSCRIPTION, Long.class),
                        () -> Checksum.ofSubscription(session, subscription))
                ? subscription
                : null;
    }
}
