package dev.skein.node.route;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions of persistent sessions below one parent topic: each (filter, session) at most once. What they take is
 * counted until they are {@link #discard discarded}.
 */
public final class SessionRoutes {
    private final FilterTrie<SessionRoute> trie = new FilterTrie<>();
    private final SharedRoutes shared = new SharedRoutes();
    private final Map<Key, SessionRoute> known = new HashMap<>();

    private final RouteMemory memory;
    private long bytes;
    private boolean discarded;

    private record Key(String filter, long sessionId) {}

    /** No subscriptions; they will be counted in {@code memory}. */
    public SessionRoutes(RouteMemory memory) {
        this.memory = memory;
    }

    /** Adds the subscription, or replaces the session's one with the same filter. */
    public synchronized void put(String filter, SessionRoute route) {
        SessionRoute before = known.put(new Key(filter, route.sessionId()), route);
        shared.add(filter, route, trie); // the new one first: a reader sees both rather than none
        if (before != null) {
            removeRoute(filter, before);
        } else {
            count(RouteMemory.ofFilter(filter));
        }
    }

    /** Removes the session's subscription; nothing happens when there is none. */
    public synchronized void remove(String filter, long sessionId) {
        SessionRoute route = known.remove(new Key(filter, sessionId));
        if (route != null) {
            removeRoute(filter, route);
            count(-RouteMemory.ofFilter(filter));
        }
    }

    private void removeRoute(String filter, SessionRoute route) {
        shared.remove(filter, route, trie);
    }

    private void count(long more) {
        if (!discarded) {
            bytes += more;
            memory.add(more);
        }
    }

    /** They are used no more, and count no more. */
    public synchronized void discard() {
        count(-bytes);
        discarded = true;
    }

    /** Number of subscriptions. */
    public int size() {
        return trie.size() + shared.sessionSize();
    }

    /** The members of the shared subscription {@code filter}, or null. */
    @Nullable
    SharedGroup shared(String filter) {
        return shared.find(filter);
    }

    void match(String topic, Consumer<SessionRoute> action) {
        trie.match(topic, action);
    }

    void match(String topic, Match.Builder into) {
        match(topic, into::add);
        shared.match(topic, into::addSharedSessions);
    }
}
