package dev.skein.node.route;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;

/** The filters of one other node as this node's tables hold them. Confined to one writer at a time. */
public final class PeerRoutes {
    private final Peer peer;
    private final NodeTables tables;
    private final Map<Key, RemoteRoute> known = new HashMap<>();

    private record Key(String instance, String filter) {}

    /** None yet. */
    public PeerRoutes(Peer peer, NodeTables tables) {
        this.peer = peer;
        this.tables = tables;
    }

    /** Messages that match {@code filter} go to the node from now on; nothing changes when they do already. */
    public void add(String instance, String filter) {
        Key key = new Key(instance, filter);
        if (known.containsKey(key)) {
            return;
        }
        RemoteRoute route = new RemoteRoute(peer);
        known.put(key, route);
        boolean added;
        do {
            added = table(instance, filter).addRemote(filter, route); // not to one that was retired at this moment
        } while (!added);
    }

    /** They do not any more. */
    public void remove(String instance, String filter) {
        RemoteRoute route = known.remove(new Key(instance, filter));
        if (route != null) {
            table(instance, filter).removeRemote(filter, route);
        }
    }

    /** Keeps only the filters that {@code wanted} accepts, given instance and filter. */
    public void retain(BiPredicate<String, String> wanted) {
        List<Key> gone = known.keySet().stream()
                .filter(key -> !wanted.test(key.instance(), key.filter()))
                .toList();
        gone.forEach(key -> remove(key.instance(), key.filter()));
    }

    /** Gives instance and filter of each. */
    public void forEach(BiConsumer<String, String> action) {
        known.keySet().forEach(key -> action.accept(key.instance(), key.filter()));
    }

    /** The node is gone. */
    public void clear() {
        known.forEach((key, route) -> table(key.instance(), key.filter()).removeRemote(key.filter(), route));
        known.clear();
    }

    /** Number of filters. */
    public int size() {
        return known.size();
    }

    private RouteTable table(String instance, String filter) {
        return tables.of(instance).table(RouteTable.parentOf(filter));
    }
}
