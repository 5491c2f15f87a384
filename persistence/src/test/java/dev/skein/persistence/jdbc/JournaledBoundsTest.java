package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.DropListener;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.contract.BoundsContract;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class JournaledBoundsTest implements BoundsContract {
    @TempDir
    private Path directory;

    private @Nullable JdbcStores stores;

    @Override
    public Stores open(StoreSettings settings, InstantSource clock, DropListener drops) {
        close();
        StoreSettings journaled = settings.with(StoreDurability.DISK);
        JdbcStores opened = JdbcStores.open(JdbcStores.h2Url(directory), "skein", "", 3, journaled, clock, drops);
        stores = opened;
        return opened;
    }

    @Override
    public CompletionStage<Void> sweep() {
        if (stores == null) {
            throw new AssertionError("not open");
        }
        return stores.sweepNow();
    }

    @AfterEach
    void close() {
        if (stores != null) {
            stores.close();
        }
    }
}
