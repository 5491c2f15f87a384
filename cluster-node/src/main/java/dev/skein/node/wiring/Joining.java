package dev.skein.node.wiring;

import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.Membership;
import dev.skein.node.discovery.Discovery;
import dev.skein.persistence.api.NodePresence;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node comes into its cluster and stays known there. A time-out alone must not decide that a node begins a
 * cluster of its own: its seeds may merely be out of reach. So it begins one only when the database, which all nodes
 * share, shows no other member either.
 */
final class Joining {
    private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    private static final Duration BEAT_EVERY = Duration.ofSeconds(3);
    private static final int FENCE_TRIES = 10;
    private static final Duration FRESH = Duration.ofSeconds(15);

    private final ActorSystem<?> system;
    private final Membership membership;
    private final ClusterSettings settings;
    private final NodePresence presence;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final @Nullable FindingOthers finding;
    private @Nullable Boolean mayBegin;

    private Joining(ActorSystem<?> system, Membership membership, ClusterSettings settings, NodePresence presence) {
        this.system = system;
        this.membership = membership;
        this.settings = settings;
        this.presence = presence;
        this.finding = settings.discovers()
                ? new FindingOthers(Discovery.of(system, settings), membership, settings, presence, FRESH)
                : null;
    }

    /** Joins, and goes on until the cluster has taken the node in. */
    static Joining start(
            ActorSystem<?> system, Membership membership, ClusterSettings settings, NodePresence presence) {
        Joining joining = new Joining(system, membership, settings, presence);
        if (settings.many()) {
            joining.look();
            membership.up().thenAccept(_ -> joining.beat());
            membership.listen(new Membership.Listener() {
                @Override
                public void downed(Membership.ClusterNode node) {
                    joining.fence(node, FENCE_TRIES);
                }
            });
        } else {
            membership.join(settings, true);
        }
        return joining;
    }

    private void look() {
        if (ended.get() || membership.up().toCompletableFuture().isDone()) {
            return;
        }
        CompletionStage<Void> looked =
                finding == null ? presence.othersSeenWithin(FRESH).thenAccept(this::join) : finding.look();
        looked.whenComplete((_, _) -> later(LOOK_EVERY, this::look));
    }

    private synchronized void join(List<String> others) {
        boolean may = others.isEmpty();
        if (mayBegin == null || mayBegin != may) {
            mayBegin = may;
            if (!may) {
                LOG.info("joining the cluster that the database knows of: {}", others);
            }
            membership.join(settings, may);
        }
    }

    /** What a node that was downed still has in hand must not be committed beside what the others do from now on. */
    private void fence(Membership.ClusterNode node, int tries) {
        if (ended.get() || tries == 0) {
            return;
        }
        presence.fence(node.address()).whenComplete((shut, failure) -> {
            if (failure != null) {
                later(LOOK_EVERY, () -> fence(node, tries - 1));
            } else if (shut) {
                LOG.info("node {} was downed: the database commits nothing of it any more", node);
            }
        });
    }

    private void beat() {
        if (!ended.get()) {
            presence.seen().whenComplete((_, _) -> later(BEAT_EVERY, this::beat));
        }
    }

    private void later(Duration delay, Runnable task) {
        if (!ended.get()) {
            system.scheduler().scheduleOnce(delay, task, system.executionContext());
        }
    }

    /** The node leaves, or has been downed. */
    void end() {
        if (ended.compareAndSet(false, true) && settings.many()) {
            var _ = presence.left();
        }
    }
}
