package dev.skein.node.route;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The route tables of all instances on this node. Thread-safe. */
public final class NodeTables {
    private final ConcurrentHashMap<String, RouteTables> byInstance = new ConcurrentHashMap<>();

    private final RouteMemory memory;
    private final Function<String, InstanceQuotas> quotas;

    /** No tables; their subscriptions of persistent sessions will be counted in {@code memory}. */
    public NodeTables(RouteMemory memory) {
        this(memory, _ -> InstanceQuotas.none());
    }

    /** As {@link #NodeTables(RouteMemory)}, with what each instance may have. */
    public NodeTables(RouteMemory memory, Function<String, InstanceQuotas> quotas) {
        this.memory = memory;
        this.quotas = quotas;
    }

    /** What subscriptions of persistent sessions take. */
    public RouteMemory memory() {
        return memory;
    }

    /** The tables of {@code instance}, made when there are none. */
    public RouteTables of(String instance) {
        RouteTables tables = byInstance.get(instance);
        return tables != null
                ? tables
                : byInstance.computeIfAbsent(instance, id -> new RouteTables(id, quotas.apply(id)));
    }

    /** The tables of every instance. */
    public Collection<RouteTables> all() {
        return byInstance.values();
    }
}
