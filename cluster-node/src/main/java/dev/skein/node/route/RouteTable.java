package dev.skein.node.route;

import dev.skein.protocol.topic.SharedFilters;
import dev.skein.protocol.topic.TopicFilters;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node's routes of one parent topic of one instance (or of the root: filters whose first level is a wildcard).
 *
 * <p>It has three parts. The local part holds the live connections of this node and is changed by their event loops.
 * The remote part tells which other nodes have live connections, filter by filter. The session part is a copy of what
 * the parent topic's router knows of persistent sessions, and is usable once {@link #open} was called. Network threads
 * read all of them without a lock.
 */
public final class RouteTable {
    /** Name of the root, which no parent topic can have. */
    public static final String ROOT = "#";

    private final String instance;
    private final String parent;
    private final FilterTrie<LocalRoute> local = new FilterTrie<>();
    private final FilterTrie<RemoteRoute> remote = new FilterTrie<>();
    /** Those of both kinds that are shared. */
    private final SharedRoutes shared = new SharedRoutes();
    /** Null while the table is closed: that it is open and what is in it are read as one. */
    private volatile @Nullable SessionRoutes sessions;

    private volatile long version = 1;
    private volatile long lastUsedMillis;
    private boolean retired;

    /** An empty table that is not open. */
    public RouteTable(String instance, String parent) {
        this.instance = instance;
        this.parent = parent;
    }

    /** The parent topic that a filter, shared or not, belongs to, or {@link #ROOT}. */
    public static String parentOf(String filter) {
        return Objects.requireNonNullElse(TopicFilters.parent(SharedFilters.matched(filter)), ROOT);
    }

    /** Instance id. */
    public String instance() {
        return instance;
    }

    /** Parent topic, or {@link #ROOT}. */
    public String parent() {
        return parent;
    }

    /** Changes whenever a {@link Match} made before may have become wrong. */
    public long version() {
        return version;
    }

    /** Whether the session half is known; until then a publish has to wait. */
    public boolean isOpen() {
        return sessions != null;
    }

    /** Marks the table as used, for {@link #lastUsedMillis}. */
    public void used(long nowMillis) {
        if (lastUsedMillis != nowMillis) {
            lastUsedMillis = nowMillis;
        }
    }

    /** When it was last used for a publish, by the caller's clock. */
    public long lastUsedMillis() {
        return lastUsedMillis;
    }

    /**
     * Adds a live connection's subscription; it is matched when this returns true. False: the table was retired, and
     * the caller takes a new one from {@link RouteTables#table}.
     */
    public boolean add(String filter, LocalRoute route) {
        synchronized (this) {
            if (retired) {
                return false;
            }
            shared.add(filter, route, local);
        }
        changed();
        return true;
    }

    /** Marks an empty table as not to be used any more; returns whether it was empty. */
    synchronized boolean retire() {
        retired = localSize() == 0 && remoteSize() == 0 && sessions == null;
        return retired;
    }

    /** Removes a live connection's subscription; it is not matched any more when this returns. */
    public void remove(String filter, LocalRoute route) {
        shared.remove(filter, route, local);
        changed();
    }

    /** Whether a live connection of this node has subscribed {@code filter}, word for word. */
    public boolean hasLocal(String filter) {
        if (SharedFilters.isShared(filter)) {
            SharedGroup group = shared.find(filter);
            return group != null && group.local().length > 0;
        }
        return local.contains(filter);
    }

    /** The filters of this node's live connections, each once. */
    public void forEachLocalFilter(Consumer<String> action) {
        local.forEachFilter(action);
        shared.forEachLocalFilter(action);
    }

    /** Adds another node's route, as {@link #add} does. */
    public boolean addRemote(String filter, RemoteRoute route) {
        synchronized (this) {
            if (retired) {
                return false;
            }
            shared.add(filter, route, remote);
        }
        changed();
        return true;
    }

    /** Removes another node's route. */
    public void removeRemote(String filter, RemoteRoute route) {
        shared.remove(filter, route, remote);
        changed();
    }

    /** Other nodes' routes in it. */
    public int remoteSize() {
        return remote.size() + shared.remoteSize();
    }

    /** Replaces the session half and opens the table. */
    public void open(SessionRoutes routes) {
        replace(routes);
    }

    private void replace(@Nullable SessionRoutes routes) {
        SessionRoutes before = sessions;
        sessions = routes;
        changed();
        if (before != null) {
            before.discard();
        }
    }

    /** Forgets the session half; publishes wait until it is opened again. */
    public void close() {
        replace(null);
    }

    /** Adds or changes the subscription of a persistent session; does nothing while the table is closed. */
    public void put(String filter, SessionRoute route) {
        SessionRoutes now = sessions;
        if (now != null) {
            now.put(filter, route);
            changed();
        }
    }

    /** Removes the subscription of a persistent session; does nothing while the table is closed. */
    public void remove(String filter, long sessionId) {
        SessionRoutes now = sessions;
        if (now != null) {
            now.remove(filter, sessionId);
            changed();
        }
    }

    /** Live subscriptions in it. */
    public int localSize() {
        return local.size() + shared.localSize();
    }

    /** Persistent subscriptions in it. */
    public int sessionSize() {
        SessionRoutes now = sessions;
        return now == null ? 0 : now.size();
    }

    /** The session half as it is now, or null while the table is closed. */
    @Nullable
    SessionRoutes sessions() {
        return sessions;
    }

    /** The members of the shared subscription {@code filter}, of which there may be none. */
    public SharedMatch shared(String filter) {
        SessionRoutes now = sessions;
        return new SharedMatch(shared.find(filter), now == null ? null : now.shared(filter));
    }

    void matchShared(String topic, Match.Builder into) {
        shared.match(topic, into::addShared);
    }

    void matchLive(String topic, Match.Builder into) {
        local.match(topic, into::add);
    }

    void matchRemote(String topic, Match.Builder into) {
        remote.match(topic, into::add);
    }

    private synchronized void changed() {
        version = version + 1;
    }
}
