package dev.skein.persistence.jdbc.read;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.jdbc.sql.ContentColumns;
import dev.skein.persistence.jdbc.sql.Keys;
import dev.skein.protocol.message.MessageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads retained messages. */
public final class RetainedRows {
    private static final String COLUMNS =
            "SELECT seq, writer, topic, qos, " + ContentColumns.NAMES + " FROM skein_retained";

    private static final int PAGE_BYTES = 1 << 20;
    /** Rows that PostgreSQL sends at a time; H2 reads each when it is wanted. */
    private static final int FETCH_SIZE = 16;

    private RetainedRows() {}

    /**
     * Messages in the order of topics, fewer than {@code limit} when they are large.
     *
     * @param parent their first level, or null for all
     */
    public static List<RetainedMessage> list(
            Connection connection, String instance, @Nullable String parent, String afterTopic, int limit)
            throws SQLException {
        String where = " WHERE instance = ?" + (parent == null ? "" : " AND parent = ?")
                + " AND topic_prefix >= ? AND (topic_prefix > ? OR topic > ?) ORDER BY instance, "
                + (parent == null ? "" : "parent, ") + "topic_prefix, topic LIMIT ?";
        List<RetainedMessage> page = new ArrayList<>();
        long bytes = 0;
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS + where)) {
            statement.setFetchSize(FETCH_SIZE);
            int at = 1;
            statement.setString(at++, instance);
            if (parent != null) {
                statement.setString(at++, Keys.bounded(parent));
            }
            statement.setString(at++, Keys.prefix(afterTopic));
            statement.setString(at++, Keys.prefix(afterTopic));
            statement.setString(at++, afterTopic);
            statement.setInt(at, limit);
            try (ResultSet result = statement.executeQuery()) {
                while (bytes < PAGE_BYTES && result.next()) {
                    RetainedMessage message = message(result);
                    bytes += message.bytes();
                    page.add(message);
                }
            }
        }
        return List.copyOf(page);
    }

    private static RetainedMessage message(ResultSet result) throws SQLException {
        return new RetainedMessage(
                new MessageId(result.getLong(1), result.getLong(2)),
                result.getString(3),
                Objects.requireNonNull(ContentColumns.content(result, 5)),
                result.getInt(4),
                ContentColumns.origin(result, 5));
    }

    /** Those of {@code topics} that have one. */
    public static Map<String, RetainedMessage> find(Connection connection, String instance, Collection<String> topics)
            throws SQLException {
        Map<String, RetainedMessage> found = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS + " WHERE key_hash = ?")) {
            for (String topic : topics) {
                statement.setObject(1, Keys.hash(instance, topic));
                try (ResultSet result = statement.executeQuery()) {
                    if (result.next()) {
                        found.put(topic, message(result));
                    }
                }
            }
        }
        return found;
    }

    /** Retained messages of the instance. */
    public static long count(Connection connection, String instance) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT COUNT(*) FROM skein_retained WHERE instance = ?")) {
            statement.setString(1, instance);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getLong(1);
            }
        }
    }
}
