package dev.skein.node.route.actor;

import dev.skein.persistence.api.PersistentRoute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Changes that wait for one reading of the store. What is not answered is asked again, and the first copy may arrive
 * last, when the opposite was done since: so the tables hear not what is asked, but what the store has of it. Confined
 * to its router.
 *
 * @param <R> whom to answer when a change is in force
 */
final class ChangeBatch<R> {
    /** Read together at the most; a single change may have more. */
    private static final int FILTERS_MAX = 1000;

    private List<Change<R>> changes = new ArrayList<>();
    private int filters;

    /** Subscriptions of a session that are in the store by now, or gone from it. */
    record Change<R>(long sessionId, List<String> filters, R replyTo) {}

    /** Takes what the store has of a change. */
    interface Teller<R> {
        /** The store has {@code present}, and not {@code gone}. */
        void tell(Change<R> change, List<PersistentRoute> present, List<String> gone);
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    boolean isFull() {
        return filters >= FILTERS_MAX;
    }

    void add(Change<R> change) {
        changes.add(change);
        filters += change.filters().size();
    }

    /** Filters to be read, by session. */
    Map<Long, Set<String>> wanted() {
        Map<Long, Set<String>> wanted = new HashMap<>();
        changes.forEach(change ->
                wanted.computeIfAbsent(change.sessionId(), _ -> new HashSet<>()).addAll(change.filters()));
        return wanted;
    }

    /** The store has {@code stored} of {@link #wanted}: each change is told, and the batch is empty. */
    void told(List<PersistentRoute> stored, Teller<R> teller) {
        Map<Long, Map<String, PersistentRoute>> bySession = new HashMap<>();
        stored.forEach(route -> bySession
                .computeIfAbsent(route.sessionId(), _ -> new HashMap<>())
                .put(route.subscription().fullFilter(), route));
        List<Change<R>> done = changes;
        changes = new ArrayList<>();
        filters = 0;
        for (Change<R> change : done) {
            Map<String, PersistentRoute> known = bySession.getOrDefault(change.sessionId(), Map.of());
            List<PersistentRoute> present = new ArrayList<>();
            List<String> gone = new ArrayList<>();
            for (String filter : change.filters()) {
                PersistentRoute route = known.get(filter);
                if (route == null) {
                    gone.add(filter);
                } else {
                    present.add(route);
                }
            }
            teller.tell(change, present, gone);
        }
    }
}
