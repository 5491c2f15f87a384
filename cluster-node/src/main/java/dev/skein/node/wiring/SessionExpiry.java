package dev.skein.node.wiring;

import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.session.actor.ClientSession;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionStore;
import dev.skein.persistence.api.Stores;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;

/**
 * Looks, now and then, for persistent sessions whose clients stayed away too long, and lets their actors discard them.
 */
final class SessionExpiry {
    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final int AT_ONCE = 1000;

    private SessionExpiry() {}

    static void start(
            ActorSystem<?> system,
            InstanceViews views,
            Stores stores,
            ActorRef<ShardingEnvelope<SessionCommand>> sessions) {
        var _ = system.scheduler()
                .scheduleWithFixedDelay(
                        EVERY,
                        EVERY,
                        () -> stores.ageMillis()
                                .thenAccept(now ->
                                        views.all().forEach(view -> expire(view, stores.sessions(), sessions, now))),
                        system.executionContext());
    }

    private static void expire(
            InstanceView view, SessionStore store, ActorRef<ShardingEnvelope<SessionCommand>> sessions, long now) {
        long before = now - view.sessions().expiry().toMillis();
        var _ = store.disconnectedBefore(view.id(), before, AT_ONCE)
                .thenAccept(found -> found.forEach(session -> sessions.tell(new ShardingEnvelope<>(
                        ClientSession.entityId(
                                session.key().instance(), session.key().clientId()),
                        new SessionCommand.Expire(before)))));
    }
}
