package dev.skein.persistence.memory;

import dev.skein.persistence.api.DropListener;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.contract.BoundsContract;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

class MemoryBoundsTest implements BoundsContract {
    private @Nullable MemoryStores stores;

    @Override
    public Stores open(StoreSettings settings, InstantSource clock, DropListener drops) {
        MemoryStores before = stores;
        MemoryStores opened =
                before == null ? new MemoryStores(settings, clock, drops) : before.beside(settings, clock, drops);
        close();
        stores = opened;
        return opened;
    }

    @Override
    public CompletionStage<Void> sweep() {
        if (stores == null) {
            throw new AssertionError("not open");
        }
        return stores.sweep();
    }

    @AfterEach
    void close() {
        if (stores != null) {
            stores.close();
        }
    }
}
