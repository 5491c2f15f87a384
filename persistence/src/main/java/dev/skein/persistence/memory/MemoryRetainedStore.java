package dev.skein.persistence.memory;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.RetainedStore;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Retained messages in memory. */
final class MemoryRetainedStore implements RetainedStore {
    private final MemoryStores stores;
    private final MemoryState state;

    MemoryRetainedStore(MemoryStores stores, MemoryState state) {
        this.stores = stores;
        this.state = state;
    }

    @Override
    public CompletionStage<Void> put(String instance, RetainedMessage message) {
        return stores.<Boolean>run(() -> {
                    topics(instance).put(message.topic(), message);
                    return true;
                })
                .thenAccept(_ -> {});
    }

    @Override
    public CompletionStage<Void> remove(String instance, String topic) {
        return stores.<Boolean>run(() -> {
                    topics(instance).remove(topic);
                    return true;
                })
                .thenAccept(_ -> {});
    }

    @Override
    public CompletionStage<List<RetainedMessage>> list(
            String instance, @Nullable String parent, String afterTopic, int limit) {
        return stores.run(() -> topics(instance).tailMap(afterTopic, false).values().stream()
                .filter(message -> parent == null || parent(message.topic()).equals(parent))
                .limit(limit)
                .toList());
    }

    @Override
    public CompletionStage<Map<String, RetainedMessage>> read(String instance, Collection<String> topics) {
        return stores.run(() -> {
            Map<String, RetainedMessage> found = new HashMap<>(topics(instance));
            found.keySet().retainAll(topics);
            return found;
        });
    }

    @Override
    public CompletionStage<Long> count(String instance) {
        return stores.run(() -> (long) topics(instance).size());
    }

    private NavigableMap<String, RetainedMessage> topics(String instance) {
        return state.retained.computeIfAbsent(instance, _ -> new TreeMap<>());
    }

    private static String parent(String topic) {
        int slash = topic.indexOf('/');
        return slash < 0 ? topic : topic.substring(0, slash);
    }
}
