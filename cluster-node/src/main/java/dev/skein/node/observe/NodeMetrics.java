package dev.skein.node.observe;

import dev.skein.persistence.api.DropListener;
import dev.skein.persistence.api.JournalMetrics;
import dev.skein.persistence.api.StoreMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Everything that a node counts. One for each node, made at start; thread-safe.
 *
 * <p>Paths that every message takes ask once for {@link TopicMetrics} or a {@link LatencyMetric} and keep the object.
 */
public final class NodeMetrics implements AutoCloseable, DropListener {
    /** Label of the parent topics above the cap, and of what is counted without a parent topic. */
    public static final String OTHER = "other";

    /** The certificate of the listeners of clients. */
    public static final String LISTENERS = "listeners";
    /** The certificate of the links between nodes. */
    public static final String CLUSTER = "cluster";

    /** Label of the topics that begin with {@code /}: an empty label would count as none. */
    private static final String EMPTY_PARENT = "/";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(registry);
    private final TopicMetricsTable topics;
    private final Map<String, ConnectionMetrics> connections = new ConcurrentHashMap<>();
    private final Map<String, CertificateMetrics> certificates = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> linksRefused = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> subscriptionsRefused = new ConcurrentHashMap<>();
    private final Map<String, HttpMetrics> http = new ConcurrentHashMap<>();
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final History history = new History(registry);

    /** With settings of {@code skein.metrics}. */
    public NodeMetrics(MetricsSettings settings) {
        topics = new TopicMetricsTable(settings.maxParentTopics(), meters);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        gc.bindTo(registry);
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider buffers) {
            new NettyAllocatorMetrics(buffers).bindTo(registry); // of connections; the JVM's own figures lack them
        }
    }

    /**
     * Counters of a parent topic; the same object until {@link #remove}. Above {@code skein.metrics.max-parent-topics}
     * those of {@link #OTHER}.
     *
     * @param parentTopic first level; empty for topics that begin with {@code /}
     */
    public TopicMetrics topic(String instance, String parentTopic) {
        return topics.get(instance, parentTopic.isEmpty() ? EMPTY_PARENT : parentTopic);
    }

    /** Counters of what has no parent topic to be counted under. */
    public TopicMetrics other(String instance) {
        return topics.get(instance, OTHER);
    }

    /**
     * Makes room: the parent topic is idle here. What it counted moves to {@link #OTHER}, so that sums do not shrink.
     * Who still holds the object must let go of it first: later increments are lost.
     */
    public void remove(String instance, String parentTopic) {
        topics.remove(instance, parentTopic.isEmpty() ? EMPTY_PARENT : parentTopic);
    }

    /** Deliveries that the store gave up; it knows no parent topic, so they count under {@link #OTHER}. */
    @Override
    public void dropped(String instance, Reason reason, long count) {
        other(instance).dropped(DropReason.of(reason), count);
    }

    /** Connections of a listener; the same object each time. */
    public ConnectionMetrics connections(String listener) {
        return connections.computeIfAbsent(listener, name -> new ConnectionMetrics(name, meters));
    }

    /** The certificate of {@link #LISTENERS} or {@link #CLUSTER}; the same object each time. */
    public CertificateMetrics certificate(String use) {
        return certificates.computeIfAbsent(use, name -> new CertificateMetrics(name, meters));
    }

    /** A connection to the port between nodes was refused. */
    public void linkRefused(String reason) {
        linksRefused
                .computeIfAbsent(reason, name -> meters.counter(MetricName.LINKS_REFUSED, Meters.label(name)))
                .increment();
    }

    /** Connections of an HTTP port, {@code http} or {@code health}; the same object each time. */
    public HttpMetrics http(String port) {
        return http.computeIfAbsent(port, name -> new HttpMetrics(name, meters));
    }

    /** From a QoS 1 or 2 PUBLISH to its acknowledgement. */
    public LatencyMetric publishToAck(String instance) {
        return meters.latency(MetricName.PUBLISH_TO_ACK, instance);
    }

    /** From a PUBLISH to its write to a subscriber on this node. */
    public LatencyMetric publishToDelivery(String instance) {
        return meters.latency(MetricName.PUBLISH_TO_DELIVERY, instance);
    }

    /** Shows the store's figures, read at each scrape. Once. */
    public void store(Supplier<StoreMetrics> store, LongSupplier pendingBytes, LongSupplier maxPendingBytes) {
        meters.summary(
                MetricName.STORE_COMMIT,
                () -> store.get().commits(),
                () -> store.get().commitNanos());
        meters.counter(MetricName.STORE_APPENDED, () -> store.get().appended());
        meters.counter(MetricName.STORE_REMOVED, () -> store.get().removed());
        meters.counter(MetricName.STORE_FAILURES, () -> store.get().failures());
        meters.counter(MetricName.STORE_DAMAGED_ROWS, () -> store.get().damagedRows());
        meters.gauge(MetricName.STORE_PENDING_BYTES, pendingBytes);
        meters.gauge(MetricName.STORE_PENDING_MAX_BYTES, maxPendingBytes);
        journal(() -> store.get().journal());
    }

    private void journal(Supplier<JournalMetrics> journal) {
        meters.gauge(MetricName.STORE_JOURNAL_BYTES, () -> journal.get().bytes());
        meters.gauge(MetricName.STORE_JOURNAL_INDEX, () -> journal.get().indexBytes());
        meters.summary(
                MetricName.STORE_JOURNAL_FORCE,
                () -> journal.get().forces(),
                () -> journal.get().forceNanos());
        meters.counter(MetricName.STORE_JOURNAL_MOVED, () -> journal.get().moved());
        meters.counter(MetricName.STORE_JOURNAL_WAITS, () -> journal.get().waits());
        meters.counter(MetricName.STORE_JOURNAL_DAMAGES, () -> journal.get().damages());
    }

    /** Shows the publishers that wait for receivers, read at each scrape. Once. */
    public void heldPublishers(LongSupplier now, LongSupplier waits, LongSupplier nanos) {
        meters.gauge(MetricName.PUBLISHERS_HELD, now);
        meters.summary(MetricName.PUBLISHER_WAITS, waits, nanos);
    }

    /** Shows what all connections hold in memory, and how many were closed or refused for it. Once. */
    public void connectionMemory(LongSupplier bytes, LongSupplier max, LongSupplier closed) {
        meters.gauge(MetricName.CONNECTION_MEMORY, bytes);
        meters.gauge(MetricName.CONNECTION_MEMORY_MAX, max);
        meters.counter(MetricName.CONNECTION_MEMORY_CLOSED, closed);
    }

    /** Shows what the subscriptions of persistent sessions take, read at each scrape. Once. */
    public void sessionRoutes(LongSupplier bytes, LongSupplier max) {
        meters.gauge(MetricName.SESSION_ROUTES_MEMORY, bytes);
        meters.gauge(MetricName.SESSION_ROUTES_MEMORY_MAX, max);
    }

    /** Shows one kind of memory of the process, read at each scrape. Once for each. */
    public void memory(String kind, LongSupplier used, LongSupplier max, BooleanSupplier alarm) {
        meters.gauge(MetricName.MEMORY_USED, used, kind);
        meters.gauge(MetricName.MEMORY_MAX, max, kind);
        meters.gauge(MetricName.MEMORY_ALARM, () -> alarm.getAsBoolean() ? 1 : 0, kind);
    }

    /** Shows how much room the disk of the embedded store has, read at each scrape. Once. */
    public void disk(LongSupplier free, LongSupplier reserve, BooleanSupplier low) {
        meters.gauge(MetricName.STORE_DISK_FREE, free);
        meters.gauge(MetricName.STORE_DISK_RESERVE, reserve);
        meters.gauge(MetricName.STORE_DISK_LOW, () -> low.getAsBoolean() ? 1 : 0);
    }

    /** The last hour of some figures. */
    public History history() {
        return history;
    }

    /** Shows what is recorded of clients and messages, read at each scrape. Once. */
    public void trace(LongSupplier records, LongSupplier dropped, LongSupplier bytes) {
        meters.counter(MetricName.TRACE_RECORDS, records);
        meters.counter(MetricName.TRACE_DROPPED, dropped);
        meters.gauge(MetricName.TRACE_BYTES, bytes);
    }

    /** Shows how often memory was nearly used up, read at each scrape. Once. */
    public void memoryAlarms(LongSupplier count) {
        meters.counter(MetricName.MEMORY_ALARMS, count);
    }

    /** Shows how often a rate of an instance was exceeded, read at each scrape. Once for each. */
    public void rateExceeded(String instance, String scope, String kind, LongSupplier count) {
        meters.counter(MetricName.RATE_EXCEEDED, count, instance, scope, kind);
    }

    /** Shows those who connect all the time, read at each scrape. Once. */
    public void reconnects(LongSupplier clients, LongSupplier addresses, LongSupplier waiting) {
        meters.counter(MetricName.CONNECTS_SLOWED, clients, "client");
        meters.counter(MetricName.CONNECTS_SLOWED, addresses, "address");
        meters.gauge(MetricName.CONNECTS_SLOWED_WAITING, waiting);
    }

    /** Waits for a turn at a stage of admission; the same meter each time. */
    public LatencyMetric admissionWait(String stage) {
        return meters.latency(MetricName.ADMISSION_WAIT, stage);
    }

    /** Shows a stage of admission, read at each scrape. Once for each. */
    public void admission(String stage, LongSupplier inProgress, LongSupplier waiting, LongSupplier admitted) {
        meters.gauge(MetricName.ADMISSION_IN_PROGRESS, inProgress, stage);
        meters.gauge(MetricName.ADMISSION_WAITING, waiting, stage);
        meters.counter(MetricName.ADMISSIONS, admitted, stage);
    }

    /** Shows what a stage of admission refuses, read at each scrape. Once for each. */
    public void admissionRefused(String stage, LongSupplier full, LongSupplier overdue) {
        meters.counter(MetricName.ADMISSIONS_REFUSED, full, stage, "full");
        meters.counter(MetricName.ADMISSIONS_REFUSED, overdue, stage, "overdue");
    }

    /** Shows what the routers of this node passed over, read at each scrape. Once. */
    public void routersPassedOver(LongSupplier count) {
        meters.counter(MetricName.ROUTES_PASSED_OVER, count);
    }

    /** Shows deliveries that wait, read at each scrape. Once for each instance. */
    public void deliveriesQueued(String instance, LongSupplier count) {
        meters.gauge(MetricName.DELIVERIES_QUEUED, count, instance);
    }

    /** Shows sessions on this node, read at each scrape. Once for each instance. */
    public void sessions(String instance, LongSupplier clean, LongSupplier persistent) {
        meters.gauge(MetricName.SESSIONS, clean, instance, "clean");
        meters.gauge(MetricName.SESSIONS, persistent, instance, "persistent");
    }

    /** Shows topic filters of the sessions on this node, read at each scrape. Once for each instance. */
    public void subscriptions(String instance, LongSupplier count) {
        meters.gauge(MetricName.SUBSCRIPTIONS, count, instance);
    }

    /** Subscriptions that ended because their clients may not have them any more; the same counter each time. */
    public LongAdder subscriptionsRevoked(String instance) {
        return meters.counter(MetricName.SUBSCRIPTIONS_REVOKED, instance);
    }

    /** Subscriptions that were refused, for a reason of a fixed set; the same counter each time. */
    public LongAdder subscriptionsRefused(String instance, String reason) {
        return subscriptionsRefused.computeIfAbsent(
                instance + "|" + reason,
                _ -> meters.counter(MetricName.SUBSCRIPTIONS_REFUSED, instance, Meters.label(reason)));
    }

    /** Shows the open route tables and the routes in them, read at each scrape. Once for each instance. */
    public void routes(String instance, LongSupplier tables, LongSupplier routes) {
        meters.gauge(MetricName.ROUTE_TABLES, tables, instance);
        meters.gauge(MetricName.ROUTES, routes, instance);
    }

    /** Shows retained messages, read at each scrape. Once for each instance. */
    public void retained(String instance, LongSupplier count, LongSupplier bytes) {
        meters.gauge(MetricName.RETAINED, count, instance);
        meters.gauge(MetricName.RETAINED_BYTES, bytes, instance);
    }

    /** Messages that a limit kept from being retained; the same counter each time. */
    public LongAdder retainedRefused(String instance) {
        return meters.counter(MetricName.RETAINED_REFUSED, instance);
    }

    /** Shows how a rule does on this node, read at each scrape. */
    public void rule(String instance, String rule, RuleFigures figures) {
        meters.counter(MetricName.RULE_RECEIVED, figures::received, instance, rule);
        meters.counter(MetricName.RULE_SENT, figures::sent, instance, rule);
        meters.counter(MetricName.RULE_REFUSED, figures::refused, instance, rule);
        meters.counter(MetricName.RULE_DROPPED, figures::dropped, instance, rule);
        meters.gauge(MetricName.RULE_BACKLOG, figures::backlog, instance, rule);
        meters.gauge(MetricName.RULE_BACKLOG_BYTES, figures::backlogBytes, instance, rule);
        meters.gauge(MetricName.RULE_FAILING, () -> figures.isFailing() ? 1 : 0, instance, rule);
    }

    /** A rule is gone. */
    public void ruleGone(String instance, String rule) {
        for (MetricName name : MetricName.values()) {
            if (name.labels().contains(MetricName.Label.RULE)) {
                meters.remove(name, instance, rule);
            }
        }
    }

    /** Shows topic filters of all sessions of an instance, read at each scrape. Once for each instance. */
    public void filters(String instance, LongSupplier count, LongSupplier bytes) {
        meters.gauge(MetricName.INSTANCE_FILTERS, count, instance);
        meters.gauge(MetricName.INSTANCE_FILTERS_BYTES, bytes, instance);
    }

    /** Shows the cluster as this node sees it, read at each scrape. Once. */
    public void cluster(LongSupplier members) {
        meters.gauge(MetricName.CLUSTER_MEMBERS, members);
    }

    /** Shows how often this node was stalled, read at each scrape. Once. */
    public void standstills(LongSupplier count) {
        meters.counter(MetricName.STANDSTILLS, count);
    }

    /** Shows what is on its way to another node, by its address, until {@link #linkGone}. */
    public void link(String peer, LongSupplier pendingBytes) {
        meters.gauge(MetricName.LINK_PENDING_BYTES, pendingBytes, peer);
    }

    /** The node at that address has left. */
    public void linkGone(String peer) {
        meters.remove(MetricName.LINK_PENDING_BYTES, peer);
    }

    /** Shows what all links together had to do again. Once. */
    public void links(LongSupplier resent, LongSupplier leftOut, LongSupplier reclaimed) {
        meters.counter(MetricName.LINK_SEGMENTS_RESENT, resent);
        meters.counter(MetricName.LINK_PUSHES_LEFT_OUT, leftOut);
        meters.counter(MetricName.SESSIONS_RECLAIMED, reclaimed);
    }

    /** Shows what this node and the others tell each other of their routes, read at each scrape. Once. */
    public void remoteRoutes(LongSupplier routes, LongSupplier sessions, LongSupplier pending, LongSupplier repaired) {
        meters.gauge(MetricName.ROUTES_REMOTE, routes);
        meters.gauge(MetricName.SESSIONS_REMOTE, sessions);
        meters.gauge(MetricName.ROUTES_PENDING, pending);
        meters.counter(MetricName.ROUTES_REPAIRED, repaired);
    }

    /** The page of {@code /metrics}: Prometheus' text format, version 0.0.4. Takes milliseconds and more. */
    public String scrape() {
        return registry.scrape();
    }

    /** Lets go of the listeners in the JVM. */
    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
