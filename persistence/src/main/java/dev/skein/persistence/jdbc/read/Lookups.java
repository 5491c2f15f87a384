package dev.skein.persistence.jdbc.read;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.jdbc.sql.SessionRows;
import dev.skein.persistence.jdbc.sql.ValueLists;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Coalesces look-ups: those that wait while others are read go together in the next statement. */
public final class Lookups {
    private record Lookup(SessionKey key, CompletableFuture<Optional<StoredSession>> done) {}

    /** Readers at once; more would only make the groups smaller. */
    private static final int MAX_READERS = 2;

    private final Queue<Lookup> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger readers = new AtomicInteger();
    private final Reads reads;

    public Lookups(Reads reads) {
        this.reads = reads;
    }

    public CompletionStage<Optional<StoredSession>> find(SessionKey key) {
        CompletableFuture<Optional<StoredSession>> done = new CompletableFuture<>();
        waiting.add(new Lookup(key, done));
        start(done);
        return done;
    }

    private void start(CompletableFuture<?> done) {
        int running = readers.get();
        while (running < MAX_READERS) {
            if (readers.compareAndSet(running, running + 1)) {
                reads.execute(this::drain, done);
                return;
            }
            running = readers.get();
        }
    }

    private void drain() {
        try {
            for (List<Lookup> group = take(); !group.isEmpty(); group = take()) {
                answer(group);
            }
        } finally {
            readers.decrementAndGet();
        }
        Lookup late = waiting.peek(); // came after the last take and saw no free reader
        if (late != null) {
            start(late.done);
        }
    }

    private List<Lookup> take() {
        List<Lookup> group = new ArrayList<>();
        while (group.size() < ValueLists.LONGEST) {
            Lookup lookup = waiting.poll();
            if (lookup == null) {
                break;
            }
            group.add(lookup);
        }
        return group;
    }

    private void answer(List<Lookup> group) {
        Map<SessionKey, StoredSession> found;
        try {
            List<SessionKey> keys = group.stream().map(Lookup::key).toList();
            found = reads.now(connection -> SessionRows.find(connection, keys, reads.damages()));
        } catch (SQLException | RuntimeException e) {
            StoreUnavailableException cause = reads.unavailable("find", e);
            group.forEach(lookup -> lookup.done.completeExceptionally(cause));
            return;
        }
        group.forEach(lookup -> lookup.done.complete(Optional.ofNullable(found.get(lookup.key))));
    }
}
