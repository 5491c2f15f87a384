package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.DeviceCredentialStore;
import dev.skein.persistence.api.FlowState;
import dev.skein.persistence.api.MessageStore;
import dev.skein.persistence.api.NodePresence;
import dev.skein.persistence.api.Overview;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.RetainedStore;
import dev.skein.persistence.api.SessionStore;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoreMetrics;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.api.WillStore;
import dev.skein.persistence.contract.MessageStoreContract;
import dev.skein.persistence.contract.TestStores;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The same when each read finds everything in the tables, and what follows changes it there. */
class MovedStoresTest implements MessageStoreContract {
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
                TestStores.settings().with(StoreDurability.PROCESS),
                InstantSource.system(),
                (_, _, _) -> {});
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @Override
    public Stores stores() {
        return new Moved(stores);
    }

    private record Moved(JdbcStores stores) implements Stores {
        @Override
        public MessageStore messages() {
            return new MovedMessages(stores);
        }

        @Override
        public SessionStore sessions() {
            return stores.sessions();
        }

        @Override
        public RetainedStore retained() {
            return stores.retained();
        }

        @Override
        public WillStore wills() {
            return stores.wills();
        }

        @Override
        public DeviceCredentialStore devices() {
            return stores.devices();
        }

        @Override
        public Overview overview() {
            return stores.overview();
        }

        @Override
        public NodePresence presence() {
            return stores.presence();
        }

        @Override
        public CompletionStage<Long> ageMillis() {
            return stores.ageMillis();
        }

        @Override
        public Optional<String> problem() {
            return stores.problem();
        }

        @Override
        public StoreMetrics metrics() {
            return stores.metrics();
        }

        @Override
        public void close() {
            stores.close();
        }
    }

    private record MovedMessages(JdbcStores stores) implements MessageStore {
        @Override
        public void submit(StoreCommand command) {
            stores.messages().submit(command);
        }

        @Override
        public void onBatch(Runnable hook) {
            stores.messages().onBatch(hook);
        }

        @Override
        public CompletionStage<QueuePage> page(long sessionId, QueueCursor after, int maxMessages, int maxBytes) {
            QueueCursor cursor = after.copy();
            return stores.moveNow().thenCompose(_ -> stores.messages().page(sessionId, cursor, maxMessages, maxBytes));
        }

        @Override
        public CompletionStage<FlowState> flowState(long sessionId) {
            return stores.moveNow().thenCompose(_ -> stores.messages().flowState(sessionId));
        }

        @Override
        public CompletionStage<Long> depth(long sessionId) {
            return stores.moveNow().thenCompose(_ -> stores.messages().depth(sessionId));
        }

        @Override
        public long pendingBytes() {
            return stores.messages().pendingBytes();
        }
    }
}
