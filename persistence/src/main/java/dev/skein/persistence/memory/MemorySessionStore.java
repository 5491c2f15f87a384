package dev.skein.persistence.memory;

import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.SessionStore;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.SessionTerm;
import dev.skein.protocol.message.Subscription;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Sessions in memory. */
final class MemorySessionStore implements SessionStore {
    private final MemoryStores stores;
    private final MemoryState state;

    MemorySessionStore(MemoryStores stores, MemoryState state) {
        this.stores = stores;
        this.state = state;
    }

    @Override
    public CompletionStage<Optional<StoredSession>> find(SessionKey key) {
        return stores.run(() -> Optional.ofNullable(state.sessions.get(key)).map(MemoryState.Session::stored));
    }

    @Override
    public CompletionStage<StoredSession> create(StoredSession wanted) {
        return stores.run(() -> {
            MemoryState.Session session = state.sessions.get(wanted.key());
            if (session == null) {
                session = new MemoryState.Session(++state.lastSessionId, wanted);
                state.sessions.put(session.key, session);
                state.sessionsById.put(session.id, session);
            }
            return session.stored();
        });
    }

    @Override
    public CompletionStage<Void> own(StoredSession session, String owner) {
        return change(session, row -> row.owner = owner);
    }

    @Override
    public CompletionStage<Void> subscribe(StoredSession session, List<Subscription> subscriptions) {
        return change(
                session,
                row -> subscriptions.forEach(
                        subscription -> row.subscriptions.put(subscription.fullFilter(), subscription)));
    }

    @Override
    public CompletionStage<Void> unsubscribe(StoredSession session, List<String> filters) {
        return change(session, row -> filters.forEach(row.subscriptions::remove));
    }

    @Override
    public CompletionStage<Void> note(StoredSession session) {
        return change(session, row -> row.note(session));
    }

    @Override
    public CompletionStage<Void> delete(StoredSession session) {
        return change(session, row -> {
            state.sessionsById.remove(row.id);
            state.sessions.remove(row.key, row);
            state.queues.remove(row.id);
        });
    }

    private CompletionStage<Void> change(StoredSession session, Consumer<MemoryState.Session> change) {
        return stores.<Boolean>run(() -> {
                    MemoryState.Session row = state.sessionsById.get(session.id());
                    if (row != null) {
                        change.accept(row);
                    }
                    return true;
                })
                .thenAccept(_ -> {});
    }

    @Override
    public CompletionStage<List<PersistentRoute>> routes(
            String instance, String parent, long afterSessionId, int limit) {
        return stores.run(() -> {
            List<PersistentRoute> routes = new ArrayList<>();
            int sessions = 0;
            for (MemoryState.Session session : state.sessionsById.values()) {
                if (session.id <= afterSessionId || !session.key.instance().equals(instance)) {
                    continue;
                }
                int before = routes.size();
                for (Subscription subscription : session.subscriptions.values()) {
                    if (parent(subscription.filter()).equals(parent)) {
                        routes.add(new PersistentRoute(session.id, session.key, subscription));
                    }
                }
                if (routes.size() > before && ++sessions == limit) {
                    break;
                }
            }
            return List.copyOf(routes);
        });
    }

    @Override
    public CompletionStage<List<PersistentRoute>> routes(String instance, Map<Long, Set<String>> filters) {
        return stores.run(() -> {
            List<PersistentRoute> routes = new ArrayList<>();
            filters.forEach((id, wanted) -> {
                MemoryState.Session session = state.sessionsById.get(id);
                if (session != null && session.key.instance().equals(instance)) {
                    for (String filter : wanted) {
                        Subscription subscription = session.subscriptions.get(filter);
                        if (subscription != null) {
                            routes.add(new PersistentRoute(id, session.key, subscription));
                        }
                    }
                }
            });
            return List.copyOf(routes);
        });
    }

    private static String parent(String filter) {
        int slash = filter.indexOf('/');
        String level = slash < 0 ? filter : filter.substring(0, slash);
        return level.equals("+") ? "#" : level;
    }

    @Override
    public CompletionStage<List<StoredSession>> expired(String instance, long nowMillis, long beforeMillis, int limit) {
        return stores.run(() -> state.sessions.values().stream()
                .filter(session -> session.key.instance().equals(instance))
                .filter(session -> session.holder == 0 && session.disconnectedAt > 0)
                .filter(session -> isOver(session, nowMillis, beforeMillis))
                .sorted(Comparator.comparingLong(session -> session.disconnectedAt))
                .limit(limit)
                .map(MemoryState.Session::stored)
                .toList());
    }

    private static boolean isOver(MemoryState.Session session, long nowMillis, long beforeMillis) {
        Long seconds = session.expirySeconds;
        if (seconds == null) {
            return session.disconnectedAt < beforeMillis;
        }
        return seconds != SessionTerm.NEVER && session.disconnectedAt + 1000 * seconds < nowMillis;
    }

    @Override
    public CompletionStage<List<StoredSession>> heldByOthers(Set<Long> liveNodes, int limit) {
        return stores.run(() -> state.sessions.values().stream()
                .filter(session -> session.holder != 0 && !liveNodes.contains(session.holder))
                .limit(limit)
                .map(MemoryState.Session::stored)
                .toList());
    }

    @Override
    public CompletionStage<List<StoredSession>> list(String instance, String prefix, String afterClientId, int limit) {
        return stores.run(() -> state.sessions.tailMap(new SessionKey(instance, afterClientId), false).values().stream()
                .takeWhile(session -> session.key.instance().equals(instance))
                .filter(session -> session.key.clientId().startsWith(prefix))
                .limit(limit)
                .map(MemoryState.Session::stored)
                .toList());
    }

    @Override
    public CompletionStage<Long> count(String instance) {
        return stores.run(() -> state.sessions.keySet().stream()
                .filter(key -> key.instance().equals(instance))
                .count());
    }
}
