package dev.skein.node.delivery;

import dev.skein.node.auth.Permissions;
import dev.skein.node.observe.LatencyMetric;
import dev.skein.node.observe.NodeMetrics;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.route.Quota;
import dev.skein.node.route.RouteTables;
import dev.skein.protocol.message.TopicName;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One instance as connections see it: the newest view of its registry, and its route tables on this node. */
public final class Instance {
    private final RouteTables tables;
    private final LatencyMetric publishToAck;
    private final LatencyMetric publishToDelivery;
    private final LongAdder subscriptionsRevoked;
    private final Function<String, LongAdder> subscriptionsRefused;
    private final LongAdder retainedRefused;
    private volatile Rules rules;
    private volatile @Nullable Outlets outlets;

    /** A view and the permissions made of it, so that both are always of one version. */
    public record Rules(InstanceView view, Permissions permissions) {}

    Instance(InstanceView view, RouteTables tables, NodeMetrics metrics) {
        this.tables = tables;
        this.publishToAck = metrics.publishToAck(view.id());
        this.subscriptionsRevoked = metrics.subscriptionsRevoked(view.id());
        this.subscriptionsRefused = why -> metrics.subscriptionsRefused(view.id(), why);
        this.retainedRefused = metrics.retainedRefused(view.id());
        this.publishToDelivery = metrics.publishToDelivery(view.id());
        this.rules = new Rules(view, Permissions.of(view));
    }

    /** Takes the view unless it has a newer one; every later check uses it. Any thread. */
    synchronized void update(InstanceView view) {
        if (view.version() < rules.view().version()) {
            return;
        }
        rules = new Rules(view, rules.permissions().next(view));
    }

    public String id() {
        return tables.instance();
    }

    public Rules rules() {
        return rules;
    }

    public InstanceView view() {
        return rules.view();
    }

    /** Whom {@code topic} addresses; null when it is a topic like others. */
    @Nullable
    public String p2pTarget(TopicName topic) {
        String target = topic.p2pTarget();
        return target != null && view().p2p() ? target : null;
    }

    /** Where messages go beside their subscribers; null: nowhere. Any thread. */
    public void outlets(@Nullable Outlets now) {
        outlets = now;
    }

    @Nullable
    Outlets outlets() {
        return outlets;
    }

    public RouteTables tables() {
        return tables;
    }

    /** So many subscriptions of a session ended when it was taken up: its client may not have them any more. */
    public void subscriptionsRevoked(int count) {
        subscriptionsRevoked.add(count);
    }

    /** What all sessions of the instance may subscribe. */
    public Quota filters() {
        return tables.quotas().filters();
    }

    /** Why its sessions may not subscribe {@code filter} in addition; null when they may. */
    @Nullable
    public String whyNoMoreFilters(String filter) {
        Quota filters = filters();
        return filters.hasRoom(1, filter.length())
                ? null
                : "filters of all sessions of instance %s: %d with %d characters (limits.instance-filters: %d,"
                                .formatted(
                                        id(),
                                        filters.total().entries(),
                                        filters.total().bytes(),
                                        filters.limit().entries())
                        + " limits.instance-filter-bytes: " + filters.limit().bytes() + ")";
    }

    /** A message was delivered, and not retained because of a limit. */
    public void retainedRefused() {
        retainedRefused.increment();
    }

    /** A subscription was refused; {@code why} is a word of a fixed set. */
    public void subscriptionRefused(String why) {
        subscriptionsRefused.apply(why).increment();
    }

    /** A message that was sampled at {@code sampledNanos} is acknowledged. */
    public void acknowledged(long sampledNanos) {
        publishToAck.record(System.nanoTime() - sampledNanos);
    }

    /** A message that was sampled at {@code sampledNanos} is written to a subscriber. */
    public void delivered(long sampledNanos) {
        publishToDelivery.record(System.nanoTime() - sampledNanos);
    }
}
