package dev.skein.node.info;

import dev.skein.node.edge.mqtt.ClientInfo;
import dev.skein.node.edge.mqtt.MqttEdge;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.route.InstanceQuotas;
import dev.skein.protocol.message.Subscription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Tells of this node what the control API of any node shows. Thread-safe. */
public final class NodeInfo {
    /** Name of the actor on each node. */
    public static final String NAME = "node-info";

    /** Characters of client IDs, or of topic filters, in one answer: it stays well below the frame of a link. */
    private static final int CHARS_MAX = 150_000;

    private final long uid;
    private final MqttEdge edge;
    private final InstanceViews views;
    private final Supplier<Optional<String>> storeProblem;
    private final BooleanSupplier draining;
    private final Function<String, InstanceQuotas> quotas;

    /**
     * Of one node.
     *
     * @param uid its incarnation
     * @param storeProblem what is wrong with its store, empty while it commits
     * @param quotas what an instance has, by id
     */
    public NodeInfo(
            long uid,
            MqttEdge edge,
            InstanceViews views,
            Supplier<Optional<String>> storeProblem,
            BooleanSupplier draining,
            Function<String, InstanceQuotas> quotas) {
        this.uid = uid;
        this.edge = edge;
        this.views = views;
        this.storeProblem = storeProblem;
        this.draining = draining;
        this.quotas = quotas;
    }

    /** The actor through which other nodes ask. */
    public Behavior<InfoQuery> actor() {
        return Behaviors.receiveMessage(query -> {
            switch (query) {
                case InfoQuery.Report(var replyTo) -> replyTo.tell(report());
                case InfoQuery.Clients ask ->
                    clients(ask.instance(), ask.search(), ask.after(), ask.limit())
                            .thenAccept(ask.replyTo()::tell);
                case InfoQuery.Client ask ->
                    edge.client(ask.instance(), ask.clientId())
                            .thenAccept(found -> ask.replyTo()
                                    .tell(new ClientFound(
                                            found.map(NodeInfo::fitting).orElse(null))));
                case InfoQuery.Filters ask ->
                    filters(ask.instance(), ask.clientId(), ask.after(), ask.limit())
                            .thenAccept(ask.replyTo()::tell);
            }
            return Behaviors.same();
        });
    }

    /** How the node is. */
    public NodeReport report() {
        List<NodeReport.Load> loads = views.all().stream()
                .map(InstanceView::id)
                .sorted()
                .map(id -> {
                    MqttEdge.Load load = edge.load(id);
                    return new NodeReport.Load(
                            id,
                            load.clean(),
                            load.persistent(),
                            load.subscriptions(),
                            load.queued(),
                            quotas.apply(id).filters().here(),
                            quotas.apply(id).retained().here());
                })
                .toList();
        return new NodeReport(uid, draining.getAsBoolean(), storeProblem.get().orElse(""), loads);
    }

    /** Connected clients, see {@link InfoQuery.Clients}. */
    public CompletionStage<ClientLines> clients(String instance, String search, String after, int limit) {
        List<CompletableFuture<Optional<ClientInfo>>> asked = new ArrayList<>();
        String last = "";
        String end = null;
        int chars = 0;
        for (String id : edge.online(instance)) {
            if (id.compareTo(after) <= 0 || !id.contains(search)) {
                continue;
            }
            if (asked.size() == limit || chars > CHARS_MAX) {
                end = last;
                break;
            }
            last = id;
            chars += id.length();
            asked.add(edge.client(instance, id).toCompletableFuture());
        }
        String lookedAt = end;
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(_ -> new ClientLines(
                        asked.stream()
                                .map(CompletableFuture::resultNow)
                                .flatMap(Optional::stream)
                                .map(NodeInfo::line)
                                .toList(),
                        lookedAt));
    }

    /** One client; empty when it is not connected to this node. */
    public CompletionStage<Optional<ClientInfo>> client(String instance, String clientId) {
        return edge.client(instance, clientId);
    }

    /** Topic filters of one client, see {@link InfoQuery.Filters}. Its event loop only makes a copy. */
    public CompletionStage<FilterPage> filters(String instance, String clientId, String after, int limit) {
        return edge.client(instance, clientId)
                .thenApplyAsync(found ->
                        found.map(client -> page(client, after, limit)).orElseGet(() -> new FilterPage(null, null)));
    }

    private static FilterPage page(ClientInfo client, String after, int limit) {
        TreeSet<String> first = new TreeSet<>();
        client.subscriptions().keySet().forEach(filter -> {
            if (filter.compareTo(after) > 0) {
                first.add(filter);
                if (first.size() > limit + 1) {
                    first.pollLast();
                }
            }
        });
        List<FilterPage.Line> lines = new ArrayList<>();
        int chars = 0;
        for (String filter : first) {
            if (lines.size() == limit || chars > CHARS_MAX) {
                return new FilterPage(lines, lines.getLast().filter());
            }
            chars += filter.length();
            Subscription each = client.subscription(filter);
            lines.add(new FilterPage.Line(filter, each.qos(), each.options(), each.identifier()));
        }
        return new FilterPage(lines, null);
    }

    private static ClientLines.Line line(ClientInfo info) {
        return new ClientLines.Line(
                info.clientId(),
                info.connectedAt(),
                info.remote(),
                info.protocolLevel(),
                info.cleanSession(),
                info.sessionId(),
                info.subscriptions().size(),
                info.queued(),
                info.inflight(),
                info.limits());
    }

    /** With as many topic filters as an answer can carry. */
    private static ClientInfo fitting(ClientInfo info) {
        Map<String, Integer> some = new LinkedHashMap<>();
        int chars = 0;
        for (Map.Entry<String, Integer> each : info.subscriptions().entrySet()) {
            chars += each.getKey().length();
            if (chars > CHARS_MAX) {
                return info.with(some);
            }
            some.put(each.getKey(), each.getValue());
        }
        return info;
    }
}
