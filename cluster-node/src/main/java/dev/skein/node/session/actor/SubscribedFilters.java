package dev.skein.node.session.actor;

import dev.skein.persistence.api.StoredSubscription;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a persistent session has subscribed: filters, each with the QoS granted. Confined to its session. */
final class SubscribedFilters {
    /** Made with the first one: clean sessions have none here. */
    private Map<String, Integer> filters = Map.of();

    void put(List<StoredSubscription> subscriptions) {
        if (filters.isEmpty()) {
            filters = new HashMap<>();
        }
        subscriptions.forEach(each -> filters.put(each.filter(), each.qos()));
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
    List<StoredSubscription> stored() {
        return filters.entrySet().stream()
                .map(each -> new StoredSubscription(each.getKey(), each.getValue()))
                .toList();
    }
}
