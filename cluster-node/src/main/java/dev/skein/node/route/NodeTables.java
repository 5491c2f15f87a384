package dev.skein.node.route;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;

/** The route tables of all instances on this node. Thread-safe. */
public final class NodeTables {
    private final ConcurrentHashMap<String, RouteTables> byInstance = new ConcurrentHashMap<>();

    private final RouteMemory memory;

    /** No tables; their subscriptions of persistent sessions will be counted in {@code memory}. */
    public NodeTables(RouteMemory memory) {
        this.memory = memory;
    }

    /** What subscriptions of persistent sessions take. */
    public RouteMemory memory() {
        return memory;
    }

    /** The tables of {@code instance}, made when there are none. */
    public RouteTables of(String instance) {
        RouteTables tables = byInstance.get(instance);
        return tables != null ? tables : byInstance.computeIfAbsent(instance, RouteTables::new);
    }

    /** The tables of every instance. */
    public Collection<RouteTables> all() {
        return byInstance.values();
    }
}
