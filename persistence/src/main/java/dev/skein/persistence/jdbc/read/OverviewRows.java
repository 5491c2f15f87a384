package dev.skein.persistence.jdbc.read;

import dev.skein.persistence.api.Overview;
import dev.skein.persistence.api.RetainedSummary;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.SessionSummary;
import dev.skein.persistence.jdbc.sql.DamagedRow;
import dev.skein.persistence.jdbc.sql.Keys;
import dev.skein.persistence.jdbc.sql.SessionRows;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Subscription;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads how many and how large things are. The database counts; bodies stay there. */
public final class OverviewRows {
    /** Rows that PostgreSQL sends at a time; H2 reads each when it is wanted. */
    private static final int FETCH_SIZE = 100;

    private static final String SUMMARY = "SELECT s.id, s.instance, s.client_id, s.created_at, s.disconnected_at,"
            + " s.owner, (SELECT COUNT(*) FROM skein_subscription u WHERE u.session_id = s.id),"
            + " (SELECT COALESCE(SUM(CHAR_LENGTH(u.filter)), 0) FROM skein_subscription u WHERE u.session_id = s.id)"
            + " FROM skein_session s";

    private OverviewRows() {}

    /** Sessions in the order of client IDs. */
    public static List<SessionSummary> sessions(Connection connection, String instance, String afterClientId, int limit)
            throws SQLException {
        String sql = SUMMARY
                + " WHERE s.set_aside_at IS NULL AND s.instance = ? AND s.client_prefix >= ? AND s.client_id > ?"
                + " ORDER BY s.instance, s.client_prefix, s.client_id LIMIT ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, instance);
            statement.setString(2, Keys.prefix(afterClientId));
            statement.setString(3, afterClientId);
            statement.setInt(4, limit);
            return summaries(statement);
        }
    }

    /** One session. */
    public static Optional<SessionSummary> session(Connection connection, SessionKey key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SUMMARY + " WHERE s.key_hash = ?")) {
            statement.setObject(1, Keys.hash(key.instance(), key.clientId()));
            return summaries(statement).stream().findFirst();
        }
    }

    /** The largest sessions. */
    public static List<SessionSummary> largest(Connection connection, String instance, Overview.Size by, int limit)
            throws SQLException {
        String size = switch (by) {
            case FILTERS ->
                "SELECT session_id, SUM(CHAR_LENGTH(filter)) AS size FROM skein_subscription GROUP BY session_id";
            case QUEUE -> "SELECT session_id, COUNT(*) AS size FROM skein_queue GROUP BY session_id";
        };
        String sql = SUMMARY + " JOIN (" + size + ") g ON g.session_id = s.id WHERE s.set_aside_at IS NULL"
                + " AND s.instance = ?"
                + " ORDER BY g.size DESC, s.id LIMIT ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, instance);
            statement.setInt(2, limit);
            return summaries(statement);
        }
    }

    private static List<SessionSummary> summaries(PreparedStatement statement) throws SQLException {
        List<SessionSummary> found = new ArrayList<>();
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                found.add(new SessionSummary(
                        result.getLong(1),
                        new SessionKey(result.getString(2), result.getString(3)),
                        result.getLong(4),
                        result.getLong(5),
                        result.getString(6),
                        result.getInt(7),
                        result.getLong(8)));
            }
        }
        return List.copyOf(found);
    }

    /** Subscriptions of one session, in the order of the hashes of their filters. */
    public static List<Subscription> subscriptions(
            Connection connection, long sessionId, String afterFilter, int limit, DamagedRow.Listener damages)
            throws SQLException {
        String after = afterFilter.isEmpty() ? "" : " AND u.filter_hash > ?";
        String sql = "SELECT " + SessionRows.SUBSCRIPTION + " FROM skein_subscription u WHERE u.session_id = ?" + after
                + " ORDER BY u.session_id, u.filter_hash LIMIT ?";
        List<Subscription> page = new ArrayList<>();
        long chars = 0;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(FETCH_SIZE);
            int at = 1;
            statement.setLong(at++, sessionId);
            if (!afterFilter.isEmpty()) {
                statement.setObject(at++, Keys.hash(afterFilter));
            }
            statement.setInt(at, limit);
            try (ResultSet result = statement.executeQuery()) {
                while (chars < Overview.PAGE_CHARS && result.next()) {
                    Subscription subscription = SessionRows.subscription(result, 1, damages);
                    if (subscription == null) {
                        continue;
                    }
                    chars += subscription.filter().length();
                    page.add(subscription);
                }
            }
        }
        return List.copyOf(page);
    }

    /** Retained messages in the order of topics. */
    public static List<RetainedSummary> retained(
            Connection connection, String instance, String prefix, String afterTopic, int limit) throws SQLException {
        // Topics with one beginning stand together in the order, so the first other one ends the page.
        String from = Keys.prefix(prefix.compareTo(afterTopic) > 0 ? prefix : afterTopic);
        String sql = "SELECT seq, writer, topic, qos, OCTET_LENGTH(payload) + COALESCE(OCTET_LENGTH(properties), 0),"
                + " origin FROM skein_retained WHERE set_aside_at IS NULL AND instance = ? AND topic_prefix >= ?"
                + " AND topic > ? AND topic >= ? ORDER BY instance, topic_prefix, topic LIMIT ?";
        List<RetainedSummary> page = new ArrayList<>();
        long chars = 0;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(FETCH_SIZE);
            statement.setString(1, instance);
            statement.setString(2, from);
            statement.setString(3, afterTopic);
            statement.setString(4, prefix);
            statement.setInt(5, limit);
            try (ResultSet result = statement.executeQuery()) {
                while (chars < Overview.PAGE_CHARS && result.next()) {
                    String topic = result.getString(3);
                    if (!topic.startsWith(prefix)) {
                        break;
                    }
                    chars += topic.length();
                    MessageId id = new MessageId(result.getLong(1), result.getLong(2));
                    Origin origin = Origin.of(result.getString(6));
                    page.add(new RetainedSummary(id, topic, result.getInt(4), result.getLong(5), origin));
                }
            }
        }
        return List.copyOf(page);
    }

    /** Retained messages of the instance: payloads and topics. */
    public static Overview.Usage retainedUsage(Connection connection, String instance) throws SQLException {
        return usage(
                connection,
                instance,
                "SELECT COUNT(*), COALESCE(SUM(CAST(OCTET_LENGTH(payload) + COALESCE(OCTET_LENGTH(properties), 0)"
                        + " + CHAR_LENGTH(topic) AS BIGINT)), 0) FROM skein_retained WHERE instance = ?");
    }

    /** Topic filters of the instance. */
    public static Overview.Usage filterUsage(Connection connection, String instance) throws SQLException {
        return usage(
                connection,
                instance,
                "SELECT COUNT(*), COALESCE(SUM(CAST(CHAR_LENGTH(filter) AS BIGINT)), 0) FROM skein_subscription"
                        + " WHERE instance = ?");
    }

    private static Overview.Usage usage(Connection connection, String instance, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, instance);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return new Overview.Usage(result.getLong(1), result.getLong(2));
            }
        }
    }
}
