package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.payloads;
import static dev.skein.persistence.contract.TestStores.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that opens again by itself without its last commits. */
class JournalLostCommitsTest {
    @TempDir
    private Path directory;

    private void highWater(int step) throws SQLException {
        try (Connection connection = DriverManager.getConnection(JdbcStores.h2Url(directory), "skein", "");
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE skein_writer SET batch = batch + " + step + " WHERE writer = 1");
        }
    }

    @Test
    void whatTheTablesLostStaysInTheJournal() throws Exception {
        try (JdbcStores stores = JdbcStores.open(
                JdbcStores.h2Url(directory),
                "skein",
                "",
                4,
                TestStores.settings().with(StoreDurability.PROCESS),
                InstantSource.system(),
                (_, _, _) -> {})) {
            StoredSession session = session(stores, "lost");
            get(append(stores.messages(), session, "a"));
            get(stores.moveNow());
            get(append(stores.messages(), session, "b"));
            highWater(-1);
            CompletableFuture<Void> moved = stores.moveNow().toCompletableFuture();
            Eventually.holds(() -> stores.problem().isPresent());
            assertThat(stores.problem().orElse("")).contains("restart");
            assertThat(moved).isNotDone();
            assertThat(directory.resolve("skein.journal")).isDirectoryContaining("glob:**.journal");

            highWater(1); // as a restart finds it, that reads the journal from there
            get(moved);
            assertThat(payloads(stores.messages(), session)).containsExactly("a", "b");
        }
    }
}
