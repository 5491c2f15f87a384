package dev.skein.persistence.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.RetainedMessage;
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
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2StoresTest
        implements MessageStoreContract,
                SessionStoreContract,
                RetainedStoreContract,
                OverviewContract,
                WillStoreContract,
                NodePresenceContract,
                DeviceCredentialContract {
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

    /** Bodies of any size: a page must not hold a thousand of them. */
    @Test
    void pageOfRetainedMessagesEndsByItsBytes() {
        for (int i = 1; i <= 5; i++) {
            RetainedMessage message = new RetainedMessage(
                    new MessageId(i, 7), "a/" + i, Content.of(new byte[400_000]), 1, Origin.UNKNOWN);
            TestStores.get(stores.retained().put(TestStores.INSTANCE, message));
        }
        assertThat(page("")).containsExactly("a/1", "a/2", "a/3");
        assertThat(page("a/3")).containsExactly("a/4", "a/5");
        assertThat(page("a/5")).isEmpty();
    }

    private List<String> page(String after) {
        return TestStores.get(stores.retained().list(TestStores.INSTANCE, "a", after, 1000)).stream()
                .map(RetainedMessage::topic)
                .toList();
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
