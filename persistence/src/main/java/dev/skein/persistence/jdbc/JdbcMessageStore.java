package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.StoreCommand;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Queues: writes go to the {@link Committer}, reads to {@link Reads}. */
final class JdbcMessageStore implements MessageStore {
    private static final int MAX_PAGE = 10_000;

    private final Committer committer;
    private final Reads reads;

    JdbcMessageStore(Committer committer, Reads reads) {
        this.committer = committer;
        this.reads = reads;
    }

    @Override
    public void submit(StoreCommand command) {
        committer.submit(Write.of(command));
    }

    @Override
    public void onBatch(Runnable hook) {
        committer.onBatch(hook);
    }

    @Override
    public CompletionStage<QueuePage> page(long sessionId, QueueCursor after, int maxMessages, int maxBytes) {
        if (maxMessages < 1 || maxMessages > MAX_PAGE) {
            throw new IllegalArgumentException("maxMessages: " + maxMessages + " (expected: 1.." + MAX_PAGE + ")");
        }
        QueueCursor cursor = after.copy();
        return reads.read("page", connection -> QueueRows.page(connection, sessionId, cursor, maxMessages, maxBytes));
    }

    @Override
    public CompletionStage<FlowState> flowState(long sessionId) {
        return reads.read("flowState", connection -> {
            // In this order: what is received between the two reads stands in both, not in none.
            List<Integer> sent = QueueRows.sent(connection, sessionId);
            return new FlowState(released(connection, sessionId), sent);
        });
    }

    private static List<Integer> released(Connection connection, long sessionId) throws SQLException {
        String sql = "SELECT packet_id FROM skein_qos2_out WHERE session_id = ? ORDER BY position";
        List<Integer> packetIds = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, sessionId);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    packetIds.add(result.getInt(1));
                }
            }
        }
        return List.copyOf(packetIds);
    }

    @Override
    public CompletionStage<Long> depth(long sessionId) {
        return reads.read("depth", connection -> QueueRows.depth(connection, sessionId));
    }

    @Override
    public long pendingBytes() {
        return committer.pendingBytes();
    }
}
