package dev.skein.node.wiring;

import dev.skein.node.control.ClientDetail;
import dev.skein.node.control.ClientDirectory;
import dev.skein.node.control.ClientPage;
import dev.skein.node.control.ClientQuery;
import dev.skein.node.control.ClientSummary;
import dev.skein.node.control.ControlException;
import dev.skein.node.control.ErrorCode;
import dev.skein.node.control.SessionPage;
import dev.skein.node.control.SessionQuery;
import dev.skein.node.control.SubscriptionPage;
import dev.skein.node.delivery.ConnectionLog;
import dev.skein.node.edge.mqtt.ClientInfo;
import dev.skein.node.info.ClientLines;
import dev.skein.node.info.ClusterInfo;
import dev.skein.node.info.ClusterInfo.Answered;
import dev.skein.node.info.FilterPage;
import dev.skein.node.session.actor.ClientSession;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.Overview;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.SessionSummary;
import dev.skein.persistence.api.Stores;
import dev.skein.protocol.message.SessionTerm;
import dev.skein.protocol.message.Subscription;
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
    private static final int STORE_PAGE = 1000;
    private static final int MQTT_5 = 5;
    /** What a client has as its maximum packet size that has not named one. */
    private static final long UNBOUNDED = 0xFFFF_FFFFL;

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

        void stored(SessionSummary session) {
            entries.computeIfAbsent(session.key().clientId(), _ -> new Entry()).stored = session;
        }
    }

    /** What is known of one client ID. */
    private static final class Entry {
        private ClientLines.@Nullable Line line;
        private @Nullable String node;
        private @Nullable SessionSummary stored;
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
        return stores.overview().sessions(query.instance(), after, STORE_PAGE).thenCompose(sessions -> {
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
        SessionSummary session = entry.stored;
        ClientLines.Line line = entry.line;
        if (line == null) {
            int filters = session == null ? 0 : session.filters();
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
                protocol(line.protocolLevel()),
                line.cleanSession(),
                filters,
                queued,
                line.inflight(),
                limits(line.protocolLevel(), line.limits()));
    }

    private static String protocol(int level) {
        return switch (level) {
            case 3 -> "3.1";
            case 4 -> "3.1.1";
            default -> Integer.toString(level);
        };
    }

    private static ClientSummary.Limits limits(int level, ClientInfo.@Nullable Limits known) {
        if (known == null) {
            return ClientSummary.Limits.NONE;
        }
        return new ClientSummary.Limits(
                known.sessionExpirySeconds() == SessionTerm.BY_SETTINGS ? null : known.sessionExpirySeconds(),
                level < MQTT_5 ? null : known.receiveMaximum(),
                known.maximumPacketSize() == UNBOUNDED ? null : known.maximumPacketSize());
    }

    private static ClientDetail.Subscription shown(Subscription each) {
        return new ClientDetail.Subscription(
                each.fullFilter(),
                each.qos(),
                each.noLocal(),
                each.retainAsPublished(),
                each.retainHandling(),
                each.identifier() == 0 ? null : each.identifier());
    }

    private static ClientSummary away(String clientId, int filters, long queued) {
        return new ClientSummary(
                clientId, false, null, null, null, null, false, filters, queued, 0, ClientSummary.Limits.NONE);
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
                protocol(info.protocolLevel()),
                info.cleanSession(),
                info.subscriptions().size(),
                queued,
                info.inflight(),
                limits(info.protocolLevel(), info.limits()));
        List<ClientDetail.Subscription> subscriptions = info.subscriptions().keySet().stream()
                .sorted()
                .limit(ClientDetail.SUBSCRIPTIONS)
                .map(filter -> shown(info.subscription(filter)))
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
        return stores.overview()
                .session(key)
                .thenCompose(stored -> stored.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.<ClientDetail>empty())
                        : offline(stored.get()).thenApply(Optional::of));
    }

    private CompletionStage<ClientDetail> offline(SessionSummary session) {
        return depth(session.id())
                .thenCombine(
                        stored(session.id(), "", ClientDetail.SUBSCRIPTIONS),
                        (queued, page) -> new ClientDetail(
                                away(session.key().clientId(), session.filters(), queued),
                                null,
                                null,
                                null,
                                null,
                                page.subscriptions(),
                                ClientDetail.Counters.ZERO));
    }

    @Override
    public CompletionStage<Optional<SubscriptionPage>> subscriptions(
            String instance, String clientId, String after, int limit) {
        SessionKey key = new SessionKey(instance, clientId);
        return stores.overview()
                .session(key)
                .thenCompose(session -> session.isPresent()
                        ? stored(session.get().id(), after, limit).thenApply(Optional::of)
                        : live(instance, clientId, after, limit));
    }

    private CompletionStage<SubscriptionPage> stored(long sessionId, String after, int limit) {
        return stores.overview().subscriptions(sessionId, after, limit + 1).thenApply(found -> {
            List<Subscription> page = found.subList(0, Math.min(limit, found.size()));
            long chars = page.stream().mapToLong(each -> each.filter().length()).sum();
            boolean last = found.size() <= limit && chars < Overview.PAGE_CHARS;
            return new SubscriptionPage(
                    page.stream().map(NodeClients::shown).toList(),
                    last ? null : page.getLast().fullFilter());
        });
    }

    /** Those of a clean session, which its node alone knows. */
    private CompletionStage<Optional<SubscriptionPage>> live(
            String instance, String clientId, String after, int limit) {
        return this.<SessionCommand.Location>ask(instance, clientId, SessionCommand.Locate::new)
                .thenCompose(location -> location.online()
                        ? cluster.filters(location.node(), instance, clientId, after, limit)
                        : CompletableFuture.completedFuture(new FilterPage(null, null)))
                .thenApply(page -> Optional.ofNullable(page.filters())
                        .map(filters -> new SubscriptionPage(
                                filters.stream()
                                        .map(each -> shown(Subscription.of(
                                                each.filter(), each.qos(), each.options(), null, each.identifier())))
                                        .toList(),
                                page.next())));
    }

    @Override
    public CompletionStage<SessionPage> sessions(SessionQuery query) {
        SessionQuery.Size largest = query.largest();
        if (largest != null) {
            Overview.Size by = largest == SessionQuery.Size.FILTERS ? Overview.Size.FILTERS : Overview.Size.QUEUE;
            return stores.overview()
                    .largest(query.instance(), by, query.limit())
                    .thenCompose(found -> shown(found, null));
        }
        return found(query, query.after(), new ArrayList<>(), 1);
    }

    private CompletionStage<SessionPage> found(
            SessionQuery query, String after, List<SessionSummary> found, int pages) {
        return stores.overview().sessions(query.instance(), after, STORE_PAGE).thenCompose(page -> {
            String next = after;
            for (SessionSummary each : page) {
                if (found.size() == query.limit()) {
                    return shown(found, next);
                }
                next = each.key().clientId();
                if (next.contains(query.search())) {
                    found.add(each);
                }
            }
            if (page.size() < STORE_PAGE) {
                return shown(found, null);
            }
            return pages == STORE_PAGES ? shown(found, next) : found(query, next, found, pages + 1);
        });
    }

    private CompletionStage<SessionPage> shown(List<SessionSummary> sessions, @Nullable String next) {
        List<CompletableFuture<SessionPage.Session>> all = sessions.stream()
                .map(each -> depth(each.id())
                        .thenApply(queued -> shown(each, queued))
                        .toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenApply(_ -> new SessionPage(
                        all.stream().map(CompletableFuture::resultNow).toList(), next));
    }

    private static SessionPage.Session shown(SessionSummary session, long queued) {
        return new SessionPage.Session(
                session.key().clientId(),
                session.owner(),
                Instant.ofEpochMilli(session.createdAt()),
                session.disconnectedAt() == 0 ? null : Instant.ofEpochMilli(session.disconnectedAt()),
                session.filters(),
                session.filterChars(),
                queued);
    }

    @Override
    public CompletionStage<Boolean> isOnline(String instance, String clientId) {
        return this.<SessionCommand.Location>ask(instance, clientId, SessionCommand.Locate::new)
                .thenApply(SessionCommand.Location::online);
    }

    @Override
    public CompletionStage<Boolean> disconnect(String instance, String clientId) {
        return this.<SessionCommand.Kicked>ask(instance, clientId, SessionCommand.Kick::new)
                .thenApply(SessionCommand.Kicked::wasOnline);
    }

    @Override
    public CompletionStage<Boolean> discardSession(String instance, String clientId) {
        SessionKey key = new SessionKey(instance, clientId);
        return stores.overview()
                .session(key)
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
                .thenCompose(_ -> stores.overview().session(key))
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
