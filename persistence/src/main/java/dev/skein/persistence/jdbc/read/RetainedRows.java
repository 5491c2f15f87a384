package dev.skein.persistence.jdbc.read;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.jdbc.sql.Checksum;
import dev.skein.persistence.jdbc.sql.ContentColumns;
import dev.skein.persistence.jdbc.sql.DamagedRow;
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
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads retained messages. */
public final class RetainedRows {
    private static final String COLUMNS = "SELECT seq, writer, topic, qos, " + ContentColumns.NAMES
            + ", key_hash, instance FROM skein_retained WHERE set_aside_at IS NULL";

    private static final int CHECKSUM_AT = 9;
    private static final int KEY_AT = 10;

    private static final int PAGE_BYTES = 1 << 20;
    /** Rows that PostgreSQL sends at a time; H2 reads each when it is wanted. */
    private static final int FETCH_SIZE = 16;

    private RetainedRows() {}

    /**
     * Messages in the order of topics, fewer than {@code limit} when they are large.
     *
     * @param parent their first level, or null for all
     * @param damages told of those that are not what was written; they are left out
     */
    public static List<RetainedMessage> list(
            Connection connection,
            String instance,
            @Nullable String parent,
            String afterTopic,
            int limit,
            DamagedRow.Listener damages)
            throws SQLException {
        String where = " AND instance = ?" + (parent == null ? "" : " AND parent = ?")
                + " AND topic_prefix >= ? AND (topic_prefix > ? OR topic > ?) ORDER BY instance, "
                + (parent == null ? "" : "parent, ") + "topic_prefix, topic LIMIT ?";
        List<RetainedMessage> page = new ArrayList<>();
        long bytes = 0;
        int damaged = 0;
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
                    RetainedMessage message = message(result, instance, damages);
                    if (message == null) {
                        damaged++;
                        continue;
                    }
                    bytes += message.bytes();
                    page.add(message);
                }
            }
        }
        // An empty page is the end: there may be others behind those that are damaged.
        return page.isEmpty() && damaged == limit
                ? list(connection, instance, parent, afterTopic, 2 * limit, damages)
                : List.copyOf(page);
    }

    private static @Nullable RetainedMessage message(ResultSet result, String instance, DamagedRow.Listener damages)
            throws SQLException {
        UUID key = result.getObject(KEY_AT, UUID.class);
        return DamagedRow.unlessDamaged(
                () -> message(result, instance),
                why -> new DamagedRow(
                        DamagedRow.Table.RETAINED,
                        key.getMostSignificantBits(),
                        key.getLeastSignificantBits(),
                        "retained message of topic " + DamagedRow.name(result, 3) + " in instance " + instance + why),
                damages);
    }

    private static @Nullable RetainedMessage message(ResultSet result, String instance) throws SQLException {
        MessageId id = new MessageId(result.getLong(1), result.getLong(2));
        String topic = result.getString(3);
        int qos = result.getInt(4);
        ContentColumns.Raw raw = ContentColumns.Raw.read(result, 5);
        return Checksum.fits(
                        result.getObject(CHECKSUM_AT, Long.class),
                        () -> Checksum.ofRetained(instance, id, qos).message(topic, raw))
                ? new RetainedMessage(id, topic, raw.decoded(), qos, raw.source())
                : null;
    }

    /** Those of {@code topics} that have one. */
    public static Map<String, RetainedMessage> find(
            Connection connection, String instance, Collection<String> topics, DamagedRow.Listener damages)
            throws SQLException {
        Map<String, RetainedMessage> found = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS + " AND key_hash = ?")) {
            for (String topic : topics) {
                statement.setObject(1, Keys.hash(instance, topic));
                try (ResultSet result = statement.executeQuery()) {
                    RetainedMessage message = result.next() ? message(result, instance, damages) : null;
                    if (message != null) {
                        found.put(topic, message);
                    }
                }
            }
        }
        return found;
    }

    /** Reads all of all instances, for those that are damaged. */
    public static void check(Connection connection, DamagedRow.Listener damages) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                RetainedMessage unused = message(result, DamagedRow.name(result, KEY_AT + 1), damages);
            }
        }
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
