package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.jdbc.read.QueueRows;
import dev.skein.persistence.jdbc.read.Reads;
import dev.skein.persistence.jdbc.write.Committer;
import dev.skein.persistence.jdbc.write.Write;
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
        checkPage(maxMessages);
        QueueCursor cursor = after.copy();
        QueueRows.Asked asked = new QueueRows.Asked(sessionId, cursor, maxMessages, maxBytes, reads.damages());
        return reads.read("page", connection -> QueueRows.page(connection, asked));
    }

    static void checkPage(int maxMessages) {
        if (maxMessages < 1 || maxMessages > MAX_PAGE) {
            throw new IllegalArgumentException("maxMessages: " + maxMessages + " (expected: 1.." + MAX_PAGE + ")");
        }
    }

    @Override
    public CompletionStage<FlowState> flowState(long sessionId) {
        return reads.read("flowState", connection -> QueueRows.flowState(connection, sessionId));
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
