package dev.skein.persistence.memory;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.api.WillStore;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

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
                .filter(will -> will.dueAt() == 0)
                .filter(will -> will.takenOver() || !liveNodes.contains(will.node()))
                .limit(limit)
                .toList());
    }

    @Override
    public CompletionStage<List<StoredWill>> due(long nowMillis, int limit) {
        return stores.run(() -> state.wills.values().stream()
                .filter(will -> will.dueAt() != 0 && will.dueAt() <= nowMillis)
                .sorted(Comparator.comparingLong(StoredWill::dueAt))
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
        return change(will, now -> Optional.of(now.undertakenBy(newNode)));
    }

    @Override
    public CompletionStage<Boolean> delay(StoredWill will, long newNode, long dueAt) {
        return change(will, now -> isPublished(now) ? Optional.empty() : Optional.of(now.waitingUntil(dueAt, newNode)));
    }

    @Override
    public CompletionStage<Boolean> cancel(StoredWill will) {
        return stores.run(() -> {
            StoredWill now = state.wills.get(will.connectionId());
            boolean waits = now != null
                    && now.node() == will.node()
                    && !isPublished(now)
                    && (now.dueAt() != 0 || !now.takenOver());
            if (waits) {
                state.wills.remove(will.connectionId());
            }
            return waits;
        });
    }

    private boolean isPublished(StoredWill will) {
        return state.willMessages.containsKey(will.connectionId());
    }

    /** Whether {@code will} is still the one that is there, and {@code change} gives one to follow it. */
    private CompletionStage<Boolean> change(StoredWill will, Function<StoredWill, Optional<StoredWill>> change) {
        return stores.run(() -> {
            StoredWill now = state.wills.get(will.connectionId());
            if (now == null || now.node() != will.node()) {
                return false;
            }
            Optional<StoredWill> next = change.apply(now);
            next.ifPresent(each -> state.wills.put(each.connectionId(), each));
            return next.isPresent();
        });
    }
}
