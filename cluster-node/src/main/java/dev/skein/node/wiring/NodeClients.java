package dev.skein.node.wiring;

import dev.skein.node.control.ClientDetail;
import dev.skein.node.control.ClientDirectory;
import dev.skein.node.control.ClientPage;
import dev.skein.node.control.ClientQuery;
import dev.skein.node.control.ClientSummary;
import dev.skein.node.control.ControlException;
import dev.skein.node.control.ErrorCode;
import dev.skein.node.delivery.ConnectionLog;
import dev.skein.node.edge.mqtt.ClientInfo;
import dev.skein.node.info.ClientLines;
import dev.skein.node.info.ClusterInfo;
import dev.skein.node.info.ClusterInfo.Answered;
import dev.skein.node.session.actor.ClientSession;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.Stores;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients for the control API: the connected ones of every node, and the persistent sessions of the store.
 *
 * @param sessions sends to any session of the cluster
 */
record NodeClients(
        ClusterInfo cluster, Stores stores, ActorRef<ShardingEnvelope<SessionCommand>> sessions, Scheduler scheduler)
        implements ClientDirectory {
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(NodeClients.class);
    private static final int STORE_PAGE = 500;
    private static final int DISCARD_MILLIS = 200;
    private static final int DISCARDS_MAX = 40;
    /** Pages of the store looked at for one page of the answer. */
    private static final int STORE_PAGES = 20;

    /** A page as it comes together, by client ID. */
    private static final class Found {
        private final TreeMap<String, Entry> entries = new TreeMap<>();
        private final List<String> unanswered = new ArrayList<>();
        /** Client IDs behind it were not looked at everywhere; null when all were. */
        private @Nullable String end;

        void endsAt(@Nullable String last) {
            if (last != null && (end == null || last.compareTo(end) < 0)) {
                end = last;
            }
        }

        void online(String node, ClientLines.Line line) {
            Entry known = entries.computeIfAbsent(line.clientId(), _ -> new Entry());
            // Two nodes have it while one of them is being told that the other took it over.
            if (known.line == null || known.line.connectedAt() < line.connectedAt()) {
                known.line = line;
                known.node = node;
            }
        }

        void stored(StoredSession session) {
            entries.computeIfAbsent(session.key().clientId(), _ -> new Entry()).stored = session;
        }
    }

    /** What is known of one client ID. */
    private static final class Entry {
        private ClientLines.@Nullable Line line;
        private @Nullable String node;
        private @Nullable StoredSession stored;
    }

    @Override
    public CompletionStage<ClientPage> list(ClientQuery query) {
        String after = query.after() == null ? "" : query.after();
        return cluster.clients(query.instance(), query.search(), after, query.limit() + 1)
                .thenCompose(answers -> {
                    Found found = new Found();
                    answers.forEach(answer -> add(answer, found));
                    return addStored(query, after, found, 0);
                })
                .thenCompose(found -> page(query, found));
    }

    private static void add(Answered<ClientLines> answer, Found found) {
        answer.answer()
                .ifPresentOrElse(
                        lines -> {
                            lines.clients().forEach(line -> found.online(answer.address(), line));
                            found.endsAt(lines.end());
                        },
                        () -> found.unanswered.add(answer.address()));
    }

    private CompletionStage<Found> addStored(ClientQuery query, String after, Found found, int pages) {
        return stores.sessions().list(query.instance(), "", after, STORE_PAGE).thenCompose(sessions -> {
            sessions.stream()
                    .filter(session -> session.key().clientId().contains(query.search()))
                    .forEach(found::stored);
            if (sessions.size() < STORE_PAGE) {
                return CompletableFuture.completedFuture(found);
            }
            String last = sessions.getLast().key().clientId();
            boolean enough = found.entries.headMap(last, true).size() > query.limit() || pages == STORE_PAGES;
            if (enough) {
                found.endsAt(last);
                return CompletableFuture.completedFuture(found);
            }
            return addStored(query, last, found, pages + 1);
        });
    }

    private CompletionStage<ClientPage> page(ClientQuery query, Found found) {
        List<CompletableFuture<ClientSummary>> summaries = new ArrayList<>();
        String next = found.end;
        String last = null;
        for (Map.Entry<String, Entry> each : found.entries.entrySet()) {
            if (found.end != null && each.getKey().compareTo(found.end) > 0) {
                break;
            }
            if (summaries.size() == query.limit()) {
                next = last;
                break;
            }
            last = each.getKey();
            summaries.add(summary(each.getKey(), each.getValue()).toCompletableFuture());
        }
        String cursor = next;
        return CompletableFuture.allOf(summaries.toArray(CompletableFuture[]::new))
                .thenApply(_ -> new ClientPage(
                        summaries.stream().map(CompletableFuture::resultNow).toList(), cursor, found.unanswered));
    }

    private CompletionStage<ClientSummary> summary(String clientId, Entry entry) {
        StoredSession session = entry.stored;
        ClientLines.Line line = entry.line;
        if (line == null) {
            int filters = session == null ? 0 : session.subscriptions().size();
            return depth(session == null ? 0 : session.id()).thenApply(queued -> away(clientId, filters, queued));
        }
        return depth(line.sessionId())
                .thenApply(queued ->
                        online(line, entry.node, line.sessionId() == 0 ? line.queued() : queued, line.subscriptions()));
    }

    private CompletionStage<Long> depth(long sessionId) {
        return sessionId == 0
                ? CompletableFuture.completedFuture(0L)
                : stores.messages().depth(sessionId);
    }

    private static ClientSummary online(ClientLines.Line line, @Nullable String node, long queued, int filters) {
        return new ClientSummary(
                line.clientId(),
                true,
                node,
                Instant.ofEpochMilli(line.connectedAt()),
                line.remote(),
                line.protocolLevel() == 3 ? "3.1" : "3.1.1",
                line.cleanSession(),
                filters,
                queued,
                line.inflight());
    }

    private static ClientSummary away(String clientId, int filters, long queued) {
        return new ClientSummary(clientId, false, null, null, null, null, false, filters, queued, 0);
    }

    @Override
    public CompletionStage<Optional<ClientDetail>> get(String instance, String clientId) {
        return this.<SessionCommand.Location>ask(instance, clientId, SessionCommand.Locate::new)
                .thenCompose(location -> location.online()
                        ? cluster.client(location.node(), instance, clientId)
                        : CompletableFuture.completedFuture(Optional.<Answered<ClientInfo>>empty()))
                .thenCompose(found -> found.isPresent()
                        ? online(found.get().address(), found.get().answer().orElseThrow())
                        : offline(new SessionKey(instance, clientId)));
    }

    private CompletionStage<Optional<ClientDetail>> online(String node, ClientInfo info) {
        return depth(info.sessionId())
                .thenApply(queued -> Optional.of(detail(node, info, info.sessionId() == 0 ? info.queued() : queued)));
    }

    private static ClientDetail detail(String node, ClientInfo info, long queued) {
        ClientSummary summary = new ClientSummary(
                info.clientId(),
                true,
                node,
                Instant.ofEpochMilli(info.connectedAt()),
                info.remote(),
                info.protocolLevel() == 3 ? "3.1" : "3.1.1",
                info.cleanSession(),
                info.subscriptions().size(),
                queued,
                info.inflight());
        List<ClientDetail.Subscription> subscriptions = info.subscriptions().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> new ClientDetail.Subscription(each.getKey(), each.getValue()))
                .toList();
        return new ClientDetail(
                summary,
                info.username(),
                info.group(),
                info.keepAliveSeconds(),
                info.listener(),
                subscriptions,
                new ClientDetail.Counters(
                        info.counts().received(),
                        info.counts().delivered(),
                        info.counts().dropped()));
    }

    private CompletionStage<Optional<ClientDetail>> offline(SessionKey key) {
        return stores.sessions()
                .find(key)
                .thenCompose(stored -> stored.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.<ClientDetail>empty())
                        : depth(stored.get().id()).thenApply(queued -> Optional.of(detail(stored.get(), queued))));
    }

    private static ClientDetail detail(StoredSession session, long queued) {
        List<ClientDetail.Subscription> subscriptions = session.subscriptions().stream()
                .map(each -> new ClientDetail.Subscription(each.filter(), each.qos()))
                .toList();
        ClientSummary summary = away(session.key().clientId(), subscriptions.size(), queued);
        return new ClientDetail(summary, null, null, null, null, subscriptions, ClientDetail.Counters.ZERO);
    }

    @Override
    public CompletionStage<Boolean> disconnect(String instance, String clientId) {
        return this.<SessionCommand.Kicked>ask(instance, clientId, SessionCommand.Kick::new)
                .thenApply(SessionCommand.Kicked::wasOnline);
    }

    @Override
    public CompletionStage<Boolean> discardSession(String instance, String clientId) {
        SessionKey key = new SessionKey(instance, clientId);
        return stores.sessions()
                .find(key)
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(false)
                        : discard(key, found.get().id(), DISCARDS_MAX).thenApply(discarded -> {
                            LOG.info(
                                    "session of client {}, instance {}, is discarded: an operator asked for it",
                                    ConnectionLog.printable(clientId),
                                    instance);
                            return discarded;
                        }));
    }

    /** Its actor discards it when nobody has the client ID; what the store has after it tells whether it did. */
    private CompletionStage<Boolean> discard(SessionKey key, long sessionId, int times) {
        return disconnect(key.instance(), key.clientId())
                .thenCompose(_ -> {
                    sessions.tell(new ShardingEnvelope<>(
                            ClientSession.entityId(key.instance(), key.clientId()), SessionCommand.Expire.NOW));
                    return CompletableFuture.runAsync(
                            () -> {}, CompletableFuture.delayedExecutor(DISCARD_MILLIS, TimeUnit.MILLISECONDS));
                })
                .thenCompose(_ -> stores.sessions().find(key))
                .thenCompose(found -> {
                    if (found.isEmpty() || found.get().id() != sessionId) {
                        return CompletableFuture.completedFuture(true);
                    }
                    if (times == 0) {
                        throw new ControlException(
                                ErrorCode.UNAVAILABLE,
                                "client: " + key.clientId() + " has its session (expected: away; if it comes back each"
                                        + " time, change its credentials first)");
                    }
                    return discard(key, sessionId, times - 1);
                });
    }

    /** Asks the session, wherever it is. */
    private <T> CompletionStage<T> ask(
            String instance, String clientId, Function<ActorRef<T>, SessionCommand> question) {
        return AskPattern.ask(
                sessions,
                replyTo -> new ShardingEnvelope<>(ClientSession.entityId(instance, clientId), question.apply(replyTo)),
                ASK_TIMEOUT,
                scheduler);
    }
}
