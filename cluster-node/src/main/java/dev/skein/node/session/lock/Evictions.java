package dev.skein.node.session.lock;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Connections that have to leave a client ID. What tells them may get lost on its way to another node, so it is
 * repeated until they have left, their node is gone, or it was told {@value #TIMES} times.
 */
final class Evictions {
    private static final int TIMES = 30;
    private static final Duration EVERY = Duration.ofSeconds(1);

    /** Empty in all but a few sessions, so it is made when it is needed. */
    private Map<Long, Eviction> evictions = Map.of();

    private long nextAt = Moment.NEVER;

    private record Eviction(Connection connection, int times) {}

    /** When those are to be told again that have not left. */
    long nextAt() {
        return nextAt;
    }

    /** Tells {@code connection} to leave. */
    void begin(Connection connection, Moment now, Consumer<Effect> effects) {
        if (evictions.isEmpty()) {
            evictions = new HashMap<>();
        }
        evictions.merge(
                connection.id(),
                new Eviction(connection, 1),
                (before, _) -> new Eviction(before.connection(), before.times() + 1));
        nextAt = now.after(EVERY);
        effects.accept(new Effect.Evict(connection));
    }

    /** It has left. */
    void over(long connection) {
        if (!evictions.isEmpty()) {
            evictions.remove(connection);
        }
    }

    /** Tells those again that have not left. */
    void again(LockContext context, Moment now, Consumer<Effect> effects) {
        for (Iterator<Map.Entry<Long, Eviction>> each = evictions.entrySet().iterator(); each.hasNext(); ) {
            var entry = each.next();
            Eviction eviction = entry.getValue();
            Connection connection = eviction.connection();
            if (eviction.times() < TIMES && context.isMember(connection.node())) {
                entry.setValue(new Eviction(connection, eviction.times() + 1));
                effects.accept(new Effect.Evict(connection));
            } else {
                each.remove();
            }
        }
        nextAt = evictions.isEmpty() ? Moment.NEVER : now.after(EVERY);
    }
}
