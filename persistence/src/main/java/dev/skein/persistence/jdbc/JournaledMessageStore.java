package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.jdbc.read.Reads;
import dev.skein.persistence.jdbc.write.Committer;
import dev.skein.persistence.journal.Journal;
import java.sql.Connection;
import java.util.concurrent.CompletionStage;

/** Queues behind a journal: writes go to the {@link Journal}, reads see it and the tables as one. */
final class JournaledMessageStore implements MessageStore {
    private final Journal journal;
    private final Committer committer;
    private final Reads reads;

    JournaledMessageStore(Journal journal, Committer committer, Reads reads) {
        this.journal = journal;
        this.committer = committer;
        this.reads = reads;
    }

    @Override
    public void submit(StoreCommand command) {
        journal.submit(command);
    }

    @Override
    public void onBatch(Runnable hook) {
        journal.onBatch(hook);
    }

    @Override
    public CompletionStage<QueuePage> page(long sessionId, QueueCursor after, int maxMessages, int maxBytes) {
        JdbcMessageStore.checkPage(maxMessages);
        QueueCursor cursor = after.copy();
        return reads.read(
                "page",
                connection -> journal.page(sessionId, cursor, maxMessages, maxBytes, part(connection, sessionId)));
    }

    @Override
    public CompletionStage<FlowState> flowState(long sessionId) {
        return reads.read("flowState", connection -> journal.flowState(sessionId, part(connection, sessionId)));
    }

    @Override
    public CompletionStage<Long> depth(long sessionId) {
        return reads.read("depth", connection -> journal.depth(sessionId, part(connection, sessionId)));
    }

    private QueuePart part(Connection connection, long sessionId) {
        return new QueuePart(connection, sessionId, reads.damages());
    }

    @Override
    public long pendingBytes() {
        return journal.pendingBytes() + committer.pendingBytes();
    }
}
