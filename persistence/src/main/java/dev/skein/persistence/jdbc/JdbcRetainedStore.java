package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.RetainedStore;
import dev.skein.persistence.jdbc.read.Reads;
import dev.skein.persistence.jdbc.read.RetainedRows;
import dev.skein.persistence.jdbc.write.Committer;
import dev.skein.persistence.jdbc.write.Write;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Retained messages: writes go to the {@link Committer}, reads to {@link Reads}. */
final class JdbcRetainedStore implements RetainedStore {
    private final Committer committer;
    private final Reads reads;

    JdbcRetainedStore(Committer committer, Reads reads) {
        this.committer = committer;
        this.reads = reads;
    }

    @Override
    public CompletionStage<Void> put(String instance, RetainedMessage message) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.PutRetained(instance, message, done));
        return done;
    }

    @Override
    public CompletionStage<Void> remove(String instance, String topic) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.RemoveRetained(instance, topic, done));
        return done;
    }

    @Override
    public CompletionStage<List<RetainedMessage>> list(
            String instance, @Nullable String parent, String afterTopic, int limit) {
        return reads.read(
                "retained",
                connection -> RetainedRows.list(connection, instance, parent, afterTopic, limit, reads.damages()));
    }

    @Override
    public CompletionStage<Map<String, RetainedMessage>> read(String instance, Collection<String> topics) {
        return reads.read("retained", connection -> RetainedRows.find(connection, instance, topics, reads.damages()));
    }

    @Override
    public CompletionStage<Long> count(String instance) {
        return reads.read("retained count", connection -> RetainedRows.count(connection, instance));
    }
}
