package dev.skein.persistence.jdbc.write;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.jdbc.sql.Checksum;
import dev.skein.persistence.jdbc.sql.ContentColumns;
import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.persistence.jdbc.sql.QueueFlags;
import dev.skein.protocol.message.MessageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The statements that change queues, bodies and QoS 2 state, each for many rows at once. */
final class QueueWrites {
    private final Connection connection;
    private final Dialect dialect;

    QueueWrites(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** Writes the messages; returns how many queue rows that made. */
    long append(List<Write.Append> appends) throws SQLException {
        if (appends.isEmpty()) {
            return 0;
        }
        bodies(appends);
        String sql = "INSERT INTO skein_queue (row_seq, writer, session_id, seq, qos, sent_packet_id, topic, "
                + ContentColumns.NAMES + ") VALUES (" + Dialect.marks(7 + ContentColumns.COUNT) + ")";
        long rows = 0;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Write.Append append : appends) {
                long rowSequence = append.id().sequence();
                for (StoreCommand.Receiver receiver : append.command().receivers()) {
                    bindRow(statement, append, receiver, rowSequence++);
                    statement.addBatch();
                    rows++;
                }
            }
            if (rows > 0) {
                statement.executeBatch();
            }
        }
        return rows;
    }

    private void bindRow(
            PreparedStatement statement, Write.Append append, StoreCommand.Receiver receiver, long rowSequence)
            throws SQLException {
        StoreCommand.Append message = append.command();
        int flags = QueueFlags.of(receiver.qos(), receiver.retain());
        Checksum checksum =
                dialect.keepsChecksums() ? Checksum.ofQueueRow(receiver.sessionId(), append.id(), flags) : null;
        statement.setLong(1, rowSequence);
        statement.setLong(2, append.id().writer());
        statement.setLong(3, receiver.sessionId());
        statement.setLong(4, append.id().sequence());
        statement.setInt(5, flags);
        statement.setInt(6, 0);
        if (message.receivers().size() == 1) {
            statement.setString(7, message.topic());
            ContentColumns.bind(statement, 8, message.topic(), message.content(), message.origin(), checksum);
        } else {
            statement.setNull(7, Types.VARCHAR);
            ContentColumns.bindNone(statement, 8, checksum);
        }
    }

    private void bodies(List<Write.Append> appends) throws SQLException {
        if (appends.stream().noneMatch(append -> append.command().receivers().size() > 1)) {
            return;
        }
        String sql = "INSERT INTO skein_body (seq, writer, receivers, topic, " + ContentColumns.NAMES + ") VALUES ("
                + Dialect.marks(4 + ContentColumns.COUNT) + ")";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Write.Append append : appends) {
                StoreCommand.Append message = append.command();
                int receivers = message.receivers().size();
                if (receivers > 1) {
                    statement.setLong(1, append.id().sequence());
                    statement.setLong(2, append.id().writer());
                    statement.setInt(3, receivers);
                    statement.setString(4, message.topic());
                    Checksum checksum = dialect.keepsChecksums() ? Checksum.ofBody(append.id()) : null;
                    ContentColumns.bind(statement, 5, message.topic(), message.content(), message.origin(), checksum);
                    statement.addBatch();
                }
            }
            statement.executeBatch();
        }
    }

    /** Sets and removes marks; returns those to be set that were there already, with the message they stand for. */
    Map<Plan.PacketKey, MessageId> inbound(Map<Plan.PacketKey, Optional<MessageId>> marks) throws SQLException {
        if (marks.isEmpty()) {
            return Map.of();
        }
        String delete = "DELETE FROM skein_qos2_in WHERE session_id = ? AND packet_id = ?";
        Map<Plan.PacketKey, MessageId> set = new LinkedHashMap<>();
        try (PreparedStatement remove = connection.prepareStatement(delete)) {
            boolean removes = false;
            for (Map.Entry<Plan.PacketKey, Optional<MessageId>> mark : marks.entrySet()) {
                if (mark.getValue().isPresent()) {
                    set.put(mark.getKey(), mark.getValue().get());
                } else {
                    remove.setLong(1, mark.getKey().sessionId());
                    remove.setInt(2, mark.getKey().packetId());
                    remove.addBatch();
                    removes = true;
                }
            }
            execute(remove, removes);
        }
        if (set.isEmpty()) {
            return Map.of();
        }
        if (!dialect.isPostgres()) {
            return insertMissing(set);
        }
        Set<Plan.PacketKey> there = new LinkedHashSet<>(set.keySet());
        there.removeAll(insertReturning(set));
        return there.isEmpty() ? Map.of() : find(there);
    }

    /** Of two nodes that set the same mark at once, the later one waits here and finds it. */
    private Set<Plan.PacketKey> insertReturning(Map<Plan.PacketKey, MessageId> marks) throws SQLException {
        Set<Plan.PacketKey> inserted = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO skein_qos2_in"
                + " (session_id, packet_id, seq, writer) SELECT s, p, q, w FROM unnest(?, ?, ?, ?) AS m (s, p, q, w)"
                + " ORDER BY s, p ON CONFLICT DO NOTHING RETURNING session_id, packet_id")) {
            array(statement, 1, "bigint", marks.keySet().stream().map(Plan.PacketKey::sessionId));
            array(statement, 2, "int", marks.keySet().stream().map(Plan.PacketKey::packetId));
            array(statement, 3, "bigint", marks.values().stream().map(MessageId::sequence));
            array(statement, 4, "bigint", marks.values().stream().map(MessageId::writer));
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    inserted.add(new Plan.PacketKey(result.getLong(1), result.getInt(2)));
                }
            }
        }
        return inserted;
    }

    private void array(PreparedStatement statement, int at, String type, Stream<?> values) throws SQLException {
        statement.setArray(at, connection.createArrayOf(type, values.toArray()));
    }

    /** The embedded database has one writer. */
    private Map<Plan.PacketKey, MessageId> insertMissing(Map<Plan.PacketKey, MessageId> marks) throws SQLException {
        Map<Plan.PacketKey, MessageId> there = find(marks.keySet());
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO skein_qos2_in (session_id, packet_id, seq, writer) VALUES (" + Dialect.marks(4) + ")")) {
            for (Map.Entry<Plan.PacketKey, MessageId> mark : marks.entrySet()) {
                if (!there.containsKey(mark.getKey())) {
                    insert.setLong(1, mark.getKey().sessionId());
                    insert.setInt(2, mark.getKey().packetId());
                    insert.setLong(3, mark.getValue().sequence());
                    insert.setLong(4, mark.getValue().writer());
                    insert.addBatch();
                }
            }
            execute(insert, there.size() < marks.size());
        }
        return there;
    }

    private Map<Plan.PacketKey, MessageId> find(Set<Plan.PacketKey> marks) throws SQLException {
        Map<Plan.PacketKey, MessageId> found = new LinkedHashMap<>();
        try (PreparedStatement find = connection.prepareStatement(
                "SELECT seq, writer FROM skein_qos2_in WHERE session_id = ? AND packet_id = ?")) {
            for (Plan.PacketKey mark : marks) {
                find.setLong(1, mark.sessionId());
                find.setInt(2, mark.packetId());
                try (ResultSet result = find.executeQuery()) {
                    if (result.next()) { // null reads as 0: no message that anybody has seen
                        found.put(mark, new MessageId(result.getLong(1), result.getLong(2)));
                    }
                }
            }
        }
        return found;
    }

    void released(Map<Plan.PacketKey, Long> packets) throws SQLException {
        if (packets.isEmpty()) {
            return;
        }
        String upsert = dialect.upsert(
                "skein_qos2_out", "session_id, packet_id", "session_id, packet_id, position", 3, "position");
        String delete = "DELETE FROM skein_qos2_out WHERE session_id = ? AND packet_id = ?";
        try (PreparedStatement put = connection.prepareStatement(upsert);
                PreparedStatement remove = connection.prepareStatement(delete)) {
            boolean puts = false;
            boolean removes = false;
            for (Map.Entry<Plan.PacketKey, Long> packet : packets.entrySet()) {
                boolean removed = packet.getValue() == Plan.REMOVED;
                PreparedStatement statement = removed ? remove : put;
                statement.setLong(1, packet.getKey().sessionId());
                statement.setInt(2, packet.getKey().packetId());
                if (!removed) {
                    statement.setLong(3, packet.getValue());
                }
                statement.addBatch();
                puts |= !removed;
                removes |= removed;
            }
            execute(remove, removes);
            execute(put, puts);
        }
    }

    void sent(List<StoreCommand.Sent> sent) throws SQLException {
        if (sent.isEmpty()) {
            return;
        }
        String sql = "UPDATE skein_queue SET sent_packet_id = ? WHERE session_id = ? AND writer = ? AND seq = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (StoreCommand.Sent one : sent) {
                statement.setInt(1, one.packetId());
                statement.setLong(2, one.sessionId());
                statement.setLong(3, one.id().writer());
                statement.setLong(4, one.id().sequence());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Removes queue rows; returns the identity of each that was there. */
    List<MessageId> remove(List<Plan.Removal> removals) throws SQLException {
        if (removals.isEmpty()) {
            return List.of();
        }
        List<MessageId> removed = new ArrayList<>(removals.size());
        try (PreparedStatement statement = connection.prepareStatement(
                "DELETE FROM skein_queue WHERE session_id = ? AND writer = ? AND seq = ?")) {
            for (Plan.Removal removal : removals) {
                statement.setLong(1, removal.sessionId());
                statement.setLong(2, removal.id().writer());
                statement.setLong(3, removal.id().sequence());
                statement.addBatch();
            }
            int[] counts = statement.executeBatch();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] > 0) {
                    removed.add(removals.get(i).id());
                }
            }
        }
        return removed;
    }

    /** Removes queue rows by their key; returns how many were there. */
    long trim(List<Write.QueueRow> rows) throws SQLException {
        long removed = 0;
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM skein_queue WHERE row_seq = ? AND writer = ?")) {
            for (Write.QueueRow row : rows) {
                statement.setLong(1, row.rowSequence());
                statement.setLong(2, row.writer());
                statement.addBatch();
            }
            for (int count : statement.executeBatch()) {
                removed += Math.max(0, count);
            }
        }
        return removed;
    }

    void dropBodies(List<MessageId> bodies) throws SQLException {
        if (bodies.isEmpty()) {
            return;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM skein_body WHERE seq = ? AND writer = ?")) {
            for (MessageId body : bodies) {
                statement.setLong(1, body.sequence());
                statement.setLong(2, body.writer());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Removes rows of the queues as far as {@code bounds} allow; returns the sessions that may have more. */
    List<Long> removeQueues(List<Long> sessions, Removal bounds) throws SQLException {
        List<Long> left = new ArrayList<>();
        String sql = "SELECT row_seq, writer, COALESCE(OCTET_LENGTH(payload), 0) FROM skein_queue WHERE session_id = ?"
                + " LIMIT ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (long session : sessions) {
                if (bounds.isSpent() || !removeQueue(statement, session, bounds)) {
                    left.add(session);
                }
            }
        }
        return left;
    }

    /** Whether nothing of it is left. */
    private boolean removeQueue(PreparedStatement statement, long session, Removal bounds) throws SQLException {
        int before = 0;
        long bytes = 0;
        while (!bounds.isSpent()) {
            int piece = bounds.next(before, bytes);
            statement.setLong(1, session);
            statement.setInt(2, piece);
            List<Write.QueueRow> rows = new ArrayList<>(piece);
            bytes = 0;
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(new Write.QueueRow(result.getLong(1), result.getLong(2)));
                    bytes += result.getLong(3);
                    bounds.take(result.getLong(3));
                }
            }
            if (!rows.isEmpty()) {
                trim(rows);
            }
            if (rows.size() < piece) {
                return true;
            }
            before = piece;
        }
        return false;
    }

    private static void execute(PreparedStatement statement, boolean any) throws SQLException {
        if (any) {
            statement.executeBatch();
        }
    }
}
