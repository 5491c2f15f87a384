package dev.skein.persistence.memory;

import dev.skein.persistence.api.NodePresence;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Presence in memory. */
final class MemoryNodePresence implements NodePresence {
    private final MemoryStores stores;
    private final MemoryState state;
    private final String name;
    private final InstantSource clock;

    MemoryNodePresence(MemoryStores stores, MemoryState state, String name, InstantSource clock) {
        this.stores = stores;
        this.state = state;
        this.name = name;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Void> seen() {
        return stores.<Boolean>run(() -> state.seenAt.put(name, clock.millis()) == null)
                .thenAccept(_ -> {});
    }

    @Override
    public CompletionStage<Boolean> claim(Duration time) {
        return stores.run(() -> {
            boolean alone = othersWithin(time).isEmpty();
            if (alone) {
                state.seenAt.put(name, clock.millis());
            }
            return alone;
        });
    }

    @Override
    public CompletionStage<Void> left() {
        return stores.<Boolean>run(() -> state.seenAt.remove(name) != null).thenAccept(_ -> {});
    }

    @Override
    public CompletionStage<Boolean> fence(String other) {
        return stores.run(() -> false); // its stores live in one process: nobody is downed
    }

    @Override
    public CompletionStage<List<String>> othersSeenWithin(Duration time) {
        return stores.run(() -> othersWithin(time));
    }

    private List<String> othersWithin(Duration time) {
        return state.seenAt.entrySet().stream()
                .filter(each -> !each.getKey().equals(name) && each.getValue() > clock.millis() - time.toMillis())
                .map(each -> each.getKey())
                .toList();
    }
}
