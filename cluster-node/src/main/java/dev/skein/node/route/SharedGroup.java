package dev.skein.node.route;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The members of one shared subscription (MQTT 5 section 4.8.2) as one node knows them: of each message one of them
 * gets one copy. Written under the lock of its {@link SharedRoutes}, read by any thread.
 */
public final class SharedGroup extends TrieEntry {
    private static final LocalRoute[] NO_LOCAL = {};
    private static final RemoteRoute[] NO_REMOTE = {};
    private static final SessionRoute[] NO_SESSIONS = {};

    private final String filter;
    private final AtomicInteger turns = new AtomicInteger();
    private volatile LocalRoute[] local = NO_LOCAL;
    private volatile RemoteRoute[] remote = NO_REMOTE;
    private volatile SessionRoute[] sessions = NO_SESSIONS;

    SharedGroup(String filter) {
        this.filter = filter;
    }

    /** As its members wrote it, {@code $share/<group>/<filter>}. */
    public String filter() {
        return filter;
    }

    /** Live members of this node; the array must not be written to. */
    public LocalRoute[] local() {
        return local;
    }

    /** Nodes with live members; the array must not be written to. */
    public RemoteRoute[] remote() {
        return remote;
    }

    /** Members that are persistent sessions; the array must not be written to. */
    public SessionRoute[] sessions() {
        return sessions;
    }

    /** Counts messages, for whoever chooses members in turn. */
    public int nextTurn() {
        return turns.getAndIncrement() & Integer.MAX_VALUE;
    }

    boolean isEmpty() {
        return local.length == 0 && remote.length == 0 && sessions.length == 0;
    }

    void add(TrieEntry route) {
        switch (route) {
            case LocalRoute member -> local = with(local, member);
            case RemoteRoute node -> remote = with(remote, node);
            case SessionRoute session -> sessions = with(sessions, session);
            default -> throw new IllegalArgumentException("route: " + route + " (expected: that of a member)");
        }
    }

    void remove(TrieEntry route) {
        switch (route) {
            case LocalRoute member -> local = without(local, member);
            case RemoteRoute node -> remote = without(remote, node);
            case SessionRoute session -> sessions = without(sessions, session);
            default -> throw new IllegalArgumentException("route: " + route + " (expected: that of a member)");
        }
    }

    private static <T> T[] with(T[] routes, T route) {
        T[] more = Arrays.copyOf(routes, routes.length + 1);
        more[routes.length] = route;
        return more;
    }

    private static <T> T[] without(T[] routes, T route) {
        int at = Arrays.asList(routes).indexOf(route);
        if (at < 0) {
            return routes;
        }
        T[] less = Arrays.copyOf(routes, routes.length - 1);
        System.arraycopy(routes, at + 1, less, at, routes.length - at - 1);
        return less;
    }
}
