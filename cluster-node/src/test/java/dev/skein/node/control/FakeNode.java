package dev.skein.node.control;

import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.topic.TopicFilters;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/** A node in memory behind the ports of the control API: one instance {@code default}, groups, topics, clients. */
public final class FakeNode
        implements ClientDirectory,
                RetainedAdmin,
                MessagePublisher,
                RegistryAdmin,
                RuleAdmin,
                CredentialAdmin,
                ClusterDirectory,
                NodeHealth,
                TraceDirectory {
    /** Group that stands in the configuration. */
    public static final String CONFIGURED_GROUP = "GID_configured";

    /** What was published: {@code instance topic qos retain payload}. */
    public final List<String> published = Collections.synchronizedList(new ArrayList<>());

    /** The same, whole. */
    public final List<NewMessage> messages = Collections.synchronizedList(new ArrayList<>());

    /** Counts no connection. */
    public static final HttpCounters NO_COUNTERS = new HttpCounters() {
        @Override
        public void opened(String port) {}

        @Override
        public void closed(String port) {}

        @Override
        public void refused(String port, String reason) {}
    };

    /** Address of the node. */
    public static final String NODE = "192.0.2.1:25520";

    /** Nodes that a list of clients lacks. */
    public volatile List<String> unanswered = List.of();

    /** Requests to drain that were made. */
    public final AtomicInteger drains = new AtomicInteger();

    /** Clients by ID. */
    public final Map<String, ClientDetail> clients = new ConcurrentSkipListMap<>();

    /** What was asked for of traces. */
    public final List<TraceWish> traceWishes = Collections.synchronizedList(new ArrayList<>());

    /** What is known of every client and message, in pages of two. */
    public final List<TraceList.Step> traced = Collections.synchronizedList(new ArrayList<>());

    /** Bytes of retained messages, by topic. */
    public final NavigableMap<String, Integer> retained = new ConcurrentSkipListMap<>();

    /** What {@code /health/ready} tells. */
    public volatile HealthReport ready = HealthReport.of(HealthReport.Check.good("store", "commits"));

    /** Completes what {@link #publish} answers; null: at once. */
    public volatile CompletionStage<MessageId> publishAnswer =
            CompletableFuture.completedStage(MessageId.parse("0000019AA1B2C3D400000000000000FF"));

    private final Map<String, RegistryEntry> groups = new TreeMap<>();
    private final Map<String, RegistryEntry> topics = new TreeMap<>();
    private final Map<String, UserInfo> users = new TreeMap<>();
    private final Map<String, AccessKeyInfo> accessKeys = new TreeMap<>();
    private final List<TokenKeyInfo> tokenKeys = new ArrayList<>();
    private final List<AuditPage.Entry> audit = new ArrayList<>();

    /** With one configured group. */
    public FakeNode() {
        groups.put(CONFIGURED_GROUP, new RegistryEntry(CONFIGURED_GROUP, true));
    }

    /** This node as the ports of the server. */
    public ControlPorts ports() {
        return ports(this, this, () -> "skein_up 1.0\n", NO_COUNTERS);
    }

    /** As {@link #ports()}, but these publish, tell of health, make the page of metrics and count. */
    ControlPorts ports(MessagePublisher publisher, NodeHealth health, Supplier<String> metrics, HttpCounters counters) {
        return new ControlPorts(
                this, this, publisher, this, this, this, this, health, this, metrics, ServiceApi.NONE, counters);
    }

    @Override
    public CompletionStage<TraceList> find(TraceWish wish) {
        traceWishes.add(wish);
        int from = wish.after().isEmpty() ? 0 : Integer.parseInt(wish.after());
        int to = Math.min(traced.size(), from + Math.min(2, wish.limit()));
        String next = to < traced.size() ? Integer.toString(to) : null;
        return CompletableFuture.completedStage(
                new TraceList(List.copyOf(traced.subList(from, to)), next, unanswered, List.of()));
    }

    /** Adds a client that is connected. */
    public void online(String clientId) {
        online(
                clientId,
                "3.1.1",
                new ClientSummary.Limits(0L, null, null),
                new ClientDetail.Subscription("a/+", 1, false, false, 0, null));
    }

    /** Adds a client that is connected with MQTT 5. */
    public void onlineMqtt5(String clientId) {
        online(
                clientId,
                "5",
                new ClientSummary.Limits(4_294_967_295L, 20, 131_072L),
                new ClientDetail.Subscription("$share/g/a/+", 1, true, true, 2, 7));
    }

    private void online(
            String clientId, String protocol, ClientSummary.Limits limits, ClientDetail.Subscription subscription) {
        Instant since = Instant.ofEpochSecond(1_700_000_000);
        ClientSummary summary =
                new ClientSummary(clientId, true, NODE, since, "192.0.2.7:50001", protocol, true, 1, 3, 2, limits);
        clients.put(
                clientId,
                new ClientDetail(
                        summary, "user", null, 60, "mqtt", List.of(subscription), new ClientDetail.Counters(5, 6, 7)));
    }

    /** Adds a client that is away. */
    public void offline(String clientId) {
        ClientSummary summary =
                new ClientSummary(clientId, false, null, null, null, null, false, 0, 9, 0, ClientSummary.Limits.NONE);
        clients.put(clientId, new ClientDetail(summary, null, null, null, null, List.of(), ClientDetail.Counters.ZERO));
    }

    @Override
    public CompletionStage<ClientPage> list(ClientQuery query) {
        String after = query.after() == null ? "" : query.after();
        List<ClientSummary> found = clients.values().stream()
                .map(ClientDetail::summary)
                .filter(client -> client.clientId().contains(query.search()))
                .filter(client -> client.clientId().compareTo(after) > 0)
                .limit(query.limit() + 1L)
                .toList();
        boolean more = found.size() > query.limit();
        List<ClientSummary> page = more ? found.subList(0, query.limit()) : found;
        return CompletableFuture.completedStage(
                new ClientPage(page, more ? page.getLast().clientId() : null, unanswered));
    }

    @Override
    public CompletionStage<Optional<ClientDetail>> get(String instance, String clientId) {
        return CompletableFuture.completedStage(Optional.ofNullable(clients.get(clientId)));
    }

    @Override
    public CompletionStage<Boolean> isOnline(String instance, String clientId) {
        ClientDetail client = clients.get(clientId);
        return CompletableFuture.completedStage(
                client != null && client.summary().online());
    }

    @Override
    public CompletionStage<Boolean> disconnect(String instance, String clientId) {
        ClientDetail client = clients.get(clientId);
        boolean online = client != null && client.summary().online();
        if (online) {
            offline(clientId);
        }
        return CompletableFuture.completedStage(online);
    }

    @Override
    public CompletionStage<Boolean> discardSession(String instance, String clientId) {
        return CompletableFuture.completedStage(clients.remove(clientId) != null);
    }

    @Override
    public CompletionStage<SessionPage> sessions(SessionQuery query) {
        List<SessionPage.Session> all = clients.values().stream()
                .map(ClientDetail::summary)
                .filter(client -> client.clientId().contains(query.search())
                        && client.clientId().compareTo(query.after()) > 0)
                .map(client -> new SessionPage.Session(
                        client.clientId(),
                        null,
                        Instant.ofEpochSecond(1_700_000_000),
                        null,
                        client.subscriptionCount(),
                        3L * client.subscriptionCount(),
                        client.queued()))
                .sorted(Comparator.comparingLong(
                        session -> query.largest() == SessionQuery.Size.QUEUE ? -session.queued() : 0))
                .limit(query.limit())
                .toList();
        return CompletableFuture.completedStage(new SessionPage(all, null));
    }

    @Override
    public CompletionStage<Optional<SubscriptionPage>> subscriptions(
            String instance, String clientId, String after, int limit) {
        return CompletableFuture.completedStage(Optional.ofNullable(clients.get(clientId))
                .map(client -> new SubscriptionPage(
                        client.subscriptions().stream()
                                .filter(each -> each.filter().compareTo(after) > 0)
                                .limit(limit)
                                .toList(),
                        null)));
    }

    @Override
    public CompletionStage<RetainedPage> list(String instance, String filter, String after, int limit) {
        List<RetainedPage.Message> page = retained.tailMap(after, false).entrySet().stream()
                .filter(each -> filter.isEmpty() || TopicFilters.matches(filter, each.getKey()))
                .limit(limit)
                .map(each -> new RetainedPage.Message(
                        each.getKey(), each.getValue(), 1, Instant.ofEpochSecond(1_700_000_000), "mqtt:a"))
                .toList();
        return CompletableFuture.completedStage(new RetainedPage(
                page, page.size() < limit ? null : page.getLast().topic()));
    }

    @Override
    public CompletionStage<Boolean> delete(String instance, String topic) {
        return CompletableFuture.completedStage(retained.remove(topic) != null);
    }

    @Override
    public CompletionStage<RetainedDeleted> deleteAll(String instance, String filter, String after, int limit) {
        return list(instance, filter, after, limit).thenApply(page -> {
            page.messages().forEach(each -> retained.remove(each.topic()));
            return new RetainedDeleted(page.messages().size(), page.next());
        });
    }

    @Override
    public CompletionStage<MessageId> publish(String instance, NewMessage message) {
        String payload = new String(message.content().payload(), StandardCharsets.UTF_8);
        messages.add(message);
        published.add("%s %s %d %s %s".formatted(instance, message.topic(), message.qos(), message.retain(), payload));
        return publishAnswer;
    }

    @Override
    public synchronized CompletionStage<List<InstanceInfo>> instances() {
        return CompletableFuture.completedStage(
                List.of(new InstanceInfo("default", "open", groups.size(), topics.size())));
    }

    @Override
    public synchronized CompletionStage<List<RegistryEntry>> groups(String instance) {
        return CompletableFuture.completedStage(List.copyOf(groups.values()));
    }

    @Override
    public CompletionStage<Done> createGroup(String instance, String group, String by) {
        return create(groups, "group", group, by);
    }

    @Override
    public CompletionStage<Done> deleteGroup(String instance, String group, String by) {
        return delete(groups, "group", group, by, ErrorCode.GROUP_NOT_FOUND);
    }

    @Override
    public synchronized CompletionStage<List<RegistryEntry>> parentTopics(String instance) {
        return CompletableFuture.completedStage(List.copyOf(topics.values()));
    }

    @Override
    public CompletionStage<Done> createParentTopic(String instance, String parentTopic, String by) {
        return create(topics, "parent-topic", parentTopic, by);
    }

    @Override
    public CompletionStage<Done> deleteParentTopic(String instance, String parentTopic, String by) {
        return delete(topics, "parent-topic", parentTopic, by, ErrorCode.PARENT_TOPIC_NOT_FOUND);
    }

    @Override
    public synchronized CompletionStage<AuditPage> audit(String instance, long before, int limit) {
        List<AuditPage.Entry> page = audit.reversed().stream()
                .filter(entry -> entry.sequence() < before)
                .limit(limit)
                .toList();
        long last = page.isEmpty() ? 1 : page.getLast().sequence();
        return CompletableFuture.completedStage(new AuditPage(page, last == 1 ? null : last));
    }

    @Override
    public CompletionStage<ClusterState> state() {
        List<ClusterState.Load> loads = List.of(new ClusterState.Load("default", 3, 4, 5, 6));
        return CompletableFuture.completedStage(new ClusterState(
                NODE,
                List.of(
                        new ClusterState.Member(NODE, "up", "0.1.0", true, true, 0, true, false, null, loads),
                        new ClusterState.Member(
                                "192.0.2.2:25520", "up", "0.2.0", true, false, 7, true, false, "full", loads),
                        new ClusterState.Member(
                                "192.0.2.3:25520", "up", "0.2.0", false, false, 8, false, null, null, List.of()))));
    }

    @Override
    public FigureHistory history() {
        return new FigureHistory(10, null, List.of());
    }

    @Override
    public CompletionStage<DrainState> drain() {
        drains.incrementAndGet();
        ready = HealthReport.of(HealthReport.Check.bad("draining", "the node stops: 9 connections left"));
        return CompletableFuture.completedStage(new DrainState(NODE, true));
    }

    @Override
    public CompletionStage<HealthReport> live() {
        return CompletableFuture.completedStage(HealthReport.of(HealthReport.Check.good("process", "runs")));
    }

    @Override
    public CompletionStage<HealthReport> ready() {
        return CompletableFuture.completedStage(ready);
    }

    private synchronized CompletionStage<Done> create(
            Map<String, RegistryEntry> entries, String what, String name, String by) {
        if (entries.putIfAbsent(name, new RegistryEntry(name, false)) != null) {
            return refused(ErrorCode.ALREADY_EXISTS, what, name);
        }
        return changed(what + "-created", name, by);
    }

    private synchronized CompletionStage<Done> delete(
            Map<String, RegistryEntry> entries, String what, String name, String by, ErrorCode absent) {
        RegistryEntry entry = entries.get(name);
        if (entry == null) {
            return refused(absent, what, name);
        }
        if (entry.configured()) {
            return refused(ErrorCode.CONFIGURED, what, name);
        }
        entries.remove(name);
        return changed(what + "-deleted", name, by);
    }

    private CompletionStage<Done> changed(String action, String name, String by) {
        audit.add(new AuditPage.Entry(audit.size() + 1L, Instant.ofEpochSecond(1_700_000_000), by, action, name, ""));
        return CompletableFuture.completedStage(Done.getInstance());
    }

    private static CompletionStage<Done> refused(ErrorCode code, String what, String name) {
        return CompletableFuture.failedStage(new ControlException(code, what + ": " + name + " (expected: another)"));
    }

    @Override
    public CompletionStage<List<RuleInfo>> rules(String instance) {
        return CompletableFuture.completedStage(List.of());
    }

    @Override
    public CompletionStage<RuleInfo> createRule(String instance, RuleFields rule, String by) {
        return noRule();
    }

    @Override
    public CompletionStage<RuleInfo> changeRule(String instance, String id, RuleFields change, String by) {
        return noRule();
    }

    @Override
    public CompletionStage<Done> deleteRule(String instance, String id, String by) {
        return noRule();
    }

    private static <T> CompletionStage<T> noRule() {
        return CompletableFuture.failedStage(
                new ControlException(ErrorCode.RULE_NOT_FOUND, "rule: none (expected: one that exists)"));
    }

    @Override
    public List<ConnectorInfo> connectors() {
        return List.of(new ConnectorInfo("rmq", "rocketmq"));
    }

    @Override
    public CompletionStage<ConnectorTest> testConnector(String id) {
        return CompletableFuture.completedStage(new ConnectorTest(true, "answers"));
    }

    @Override
    public CompletionStage<TokenKeys> keys(String instance) {
        return CompletableFuture.completedStage(new TokenKeys(List.copyOf(tokenKeys), 7));
    }

    @Override
    public CompletionStage<TokenKeyInfo> rotate(String instance, String by) {
        TokenKeyInfo made = new TokenKeyInfo(tokenKeys.size() + 1, Instant.EPOCH);
        tokenKeys.add(made);
        return CompletableFuture.completedStage(made);
    }

    @Override
    public CompletionStage<Done> remove(String instance, int number, String by) {
        return tokenKeys.removeIf(key -> key.number() == number)
                ? CompletableFuture.completedStage(Done.getInstance())
                : CompletableFuture.failedStage(new ControlException(
                        ErrorCode.TOKEN_KEY_NOT_FOUND, "token-key: " + number + " (expected: one that exists)"));
    }

    @Override
    public CompletionStage<List<UserInfo>> users(String instance) {
        return CompletableFuture.completedStage(List.copyOf(users.values()));
    }

    @Override
    public CompletionStage<Done> addUser(
            String instance, String name, String passwordHash, List<String> clientIds, String by) {
        return users.putIfAbsent(name, new UserInfo(name, false, clientIds)) == null
                ? CompletableFuture.completedStage(Done.getInstance())
                : refused(ErrorCode.ALREADY_EXISTS, name);
    }

    @Override
    public CompletionStage<Done> setPassword(String instance, String name, String passwordHash, String by) {
        return users.containsKey(name)
                ? CompletableFuture.completedStage(Done.getInstance())
                : refused(ErrorCode.USER_NOT_FOUND, name);
    }

    @Override
    public CompletionStage<Done> removeUser(String instance, String name, String by) {
        return users.remove(name) != null
                ? CompletableFuture.completedStage(Done.getInstance())
                : refused(ErrorCode.USER_NOT_FOUND, name);
    }

    @Override
    public CompletionStage<List<AccessKeyInfo>> accessKeys(String instance) {
        return CompletableFuture.completedStage(List.copyOf(accessKeys.values()));
    }

    @Override
    public CompletionStage<NewAccessKey> addAccessKey(
            String instance, String id, String secret, @Nullable String account, List<String> clientIds, String by) {
        String name = id.isEmpty() ? "made" : id;
        accessKeys.put(name, new AccessKeyInfo(name, false, account, clientIds));
        return CompletableFuture.completedStage(new NewAccessKey(name, "hidden"));
    }

    @Override
    public CompletionStage<Done> removeAccessKey(String instance, String id, String by) {
        return accessKeys.remove(id) != null
                ? CompletableFuture.completedStage(Done.getInstance())
                : refused(ErrorCode.ACCESS_KEY_NOT_FOUND, id);
    }

    private static CompletionStage<Done> refused(ErrorCode code, String name) {
        return CompletableFuture.failedStage(new ControlException(code, name + " (expected: another one)"));
    }
}
