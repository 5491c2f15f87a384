package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.contract.MessageStoreContract;
import dev.skein.persistence.contract.NodePresenceContract;
import dev.skein.persistence.contract.RetainedStoreContract;
import dev.skein.persistence.contract.SessionStoreContract;
import dev.skein.persistence.contract.TestStores;
import dev.skein.persistence.contract.WillStoreContract;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class H2StoresTest
        implements MessageStoreContract,
                SessionStoreContract,
                RetainedStoreContract,
                WillStoreContract,
                NodePresenceContract {
    @TempDir
    private Path directory;

    private JdbcStores stores;

    @BeforeEach
    void open() {
        stores = open(TestStores.settings());
    }

    private JdbcStores open(StoreSettings settings) {
        return JdbcStores.open(
                JdbcStores.h2Url(directory), "skein", "", 4, settings, InstantSource.system(), (_, _, _) -> {});
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
