package dev.skein.persistence.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.Stores;
import dev.skein.persistence.contract.MessageStoreContract;
import dev.skein.persistence.contract.RetainedStoreContract;
import dev.skein.persistence.contract.SessionStoreContract;
import dev.skein.persistence.contract.TestStores;
import dev.skein.persistence.contract.WillStoreContract;
import dev.skein.protocol.message.MessageId;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

    /** Marks that are in the journal alone stand before one in the tables. */
    @Test
    void packetIdentifiersInTheTablesAreFoundBehindMarksInTheJournal() {
        StoredSession session = TestStores.session(stores, "marks");
        List<CompletableFuture<MessageId>> given = new ArrayList<>();
        for (int i = 0; i < 1_001; i++) {
            given.add(TestStores.append(stores.messages(), session, "m" + i));
        }
        List<MessageId> ids = given.stream().map(TestStores::get).toList();
        int last = 2_000;
        stores.messages().submit(new StoreCommand.Sent(session.id(), ids.getLast(), last, () -> {}));
        TestStores.get(stores.moveNow());
        for (int i = 0; i < ids.size() - 1; i++) {
            stores.messages().submit(new StoreCommand.Sent(session.id(), ids.get(i), i + 1, () -> {}));
        }
        CompletableFuture<Void> marked = new CompletableFuture<>();
        stores.messages().submit(new StoreCommand.Barrier(session.id(), () -> marked.complete(null)));
        TestStores.get(marked);

        assertThat(TestStores.get(stores.messages().flowState(session.id())).outboundSent())
                .hasSize(ids.size())
                .contains(last);
    }

    @Override
    public Stores stores() {
        return stores;
    }
}
