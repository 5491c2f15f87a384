package dev.skein.node.route.actor;

import dev.skein.node.route.NodeTables;
import dev.skein.node.route.Peer;
import dev.skein.node.route.PeerRoutes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one other node has told of itself, delta by delta. Confined to its actor. */
final class PeerView {
    private final Peer peer;
    private final PeerRoutes routes;
    private final Set<Long> attached = new HashSet<>();
    private long applied;
    private long begunAnewAt;
    private boolean complete;
    private @Nullable Fresh fresh;

    /** What it tells anew; what is not among it goes when it has told all. */
    private record Fresh(Map<String, Set<String>> filters, Set<Long> attached) {
        Fresh() {
            this(new HashMap<>(), new HashSet<>());
        }

        Set<String> of(String instance) {
            return filters.computeIfAbsent(instance, _ -> new HashSet<>());
        }
    }

    PeerView(Peer peer, NodeTables tables) {
        this.peer = peer;
        this.routes = new PeerRoutes(peer, tables);
    }

    Peer peer() {
        return peer;
    }

    /** Version of the last delta in force. */
    long applied() {
        return applied;
    }

    /** Whether it has told all that it had when it first saw this node. */
    boolean isComplete() {
        return complete;
    }

    boolean has(long sessionId) {
        return attached.contains(sessionId);
    }

    /** Number of filters. */
    int size() {
        return routes.size();
    }

    /** Applies a delta if it is the next one, or the beginning of all of it anew; says whom sessions have gone to. */
    void take(SyncCommand.Delta delta, Moves moves) {
        boolean anew = delta.anew() && delta.version() > begunAnewAt;
        if (delta.version() != applied + 1 && !anew) {
            return;
        }
        if (anew) {
            begunAnewAt = delta.version();
            fresh = new Fresh();
        }
        applied = delta.version();
        for (SyncCommand.Filters filters : delta.filters()) {
            filters.added().forEach(filter -> routes.add(filters.instance(), filter));
            filters.removed().forEach(filter -> routes.remove(filters.instance(), filter));
        }
        delta.attached().forEach(id -> attach(id, moves));
        delta.detached().forEach(id -> detach(id, moves));
        if (fresh != null) {
            collect(fresh, delta);
            if (delta.complete()) {
                end(fresh, moves);
                fresh = null;
            }
        }
        complete |= delta.complete();
    }

    private static void collect(Fresh into, SyncCommand.Delta delta) {
        for (SyncCommand.Filters filters : delta.filters()) {
            into.of(filters.instance()).addAll(filters.added());
            filters.removed().forEach(into.of(filters.instance())::remove);
        }
        into.attached().addAll(delta.attached());
        delta.detached().forEach(into.attached()::remove);
    }

    private void end(Fresh told, Moves moves) {
        routes.retain((instance, filter) -> told.of(instance).contains(filter));
        attached.stream().filter(id -> !told.attached().contains(id)).toList().forEach(id -> detach(id, moves));
    }

    private void attach(long sessionId, Moves moves) {
        attached.add(sessionId);
        moves.attached(sessionId, peer);
    }

    private void detach(long sessionId, Moves moves) {
        attached.remove(sessionId);
        moves.detached(sessionId, peer);
    }

    /** Whether it is certain that this view is not what the peer has told up to the version of the audit. */
    boolean differs(SyncCommand.Audit audit) {
        if (applied < audit.version() || fresh != null) {
            return false; // a delta is on its way
        }
        RouteSum filters = new RouteSum();
        routes.forEach(filters::add);
        RouteSum sessions = new RouteSum();
        attached.forEach(sessions::add);
        // A later version than the peer's own was not told by it.
        return applied > audit.version()
                || filters.count() != audit.filters()
                || filters.hash() != audit.filterHash()
                || sessions.count() != audit.sessions()
                || sessions.hash() != audit.sessionHash();
    }

    /** The peer is gone. */
    void clear(Moves moves) {
        routes.clear();
        List.copyOf(attached).forEach(id -> detach(id, moves));
    }

    /** Hears where sessions are. */
    interface Moves {
        /** The session has its connection at {@code peer}. */
        void attached(long sessionId, Peer peer);

        /** Not there any more. */
        void detached(long sessionId, Peer peer);
    }
}
