package dev.skein.node.session.actor;

import dev.skein.node.cluster.Membership;
import dev.skein.node.session.actor.SessionEvents.Evict;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Connections that have to leave a client ID. What tells them may get lost on its way to another node, so it is said
 * again until they have left, their node is gone, or it was said {@value #TIMES} times. Confined to the session.
 */
final class Evictions {
    private static final int TIMES = 30;
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final TimerScheduler<SessionCommand> timers;
    private final Membership membership;
    /** Empty in all but a few sessions, so it is made when it is needed. */
    private Map<Long, Eviction> evictions = Map.of();

    private static final class Eviction {
        private final ConnectionRef connection;
        private int times;

        private Eviction(ConnectionRef connection) {
            this.connection = connection;
        }

        private void say() {
            times++;
            connection.gateway().tell(new ConnectionEvent.TakenOver(connection.id()));
        }
    }

    Evictions(TimerScheduler<SessionCommand> timers, Membership membership) {
        this.timers = timers;
        this.membership = membership;
    }

    /** Tells {@code connection} to leave. */
    void begin(ConnectionRef connection) {
        if (evictions.isEmpty()) {
            evictions = new HashMap<>();
        }
        evictions
                .computeIfAbsent(connection.id(), _ -> new Eviction(connection))
                .say();
        timers.startTimerWithFixedDelay(Evict.INSTANCE, Evict.INSTANCE, EVERY);
    }

    /** It has left. */
    void over(long connectionId) {
        if (!evictions.isEmpty()) {
            evictions.remove(connectionId);
        }
    }

    /** Tells those again that have not left. */
    void again() {
        for (Iterator<Eviction> each = evictions.values().iterator(); each.hasNext(); ) {
            Eviction eviction = each.next();
            if (eviction.times < TIMES && membership.isMember(eviction.connection.node())) {
                eviction.say();
            } else {
                each.remove();
            }
        }
        if (evictions.isEmpty()) {
            timers.cancel(Evict.INSTANCE);
        }
    }
}
