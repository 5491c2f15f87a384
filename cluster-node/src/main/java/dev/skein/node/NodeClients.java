package dev.skein.node;

import dev.skein.node.control.ClientDetail;
import dev.skein.node.control.ClientDirectory;
import dev.skein.node.control.ClientPage;
import dev.skein.node.control.ClientQuery;
import dev.skein.node.control.ClientSummary;
import dev.skein.node.edge.mqtt.ClientInfo;
import dev.skein.node.session.actor.ClientSession;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;

/** Clients for the control API: the connected ones of this node, and the persistent sessions of the store. */
record NodeClients(SkeinNode.Parts parts) implements ClientDirectory {
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(5);
    private static final int STORE_PAGE = 500;
    /** Pages of the store looked at for one page of the answer. */
    private static final int STORE_PAGES = 20;

    @Override
    public CompletionStage<ClientPage> list(ClientQuery query) {
        String after = query.after() == null ? "" : query.after();
        TreeMap<String, Optional<StoredSession>> found = new TreeMap<>();
        parts.edge().online(query.instance()).stream()
                .filter(id -> id.compareTo(after) > 0 && id.contains(query.search()))
                .limit(query.limit() + 1L)
                .forEach(id -> found.put(id, Optional.empty()));
        return offline(query, after, found, 0).thenCompose(end -> page(query, found, end.orElse(null)));
    }

    /** Adds stored sessions; completes with the last client ID looked at when there are more, else with nothing. */
    private CompletionStage<Optional<String>> offline(
            ClientQuery query, String after, TreeMap<String, Optional<StoredSession>> found, int pages) {
        return parts.stores()
                .sessions()
                .list(query.instance(), "", after, STORE_PAGE)
                .thenCompose(sessions -> {
                    for (StoredSession session : sessions) {
                        if (session.key().clientId().contains(query.search())) {
                            found.put(session.key().clientId(), Optional.of(session));
                        }
                    }
                    if (sessions.size() < STORE_PAGE) {
                        return CompletableFuture.completedFuture(Optional.empty());
                    }
                    String end = sessions.getLast().key().clientId();
                    boolean enough = found.headMap(end, true).size() > query.limit() || pages == STORE_PAGES;
                    return enough
                            ? CompletableFuture.completedFuture(Optional.of(end))
                            : offline(query, end, found, pages + 1);
                });
    }

    /** {@code end}: stored sessions behind this client ID were not looked at; null when all were. */
    private CompletionStage<ClientPage> page(
            ClientQuery query, TreeMap<String, Optional<StoredSession>> found, @Nullable String end) {
        List<CompletableFuture<Optional<ClientSummary>>> summaries = new ArrayList<>();
        String last = null;
        for (Map.Entry<String, Optional<StoredSession>> each : found.entrySet()) {
            if (summaries.size() == query.limit()
                    || (end != null && each.getKey().compareTo(end) > 0)) {
                break;
            }
            last = each.getKey();
            summaries.add(
                    detail(query.instance(), each.getKey(), each.getValue().orElse(null))
                            .thenApply(detail -> detail.map(ClientDetail::summary))
                            .toCompletableFuture());
        }
        String next = summaries.size() == query.limit() && found.size() > summaries.size() ? last : end;
        return CompletableFuture.allOf(summaries.toArray(CompletableFuture[]::new))
                .thenApply(_ -> new ClientPage(
                        summaries.stream()
                                .map(CompletableFuture::resultNow)
                                .flatMap(Optional::stream)
                                .toList(),
                        next));
    }

    @Override
    public CompletionStage<Optional<ClientDetail>> get(String instance, String clientId) {
        return parts.stores()
                .sessions()
                .find(new SessionKey(instance, clientId))
                .thenCompose(stored -> detail(instance, clientId, stored.orElse(null)));
    }

    private CompletionStage<Optional<ClientDetail>> detail(
            String instance, String clientId, @Nullable StoredSession stored) {
        return parts.edge().client(instance, clientId).thenCompose(online -> {
            long sessionId = online.map(ClientInfo::sessionId).orElse(stored == null ? 0L : stored.id());
            CompletionStage<Long> depth = sessionId == 0
                    ? CompletableFuture.completedFuture(0L)
                    : parts.stores().messages().depth(sessionId);
            return depth.thenApply(queued -> online.map(info -> online(info, queued))
                    .or(() -> Optional.ofNullable(stored).map(session -> offline(session, queued))));
        });
    }

    private static ClientDetail online(ClientInfo info, long depth) {
        ClientSummary summary = new ClientSummary(
                info.clientId(),
                true,
                Instant.ofEpochMilli(info.connectedAt()),
                info.remote(),
                info.protocolLevel() == 3 ? "3.1" : "3.1.1",
                info.cleanSession(),
                info.subscriptions().size(),
                info.sessionId() == 0 ? info.queued() : depth,
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

    private static ClientDetail offline(StoredSession session, long depth) {
        ClientSummary summary = new ClientSummary(
                session.key().clientId(),
                false,
                null,
                null,
                null,
                false,
                session.subscriptions().size(),
                depth,
                0);
        List<ClientDetail.Subscription> subscriptions = session.subscriptions().stream()
                .map(each -> new ClientDetail.Subscription(each.filter(), each.qos()))
                .toList();
        return new ClientDetail(summary, null, null, null, null, subscriptions, ClientDetail.Counters.ZERO);
    }

    @Override
    public CompletionStage<Boolean> disconnect(String instance, String clientId) {
        return AskPattern.<ShardingEnvelope<SessionCommand>, SessionCommand.Kicked>ask(
                        parts.sessions(),
                        replyTo -> new ShardingEnvelope<>(
                                ClientSession.entityId(instance, clientId), new SessionCommand.Kick(replyTo)),
                        ASK_TIMEOUT,
                        parts.system().scheduler())
                .thenApply(SessionCommand.Kicked::wasOnline);
    }
}
