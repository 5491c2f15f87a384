package dev.skein.persistence.jdbc.read;

import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.persistence.jdbc.sql.DamagedRow;
import dev.skein.persistence.jdbc.sql.QueueColumns;
import dev.skein.protocol.message.MessageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads queues. The index is (session, writer, sequence), so each writer's part of a queue is a range that starts where
 * the cursor stands; a page takes the first of each range and merges them by identity. Usually there is one writer.
 */
public final class QueueRows {
    /** Rows that PostgreSQL sends at a time: what is read in vain when a page ends by its bytes. */
    private static final int FETCH_SIZE = 64;

    /** More than most connections have unacknowledged at once, so that none that was sent stands behind such a gap. */
    private static final int SENT_PIECE = 1_000;

    private static final String RANGE = QueueColumns.SELECT
            + " WHERE q.session_id = ? AND q.writer = ? AND q.seq > ?"
            + " ORDER BY q.session_id, q.writer, q.seq LIMIT ?";

    private QueueRows() {}

    /**
     * What is asked of a queue.
     *
     * @param damages told of messages that are not what was written; the page goes on behind them
     */
    public record Asked(
            long sessionId, QueueCursor after, int maxMessages, int maxBytes, DamagedRow.Listener damages) {}

    /** The first messages after the cursor, 1 at least when there is any. */
    public static QueuePage page(Connection connection, Asked asked) throws SQLException {
        List<Long> writers = writers(connection, asked.sessionId);
        if (writers.size() == 1) {
            return range(connection, asked, writers.getFirst());
        }
        List<QueuedMessage> merged = new ArrayList<>();
        boolean more = false;
        @Nullable MessageId horizon = null;
        for (long writer : writers) {
            QueuePage range = range(connection, asked, writer);
            merged.addAll(range.messages());
            if (range.more()) {
                more = true;
                MessageId last = range.messages().getLast().id();
                horizon = horizon == null || last.compareTo(horizon) < 0 ? last : horizon;
            }
        }
        merged.sort(Comparator.comparing(QueuedMessage::id));
        return cut(merged, horizon, more, asked.maxMessages, asked.maxBytes);
    }

    /** Reads all queues of sessions that there are, for messages that are damaged. */
    public static void check(Connection connection, DamagedRow.Listener damages) throws SQLException {
        String sql = QueueColumns.SELECT + " WHERE EXISTS (SELECT 1 FROM skein_session s WHERE s.id = q.session_id)";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                QueuedMessage unused = QueueColumns.read(result, damages);
            }
        }
    }

    /** Ends the page where a range ended that has more, and at the limits. */
    private static QueuePage cut(
            List<QueuedMessage> merged, @Nullable MessageId horizon, boolean more, int maxMessages, int maxBytes) {
        List<QueuedMessage> page = new ArrayList<>(Math.min(merged.size(), maxMessages));
        long bytes = 0;
        for (QueuedMessage message : merged) {
            bytes += message.bytes();
            boolean beyond = horizon != null && message.id().compareTo(horizon) > 0;
            if (beyond || page.size() == maxMessages || (bytes > maxBytes && !page.isEmpty())) {
                return new QueuePage(List.copyOf(page), true);
            }
            page.add(message);
        }
        return new QueuePage(List.copyOf(page), more);
    }

    /** Writers with rows in the queue, by jumping from one to the next in the index. */
    public static List<Long> writers(Connection connection, long sessionId) throws SQLException {
        List<Long> writers = new ArrayList<>(1);
        // At least the next number, not more than the last: for H2 "more than" begins at the last and passes all its
        // rows.
        String sql = "SELECT writer FROM skein_queue WHERE session_id = ? AND writer >= ?"
                + " ORDER BY session_id, writer LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (long least = Long.MIN_VALUE; ; least = writers.getLast() + 1) {
                statement.setLong(1, sessionId);
                statement.setLong(2, least);
                try (ResultSet result = statement.executeQuery()) {
                    if (!result.next()) {
                        return writers;
                    }
                    writers.add(result.getLong(1));
                }
            }
        }
    }

    private static QueuePage range(Connection connection, Asked asked, long writer) throws SQLException {
        int limit = asked.maxMessages + 1;
        while (true) {
            List<QueuedMessage> messages = new ArrayList<>();
            int damaged = 0;
            long bytes = 0;
            try (PreparedStatement statement = connection.prepareStatement(RANGE)) {
                statement.setFetchSize(FETCH_SIZE);
                statement.setLong(1, asked.sessionId);
                statement.setLong(2, writer);
                statement.setLong(3, position(asked.after, writer));
                statement.setInt(4, limit);
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        QueuedMessage message = QueueColumns.read(result, asked.damages);
                        if (message == null) {
                            damaged++;
                            continue;
                        }
                        bytes += message.bytes();
                        if (messages.size() == asked.maxMessages || (bytes > asked.maxBytes && !messages.isEmpty())) {
                            return new QueuePage(List.copyOf(messages), true);
                        }
                        messages.add(message);
                    }
                }
            }
            if (damaged == 0 || messages.size() + damaged < limit) {
                return new QueuePage(List.copyOf(messages), false);
            }
            limit += damaged; // there may be others behind them
        }
    }

    /** The packet identifiers that a session's flow has in use. */
    public static FlowState flowState(Connection connection, long sessionId) throws SQLException {
        // In this order: what is received between the two reads stands in both, not in none.
        Map<MessageId, Integer> sent = sent(connection, sessionId, _ -> false);
        return new FlowState(List.copyOf(released(connection, sessionId).keySet()), List.copyOf(sent.values()));
    }

    /** Packet identifiers between PUBREC and PUBCOMP with their positions, in the order of these. */
    public static Map<Integer, Long> released(Connection connection, long sessionId) throws SQLException {
        String sql = "SELECT packet_id, position FROM skein_qos2_out WHERE session_id = ? ORDER BY position";
        Map<Integer, Long> packetIds = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, sessionId);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    packetIds.put(result.getInt(1), result.getLong(2));
                }
            }
        }
        return packetIds;
    }

    /**
     * The packet identifiers of the messages that were sent. A flow sends what it read, and reads each writer's part in
     * its order: they stand at the beginning of each part, among those that were sent and have no identifier here (QoS
     * 1, by a node that died). So a part is read until a piece of it has none, not to its end.
     *
     * @param gone messages that count as not there
     */
    public static Map<MessageId, Integer> sent(Connection connection, long sessionId, Predicate<MessageId> gone)
            throws SQLException {
        Map<MessageId, Integer> packetIds = new LinkedHashMap<>();
        String sql = "SELECT seq, sent_packet_id FROM skein_queue WHERE session_id = ? AND writer = ? AND seq > ?"
                + " ORDER BY session_id, writer, seq LIMIT " + SENT_PIECE;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (long writer : writers(connection, sessionId)) {
                statement.setLong(1, sessionId);
                statement.setLong(2, writer);
                long after = Long.MIN_VALUE;
                boolean found;
                do {
                    found = false;
                    statement.setLong(3, after);
                    try (ResultSet result = statement.executeQuery()) {
                        while (result.next()) {
                            after = result.getLong(1);
                            MessageId id = new MessageId(after, writer);
                            boolean left = gone.test(id);
                            if (!left && result.getInt(2) != 0) {
                                packetIds.put(id, result.getInt(2));
                            }
                            found |= left || result.getInt(2) != 0;
                        }
                    }
                } while (found);
            }
        }
        return packetIds;
    }

    private static long position(QueueCursor cursor, long writer) {
        for (int i = 0; i < cursor.size(); i++) {
            if (cursor.writer(i) == writer) {
                return cursor.sequence(i);
            }
        }
        return Long.MIN_VALUE;
    }

    /** How many messages the queue has but for those that are {@code gone}. */
    public static long depth(Connection connection, long sessionId, Predicate<MessageId> gone) throws SQLException {
        long depth = 0;
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT seq, writer FROM skein_queue WHERE session_id = ?")) {
            statement.setLong(1, sessionId);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    depth += gone.test(new MessageId(result.getLong(1), result.getLong(2))) ? 0 : 1;
                }
            }
        }
        return depth;
    }

    /** The message that a received packet identifier stands for. */
    public static Optional<MessageId> inbound(Connection connection, InboundMark mark) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT seq, writer FROM skein_qos2_in WHERE session_id = ? AND packet_id = ?")) {
            statement.setLong(1, mark.sessionId());
            statement.setInt(2, mark.packetId());
            try (ResultSet result = statement.executeQuery()) {
                return result.next()
                        ? Optional.of(new MessageId(result.getLong(1), result.getLong(2)))
                        : Optional.empty();
            }
        }
    }

    /** How many messages the queue has. */
    public static long depth(Connection connection, long sessionId) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT COUNT(*) FROM skein_queue WHERE session_id = ?")) {
            statement.setLong(1, sessionId);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getLong(1);
            }
        }
    }
}
