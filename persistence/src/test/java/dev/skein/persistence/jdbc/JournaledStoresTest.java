package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.contract.MessageStoreContract;
import dev.skein.persistence.contract.RetainedStoreContract;
import dev.skein.persistence.contract.SessionStoreContract;
import dev.skein.persistence.contract.TestStores;
import dev.skein.persistence.contract.WillStoreContract;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** H2 behind a journal is a store like every other. */
class JournaledStoresTest
        implements MessageStoreContract, SessionStoreContract, RetainedStoreContract, WillStoreContract {
    @TempDir
    private Path directory;

    private JdbcStores stores;

    @BeforeEach
    void open() {
        stores = JdbcStores.open(
                JdbcStores.h2Url(directory),
                "skein",
                "",
                4,
                TestStores.settings().with(StoreDurability.DISK),
                InstantSource.system(),
                (_, _, _) -> {});
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @Override
    public Stores stores() {
        return stores;
    }
}
