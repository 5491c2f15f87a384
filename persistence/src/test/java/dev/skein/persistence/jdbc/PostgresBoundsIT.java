package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.DropListener;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.contract.BoundsContract;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

class PostgresBoundsIT implements BoundsContract {
    private final String url = Postgres.emptyDatabase();

    private @Nullable JdbcStores stores;

    @Override
    public Stores open(StoreSettings settings, InstantSource clock, DropListener drops) {
        close();
        JdbcStores opened = JdbcStores.open(url, "postgres", "", 3, settings, clock, drops);
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
