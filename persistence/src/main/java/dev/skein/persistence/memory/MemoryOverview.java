package dev.skein.persistence.memory;

import dev.skein.persistence.api.Overview;
import dev.skein.persistence.api.RetainedSummary;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.SessionSummary;
import dev.skein.protocol.message.Subscription;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What is in memory, for operators. */
record MemoryOverview(Turns stores, MemoryState state) implements Overview {
    /** Runs tasks one after another. */
    interface Turns {
        <T> CompletionStage<T> run(Supplier<T> task);
    }

    @Override
    public CompletionStage<List<SessionSummary>> sessions(String instance, String afterClientId, int limit) {
        return stores.run(() -> of(instance)
                .filter(session -> session.key.clientId().compareTo(afterClientId) > 0)
                .limit(limit)
                .map(MemoryOverview::summary)
                .toList());
    }

    @Override
    public CompletionStage<Optional<SessionSummary>> session(SessionKey key) {
        return stores.run(() -> Optional.ofNullable(state.sessions.get(key)).map(MemoryOverview::summary));
    }

    @Override
    public CompletionStage<List<SessionSummary>> largest(String instance, Size by, int limit) {
        return stores.run(() -> of(instance)
                .filter(session -> size(session, by) > 0)
                .sorted(Comparator.comparingLong((MemoryState.Session session) -> -size(session, by)))
                .limit(limit)
                .map(MemoryOverview::summary)
                .toList());
    }

    private long size(MemoryState.Session session, Size by) {
        return switch (by) {
            case FILTERS -> chars(session);
            case QUEUE -> {
                MemoryState.Queue queue = state.queues.get(session.id);
                yield queue == null ? 0 : queue.entries.size();
            }
        };
    }

    @Override
    public CompletionStage<List<Subscription>> subscriptions(long sessionId, String afterFilter, int limit) {
        return stores.run(() -> {
            MemoryState.Session session = state.sessionsById.get(sessionId);
            return session == null
                    ? List.<Subscription>of()
                    : new TreeMap<>(session.subscriptions)
                            .tailMap(afterFilter, false).values().stream()
                                    .limit(limit)
                                    .toList();
        });
    }

    @Override
    public CompletionStage<List<RetainedSummary>> retained(
            String instance, String prefix, String afterTopic, int limit) {
        return stores.run(() -> state.retained.getOrDefault(instance, new TreeMap<>()).values().stream()
                .filter(message ->
                        message.topic().startsWith(prefix) && message.topic().compareTo(afterTopic) > 0)
                .limit(limit)
                .map(message -> new RetainedSummary(
                        message.id(),
                        message.topic(),
                        message.qos(),
                        message.content().bytes(),
                        message.origin()))
                .toList());
    }

    @Override
    public CompletionStage<Usage> retainedUsage(String instance) {
        return stores.run(() -> state.retained.getOrDefault(instance, new TreeMap<>()).values().stream()
                .map(message -> new Usage(1, message.bytes()))
                .reduce(Usage.NONE, MemoryOverview::sum));
    }

    @Override
    public CompletionStage<Usage> filterUsage(String instance) {
        return stores.run(() -> of(instance)
                .map(session -> new Usage(session.subscriptions.size(), chars(session)))
                .reduce(Usage.NONE, MemoryOverview::sum));
    }

    private static Usage sum(Usage one, Usage other) {
        return new Usage(one.entries() + other.entries(), one.bytes() + other.bytes());
    }

    private Stream<MemoryState.Session> of(String instance) {
        return state.sessions.values().stream()
                .filter(session -> session.key.instance().equals(instance));
    }

    private static SessionSummary summary(MemoryState.Session session) {
        return new SessionSummary(
                session.id,
                session.key,
                session.createdAt,
                session.disconnectedAt,
                session.owner,
                session.subscriptions.size(),
                chars(session));
    }

    private static long chars(MemoryState.Session session) {
        return session.subscriptions.values().stream()
                .mapToLong(each -> each.filter().length())
                .sum();
    }
}
