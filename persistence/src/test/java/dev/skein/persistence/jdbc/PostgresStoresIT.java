package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.contract.DeviceCredentialContract;
import dev.skein.persistence.contract.MessageStoreContract;
import dev.skein.persistence.contract.NodePresenceContract;
import dev.skein.persistence.contract.OverviewContract;
import dev.skein.persistence.contract.RetainedStoreContract;
import dev.skein.persistence.contract.SessionStoreContract;
import dev.skein.persistence.contract.TestStores;
import dev.skein.persistence.contract.WillStoreContract;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class PostgresStoresIT
        implements MessageStoreContract,
                SessionStoreContract,
                RetainedStoreContract,
                OverviewContract,
                WillStoreContract,
                NodePresenceContract,
                DeviceCredentialContract {
    private String url;
    private JdbcStores stores;

    @BeforeEach
    void open() {
        url = Postgres.emptyDatabase();
        stores = open(TestStores.settings());
    }

    private JdbcStores open(StoreSettings settings) {
        return JdbcStores.open(url, "postgres", "", 4, settings, InstantSource.system(), (_, _, _) -> {});
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @Override
    public Stores stores() {
        return stores;
    }

    @Override
    public Stores beside(String nodeName) {
        return open(TestStores.settings(1_000_000, 10_000_000, nodeName));
    }
}
