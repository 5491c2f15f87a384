package dev.skein.node.route;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The route tables of one instance on this node. Thread-safe; lookups take no lock. */
public final class RouteTables {
    private final String instance;
    private final ConcurrentHashMap<String, RouteTable> tables = new ConcurrentHashMap<>();
    private final RouteTable root;
    private final InstanceQuotas quotas;

    /** The root table only, not yet open, of an instance without limits. */
    public RouteTables(String instance) {
        this(instance, InstanceQuotas.none());
    }

    RouteTables(String instance, InstanceQuotas quotas) {
        this.instance = instance;
        this.quotas = quotas;
        this.root = new RouteTable(instance, RouteTable.ROOT);
        tables.put(RouteTable.ROOT, root);
    }

    /** Instance id. */
    public String instance() {
        return instance;
    }

    /** What the instance may have. */
    public InstanceQuotas quotas() {
        return quotas;
    }

    /** The table of filters whose first level is a wildcard. */
    public RouteTable root() {
        return root;
    }

    /** The table of {@code parent}, made when there is none. */
    public RouteTable table(String parent) {
        RouteTable table = tables.get(parent);
        return table != null ? table : tables.computeIfAbsent(parent, p -> new RouteTable(instance, p));
    }

    /** The table of {@code parent}, or null. */
    public @Nullable RouteTable find(String parent) {
        return tables.get(parent);
    }

    /** Forgets a closed table without subscriptions; one that gained some meanwhile stays. */
    public void removeIfEmpty(RouteTable table) {
        tables.computeIfPresent(table.parent(), (_, now) -> now == table && table.retire() ? null : now);
    }

    /** All tables, the root among them. */
    public Collection<RouteTable> all() {
        return tables.values();
    }

    /** The live connections of this node alone that get {@code topic}. */
    public Match matchLive(RouteTable table, String topic, int loops) {
        Match.Builder builder = new Match.Builder();
        table.matchLive(topic, builder);
        root.matchLive(topic, builder);
        return builder.build(loops);
    }

    /**
     * Everyone that gets {@code topic} by its own table and the root's; null when one of them is not open, or was
     * closed meanwhile, even if it is open again: sessions may be missing.
     */
    @SuppressWarnings("ReferenceEquality") // a table that was opened again holds another object
    public @Nullable Match match(RouteTable table, String topic, int loops) {
        SessionRoutes ofTable = table.sessions();
        SessionRoutes ofRoot = root.sessions();
        if (ofTable == null || ofRoot == null) {
            return null;
        }
        Match.Builder builder = new Match.Builder();
        table.matchLive(topic, builder);
        root.matchLive(topic, builder);
        table.matchRemote(topic, builder);
        root.matchRemote(topic, builder);
        table.matchShared(topic, builder);
        root.matchShared(topic, builder);
        ofTable.match(topic, builder);
        ofRoot.match(topic, builder);
        return table.sessions() == ofTable && root.sessions() == ofRoot ? builder.build(loops) : null;
    }
}
