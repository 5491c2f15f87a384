package dev.skein.persistence.memory;

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

class MemoryStoresTest
        implements MessageStoreContract,
                SessionStoreContract,
                RetainedStoreContract,
                OverviewContract,
                WillStoreContract,
                NodePresenceContract,
                DeviceCredentialContract {
    private final MemoryStores stores =
            new MemoryStores(TestStores.settings(), InstantSource.system(), (_, _, _) -> {});

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
        return stores.beside(
                TestStores.settings(1_000_000, 10_000_000, nodeName), InstantSource.system(), (_, _, _) -> {});
    }
}
