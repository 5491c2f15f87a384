package dev.skein.node.wiring;

import dev.skein.node.cluster.Membership;
import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.registry.SessionTerms;
import dev.skein.node.session.actor.ClientSession;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.Stores;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;

/**
 * Looks, now and then, for sessions whose time is over, and lets their actors discard them. Also for those whose
 * connection was on a node that is gone: their time begins when their actors hear of that.
 */
final class SessionExpiry {
    private static final Duration EVERY = Duration.ofMinutes(1);
    /** When there was more than one look finds. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final int AT_ONCE = 1000;
    private static final long NEVER = -1;

    private final ActorSystem<?> system;
    private final InstanceViews views;
    private final Stores stores;
    private final Membership membership;
    private final ActorRef<ShardingEnvelope<SessionCommand>> sessions;
    /** After so many losses of nodes no session of a node that is gone was left. */
    private volatile long seenLosses = NEVER;

    private SessionExpiry(
            ActorSystem<?> system,
            InstanceViews views,
            Stores stores,
            Membership membership,
            ActorRef<ShardingEnvelope<SessionCommand>> sessions) {
        this.system = system;
        this.views = views;
        this.stores = stores;
        this.membership = membership;
        this.sessions = sessions;
    }

    static void start(
            ActorSystem<?> system,
            InstanceViews views,
            Stores stores,
            Membership membership,
            ActorRef<ShardingEnvelope<SessionCommand>> sessions) {
        new SessionExpiry(system, views, stores, membership, sessions).look(EVERY);
    }

    private void look(Duration after) {
        system.scheduler().scheduleOnce(after, this::look, system.executionContext());
    }

    private void look() {
        stores.ageMillis()
                .thenCompose(now -> lost(now).thenCompose(some -> expired(now, List.copyOf(views.all()), some)))
                .whenComplete((more, failure) -> look(failure == null && more ? SOON : EVERY));
    }

    /** Whether there are more of nodes that are gone. */
    private CompletionStage<Boolean> lost(long now) {
        long losses = membership.losses(); // first: a node that goes from here on is for another look
        if (seenLosses == losses) {
            return CompletableFuture.completedFuture(false);
        }
        Set<Long> live = new HashSet<>();
        live.add(membership.self().uid());
        membership.others().forEach(node -> live.add(node.uid()));
        return stores.sessions().heldByOthers(live, AT_ONCE).thenApply(found -> {
            if (found.isEmpty()) {
                seenLosses = losses;
            }
            return end(found, now);
        });
    }

    private CompletionStage<Boolean> expired(long now, List<InstanceView> instances, boolean more) {
        if (instances.isEmpty()) {
            return CompletableFuture.completedFuture(more);
        }
        InstanceView view = instances.getFirst();
        long before = now - view.sessions().expiry().toMillis();
        return stores.sessions()
                .expired(view.id(), now, before, AT_ONCE)
                .thenCompose(found -> expired(now, instances.subList(1, instances.size()), end(found, now) || more));
    }

    /** Whether there may be more. */
    private boolean end(List<StoredSession> found, long now) {
        found.forEach(session -> {
            String instance = session.key().instance();
            long expiry = session.expirySeconds() == null
                    ? SessionTerms.bySettings(views.find(instance)).toMillis()
                    : Duration.ofSeconds(session.expirySeconds()).toMillis();
            sessions.tell(new ShardingEnvelope<>(
                    ClientSession.entityId(instance, session.key().clientId()),
                    new SessionCommand.Expire(now - expiry)));
        });
        return found.size() == AT_ONCE;
    }
}
