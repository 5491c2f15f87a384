package dev.skein.persistence.jdbc.write;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.persistence.jdbc.sql.JournalRow;
import dev.skein.persistence.jdbc.sql.SessionRows;
import dev.skein.persistence.journal.Move;
import dev.skein.protocol.message.MessageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes what comes from the journal. Confined to the writing thread. */
final class MoveWrites {
    private static final StoreCommand.AppendListener NOBODY = new StoreCommand.AppendListener() {
        @Override
        public void committed(MessageId id) {}

        @Override
        public void repeated(MessageId first) {}

        @Override
        public void failed(StoreUnavailableException cause) {}
    };

    private MoveWrites() {}

    /** Adds messages and marks, but for those of sessions that are gone, and notes how far the journal is contained. */
    static void run(Connection connection, Dialect dialect, List<Move> moves, QueueWrites queue) throws SQLException {
        for (Move piece : moves) {
            Set<Long> there = SessionRows.existing(connection, sessions(piece));
            queue.append(messages(piece, there));
            Map<Plan.PacketKey, Long> released = new LinkedHashMap<>();
            piece.released().forEach((packet, position) -> {
                if (there.contains(packet.sessionId())) {
                    released.put(new Plan.PacketKey(packet.sessionId(), packet.packetId()), position);
                }
            });
            queue.released(released);
            inbound(connection, dialect, piece, there);
            JournalRow.write(connection, piece);
        }
    }

    private static Set<Long> sessions(Move piece) {
        Set<Long> sessions = new HashSet<>();
        piece.messages().forEach(message -> message.rows().forEach(row -> sessions.add(row.sessionId())));
        piece.released().keySet().forEach(packet -> sessions.add(packet.sessionId()));
        piece.inbound().keySet().forEach(mark -> sessions.add(mark.sessionId()));
        return sessions;
    }

    private static List<Write.Append> messages(Move piece, Set<Long> there) {
        List<Write.Append> appends = new ArrayList<>(piece.messages().size());
        for (Move.Message message : piece.messages()) {
            List<StoreCommand.Receiver> receivers = message.rows().stream()
                    .filter(row -> there.contains(row.sessionId()))
                    .map(row -> new StoreCommand.Receiver(row.sessionId(), row.qos(), row.retain()))
                    .toList();
            if (!receivers.isEmpty()) {
                Write.Append append = new Write.Append(new StoreCommand.Append(
                        message.body().instance(),
                        message.body().topic(),
                        message.body().content(),
                        message.body().origin(),
                        receivers,
                        null,
                        NOBODY));
                append.assign(message.id().sequence(), message.id().writer());
                appends.add(append);
            }
        }
        return appends;
    }

    private static void inbound(Connection connection, Dialect dialect, Move piece, Set<Long> there)
            throws SQLException {
        if (piece.inbound().isEmpty()) {
            return;
        }
        String upsert = dialect.upsert(
                "skein_qos2_in", "session_id, packet_id", "session_id, packet_id, seq, writer", 4, "seq, writer");
        try (PreparedStatement put = connection.prepareStatement(upsert);
                PreparedStatement remove = connection.prepareStatement(
                        "DELETE FROM skein_qos2_in WHERE session_id = ? AND packet_id = ?")) {
            for (Map.Entry<StoreCommand.InboundMark, Optional<MessageId>> each :
                    piece.inbound().entrySet()) {
                StoreCommand.InboundMark mark = each.getKey();
                Optional<MessageId> message = each.getValue();
                PreparedStatement statement = message.isPresent() ? put : remove;
                statement.setLong(1, mark.sessionId());
                statement.setInt(2, mark.packetId());
                if (message.isPresent()) {
                    statement.setLong(3, message.get().sequence());
                    statement.setLong(4, message.get().writer());
                }
                if (message.isEmpty() || there.contains(mark.sessionId())) {
                    statement.addBatch();
                }
            }
            remove.executeBatch();
            put.executeBatch();
        }
    }
}
