package dev.skein.node.session.actor;

import dev.skein.node.cluster.Membership;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Connections that have to leave a client ID. What tells them may get lost on its way to another node, so it is said
 * again until they have left, their node is gone, or it was said {@value #TIMES} times. Confined to the session.
 */
final class Evictions {
    private static final int TIMES = 30;

    private final Map<Long, Eviction> evictions = new HashMap<>();

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

    /** Tells {@code connection} to leave. */
    void begin(ConnectionRef connection) {
        evictions
                .computeIfAbsent(connection.id(), _ -> new Eviction(connection))
                .say();
    }

    /** It has left. */
    void over(long connectionId) {
        evictions.remove(connectionId);
    }

    /** Tells those again that have not left; returns whether there are any. */
    boolean again(Membership membership) {
        for (Iterator<Eviction> each = evictions.values().iterator(); each.hasNext(); ) {
            Eviction eviction = each.next();
            if (eviction.times < TIMES && membership.isMember(eviction.connection.node())) {
                eviction.say();
            } else {
                each.remove();
            }
        }
        return !evictions.isEmpty();
    }
}
