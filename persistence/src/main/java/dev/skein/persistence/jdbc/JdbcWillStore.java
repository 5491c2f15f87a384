package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.api.WillStore;
import dev.skein.persistence.jdbc.read.Reads;
import dev.skein.persistence.jdbc.read.WillRows;
import dev.skein.persistence.jdbc.write.Committer;
import dev.skein.persistence.jdbc.write.Write;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Wills: writes go to the {@link Committer}, reads to {@link Reads}. */
final class JdbcWillStore implements WillStore {
    private final Committer committer;
    private final Reads reads;

    JdbcWillStore(Committer committer, Reads reads) {
        this.committer = committer;
        this.reads = reads;
    }

    @Override
    public CompletionStage<Void> put(StoredWill will) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.PutWill(will, done));
        return done;
    }

    @Override
    public CompletionStage<Void> remove(long connectionId) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.RemoveWill(connectionId, done));
        return done;
    }

    @Override
    public CompletionStage<List<StoredWill>> orphans(Set<Long> liveNodes, int limit) {
        return reads.read("wills", connection -> WillRows.orphans(connection, liveNodes, limit, reads.damages()));
    }

    @Override
    public CompletionStage<List<StoredWill>> due(long nowMillis, int limit) {
        return reads.read("wills", connection -> WillRows.due(connection, nowMillis, limit, reads.damages()));
    }

    @Override
    public CompletionStage<List<StoredWill>> ofClient(SessionKey client) {
        return reads.read("wills", connection -> WillRows.ofClient(connection, client, reads.damages()));
    }

    @Override
    public CompletionStage<Boolean> claim(StoredWill will, long newNode) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        committer.submit(Write.ClaimWill.now(will, newNode, done));
        return done;
    }

    @Override
    public CompletionStage<Boolean> delay(StoredWill will, long newNode, long dueAt) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        committer.submit(Write.ClaimWill.later(will, newNode, dueAt, done));
        return done;
    }

    @Override
    public CompletionStage<Boolean> cancel(StoredWill will) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        committer.submit(Write.ClaimWill.forgotten(will, done));
        return done;
    }
}
