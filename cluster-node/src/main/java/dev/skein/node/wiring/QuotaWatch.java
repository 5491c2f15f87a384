package dev.skein.node.wiring;

import dev.skein.node.info.ClusterInfo;
import dev.skein.node.info.ClusterInfo.MemberState;
import dev.skein.node.info.NodeReport;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.route.InstanceQuotas;
import dev.skein.node.route.Quota;
import dev.skein.node.route.QuotaSum;
import dev.skein.persistence.api.Overview;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells the quotas of this node what all nodes and the store hold: nodes are asked every few seconds, and the store is
 * counted so seldom that it costs it little. All of it happens in turns, on any thread.
 */
final class QuotaWatch {
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final long COUNT_EVERY_NANOS = Duration.ofMinutes(1).toNanos();
    /** The store is left alone for so many times as long as a count has taken. */
    private static final int REST = 50;

    private final ClusterInfo cluster;
    private final Overview store;
    private final Function<String, InstanceQuotas> quotas;
    private final Map<String, Sums> sums = new TreeMap<>();
    private boolean asking;
    private boolean counting;
    private long countAt = System.nanoTime();

    /** Of one instance. */
    private static final class Sums {
        private final QuotaSum filters = new QuotaSum();
        private final QuotaSum retained = new QuotaSum();
        private boolean known;
    }

    private QuotaWatch(
            ClusterInfo cluster, Overview store, Function<String, InstanceQuotas> quotas, List<String> instances) {
        this.cluster = cluster;
        this.store = store;
        this.quotas = quotas;
        instances.forEach(id -> sums.put(id, new Sums()));
    }

    static void start(Foundation base, MessagePlane plane, ClusterInfo cluster) {
        List<String> instances =
                base.registry().views().all().stream().map(InstanceView::id).toList();
        QuotaWatch watch = new QuotaWatch(cluster, base.stores().overview(), plane.quotas(), instances);
        var _ = base.system()
                .scheduler()
                .scheduleWithFixedDelay(
                        Duration.ZERO, EVERY, watch::look, base.system().executionContext());
    }

    private synchronized void look() {
        if (asking) {
            return;
        }
        asking = true;
        var _ = cluster.members().whenComplete((members, failure) -> heard(members, failure));
    }

    private synchronized void heard(@Nullable List<MemberState> members, @Nullable Throwable failure) {
        asking = false;
        if (members == null || failure != null) {
            return; // it is looked again
        }
        sums.forEach((instance, sum) -> heard(instance, sum, members));
        if (!counting && System.nanoTime() - countAt >= 0) {
            count();
        }
    }

    private void heard(String instance, Sums sum, List<MemberState> members) {
        Map<Long, Quota.Holding> filters = new HashMap<>();
        Map<Long, Quota.Holding> retained = new HashMap<>();
        InstanceQuotas here = quotas.apply(instance);
        Quota.Holding filtersHere = here.filters().here();
        Quota.Holding retainedHere = here.retained().here();
        for (MemberState member : members) {
            long uid = member.member().node().uid();
            if (member.member().self()) {
                filters.put(uid, filtersHere);
                retained.put(uid, retainedHere);
                continue;
            }
            for (NodeReport.Load load :
                    member.report().map(NodeReport::instances).orElse(List.of())) {
                if (load.instance().equals(instance) && load.filters() != null && load.retained() != null) {
                    filters.put(uid, load.filters());
                    retained.put(uid, load.retained());
                }
            }
        }
        Set<Long> uids =
                members.stream().map(member -> member.member().node().uid()).collect(Collectors.toSet());
        sum.filters.heard(filters, uids);
        sum.retained.heard(retained, uids);
        if (sum.known) {
            here.filters().look(sum.filters.total(), filtersHere);
            here.retained().look(sum.retained.total(), retainedHere);
        }
    }

    private void count() {
        counting = true;
        long began = System.nanoTime();
        sums.values().forEach(sum -> {
            sum.filters.countBegins();
            sum.retained.countBegins();
        });
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (Map.Entry<String, Sums> each : sums.entrySet()) { // one after another: no two keep readers busy
            String instance = each.getKey();
            all = all.thenCompose(_ -> store.filterUsage(instance))
                    .thenCompose(filters -> store.retainedUsage(instance)
                            .thenAccept(retained -> counted(each.getValue(), filters, retained)));
        }
        var _ = all.whenComplete((_, _) -> countEnds(began));
    }

    private synchronized void counted(Sums sum, Overview.Usage filters, Overview.Usage retained) {
        sum.filters.counted(filters);
        sum.retained.counted(retained);
        sum.known = true;
    }

    private void countEnds(long began) {
        synchronized (this) {
            long now = System.nanoTime();
            counting = false;
            countAt = now + Math.max(COUNT_EVERY_NANOS, REST * (now - began));
        }
        look();
    }
}
