package dev.skein.node;

import dev.skein.node.registry.InstanceView;
import dev.skein.node.registry.InstanceViews;
import dev.skein.node.session.actor.ClientSession;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionStore;
import java.time.Duration;
import java.time.InstantSource;
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
            SessionStore store,
            ActorRef<ShardingEnvelope<SessionCommand>> sessions,
            InstantSource clock) {
        var _ = system.scheduler()
                .scheduleWithFixedDelay(
                        EVERY,
                        EVERY,
                        () -> views.all().forEach(view -> expire(view, store, sessions, clock)),
                        system.executionContext());
    }

    private static void expire(
            InstanceView view,
            SessionStore store,
            ActorRef<ShardingEnvelope<SessionCommand>> sessions,
            InstantSource clock) {
        long before = clock.millis() - view.sessions().expiry().toMillis();
        var _ = store.disconnectedBefore(view.id(), before, AT_ONCE)
                .thenAccept(found -> found.forEach(session -> sessions.tell(new ShardingEnvelope<>(
                        ClientSession.entityId(
                                session.key().instance(), session.key().clientId()),
                        new SessionCommand.Expire(before)))));
    }
}
