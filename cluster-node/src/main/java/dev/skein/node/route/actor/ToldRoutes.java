package dev.skein.node.route.actor;

import dev.skein.node.route.NodeTables;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.RouteTables;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What this node has told the others of itself; kept only while there are others. Confined to its actor. */
final class ToldRoutes {
    private final NodeTables tables;
    private final Map<String, Set<String>> filters = new HashMap<>();
    private final Set<Long> sessions = new HashSet<>();
    private Set<Route> suspects = Set.of();
    private Set<Long> suspectSessions = Set.of();

    /** A filter of an instance. */
    record Route(String instance, String filter) {}

    ToldRoutes(NodeTables tables) {
        this.tables = tables;
    }

    /** Another node is there: it is told everything there is. */
    void begin(Collection<Long> attachedHere) {
        filters.clear();
        forEachLocal((instance, filter) ->
                filters.computeIfAbsent(instance, _ -> new HashSet<>()).add(filter));
        sessions.clear();
        sessions.addAll(attachedHere);
    }

    private void forEachLocal(BiConsumer<String, String> action) {
        for (RouteTables ofInstance : tables.all()) {
            for (RouteTable table : ofInstance.all()) {
                table.forEachLocalFilter(filter -> action.accept(ofInstance.instance(), filter));
            }
        }
    }

    /** Whether a live connection of this node has subscribed {@code filter} now. */
    boolean isLocal(String instance, String filter) {
        String parent = RouteTable.parentOf(filter);
        RouteTable table = tables.of(instance).find(parent);
        return table != null && table.hasLocal(filter);
    }

    /** Notes what is told now; returns whether it is news. */
    boolean filter(String instance, String filter, boolean present) {
        Set<String> known = filters.computeIfAbsent(instance, _ -> new HashSet<>());
        return present ? known.add(filter) : known.remove(filter);
    }

    /** As {@link #filter}. */
    boolean session(long sessionId, boolean attached) {
        return attached ? sessions.add(sessionId) : sessions.remove(sessionId);
    }

    void forEachFilter(BiConsumer<String, String> action) {
        filters.forEach((instance, known) -> known.forEach(filter -> action.accept(instance, filter)));
    }

    void forEachSession(Consumer<Long> action) {
        sessions.forEach(action);
    }

    RouteSum filterSum() {
        RouteSum sum = new RouteSum();
        forEachFilter(sum::add);
        return sum;
    }

    RouteSum sessionSum() {
        RouteSum sum = new RouteSum();
        sessions.forEach(sum::add);
        return sum;
    }

    /** Filters that were told wrongly at the last call already: one that has just changed is told in a moment. */
    List<Route> wrongFilters() {
        Set<Route> now = new HashSet<>();
        forEachFilter((instance, filter) -> {
            if (!isLocal(instance, filter)) {
                now.add(new Route(instance, filter));
            }
        });
        forEachLocal((instance, filter) -> {
            if (!filters.getOrDefault(instance, Set.of()).contains(filter)) {
                now.add(new Route(instance, filter));
            }
        });
        List<Route> wrong = now.stream().filter(suspects::contains).toList();
        suspects = now;
        return wrong;
    }

    /** Sessions that were told wrongly at the last call already. */
    List<Long> wrongSessions(Collection<Long> attachedHere) {
        Set<Long> here = new HashSet<>(attachedHere);
        Set<Long> now = new HashSet<>(sessions);
        now.removeAll(here);
        here.removeAll(sessions);
        now.addAll(here);
        List<Long> wrong = now.stream().filter(suspectSessions::contains).toList();
        suspectSessions = now;
        return wrong;
    }
}
