package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.SessionStore;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.jdbc.read.Lookups;
import dev.skein.persistence.jdbc.read.Reads;
import dev.skein.persistence.jdbc.read.RouteRows;
import dev.skein.persistence.jdbc.read.SessionPages;
import dev.skein.persistence.jdbc.write.Committer;
import dev.skein.persistence.jdbc.write.Write;
import dev.skein.protocol.message.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;

/** Sessions: writes go to the {@link Committer}, reads to {@link Reads}. */
final class JdbcSessionStore implements SessionStore {
    private final Committer committer;
    private final Reads reads;
    private final Lookups lookups;
    private final LongFunction<CompletionStage<Void>> deleted;

    /** @param deleted told the identity of each session that was removed; its removal is complete when that is */
    JdbcSessionStore(Committer committer, Reads reads, LongFunction<CompletionStage<Void>> deleted) {
        this.committer = committer;
        this.reads = reads;
        this.lookups = new Lookups(reads);
        this.deleted = deleted;
    }

    @Override
    public CompletionStage<Optional<StoredSession>> find(SessionKey key) {
        return lookups.find(key);
    }

    @Override
    public CompletionStage<StoredSession> create(StoredSession wanted) {
        CompletableFuture<StoredSession> done = new CompletableFuture<>();
        committer.submit(new Write.CreateSession(wanted, done));
        return done;
    }

    @Override
    public CompletionStage<Void> own(StoredSession session, String owner) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.OwnSession(session, owner, done));
        return done;
    }

    @Override
    public CompletionStage<Void> subscribe(StoredSession session, List<Subscription> subscriptions) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.Subscribe(session, List.copyOf(subscriptions), done));
        return done;
    }

    @Override
    public CompletionStage<Void> unsubscribe(StoredSession session, List<String> filters) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.Unsubscribe(session, List.copyOf(filters), done));
        return done;
    }

    @Override
    public CompletionStage<Void> note(StoredSession session) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.NoteSession(session, done));
        return done;
    }

    @Override
    public CompletionStage<Void> delete(StoredSession session) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.DeleteSession(session, done));
        return done.thenCompose(_ -> deleted.apply(session.id()));
    }

    @Override
    public CompletionStage<List<PersistentRoute>> routes(
            String instance, String parent, long afterSessionId, int limit) {
        return reads.read(
                "routes",
                connection -> RouteRows.ofParent(connection, instance, parent, afterSessionId, limit, reads.damages()));
    }

    @Override
    public CompletionStage<List<PersistentRoute>> routes(String instance, Map<Long, Set<String>> filters) {
        List<RouteRows.Wanted> wanted = new ArrayList<>();
        filters.forEach((id, each) -> each.forEach(filter -> wanted.add(new RouteRows.Wanted(id, filter))));
        return reads.read("routes", connection -> RouteRows.of(connection, instance, wanted, reads.damages()));
    }

    @Override
    public CompletionStage<List<StoredSession>> expired(String instance, long nowMillis, long beforeMillis, int limit) {
        return reads.read(
                "expired",
                connection ->
                        SessionPages.expired(connection, instance, nowMillis, beforeMillis, limit, reads.damages()));
    }

    @Override
    public CompletionStage<List<StoredSession>> heldByOthers(Set<Long> liveNodes, int limit) {
        return reads.read(
                "heldByOthers", connection -> SessionPages.heldByOthers(connection, liveNodes, limit, reads.damages()));
    }

    @Override
    public CompletionStage<List<StoredSession>> list(String instance, String prefix, String afterClientId, int limit) {
        return reads.read(
                "list",
                connection ->
                        SessionPages.byClientId(connection, instance, prefix, afterClientId, limit, reads.damages()));
    }

    @Override
    public CompletionStage<Long> count(String instance) {
        return reads.read("count", connection -> SessionPages.count(connection, instance));
    }
}
