package dev.skein.node.session.actor;

import dev.skein.protocol.message.Subscription;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a persistent session has subscribed, by the filter as its client wrote it. Confined to its session. */
final class SubscribedFilters {
    /** Made with the first one: clean sessions have none here. */
    private Map<String, Subscription> filters = Map.of();

    void put(List<Subscription> subscriptions) {
        if (filters.isEmpty()) {
            filters = new HashMap<>();
        }
        subscriptions.forEach(each -> filters.put(each.fullFilter(), each));
    }

    void remove(List<String> gone) {
        if (!filters.isEmpty()) {
            gone.forEach(filters::remove);
        }
    }

    void clear() {
        filters = Map.of();
    }

    boolean contains(String filter) {
        return filters.containsKey(filter);
    }

    /** The filters; a copy. */
    List<String> names() {
        return List.copyOf(filters.keySet());
    }

    /** As the store knows them; a copy. */
    List<Subscription> stored() {
        return List.copyOf(filters.values());
    }
}
