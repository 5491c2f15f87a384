package dev.skein.persistence.memory;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.api.WillStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Wills in memory. */
final class MemoryWillStore implements WillStore {
    private final MemoryStores stores;
    private final MemoryState state;

    MemoryWillStore(MemoryStores stores, MemoryState state) {
        this.stores = stores;
        this.state = state;
    }

    @Override
    public CompletionStage<Void> put(StoredWill will) {
        return stores.<Boolean>run(() -> state.wills.put(will.connectionId(), will) == null)
                .thenAccept(_ -> {});
    }

    @Override
    public CompletionStage<Void> remove(long connectionId) {
        return stores.<Boolean>run(() -> {
                    state.willMessages.remove(connectionId);
                    return state.wills.remove(connectionId) != null;
                })
                .thenAccept(_ -> {});
    }

    @Override
    public CompletionStage<List<StoredWill>> orphans(Set<Long> liveNodes, int limit) {
        return stores.run(() -> state.wills.values().stream()
                .filter(will -> will.takenOver() || !liveNodes.contains(will.node()))
                .limit(limit)
                .toList());
    }

    @Override
    public CompletionStage<List<StoredWill>> ofClient(SessionKey client) {
        return stores.run(() -> state.wills.values().stream()
                .filter(will -> will.key().equals(client))
                .toList());
    }

    @Override
    public CompletionStage<Boolean> claim(StoredWill will, long newNode) {
        return stores.run(() -> {
            StoredWill now = state.wills.get(will.connectionId());
            if (now == null || now.node() != will.node()) {
                return false;
            }
            state.wills.put(now.connectionId(), now.undertakenBy(newNode));
            return true;
        });
    }
}
