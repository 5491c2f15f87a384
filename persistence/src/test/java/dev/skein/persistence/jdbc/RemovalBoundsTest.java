package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Large messages leave the tables in pieces: all who write wait for each. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RemovalBoundsTest {
    private static final int LARGE = 20;
    private static final int LARGE_BYTES = 600_000;

    @TempDir
    private Path directory;

    /** Removes what a session of large messages has; the commits that it took. */
    private interface Removing {
        void of(JdbcStores stores, StoredSession session) throws Exception;
    }

    private long commitsOf(StoreDurability durability, Removing removing) throws Exception {
        AtomicLong later = new AtomicLong();
        InstantSource clock = () -> InstantSource.system().instant().plusMillis(later.get());
        StoreSettings settings =
                new StoreSettings(Duration.ofDays(3), 1_000_000, 10_000_000, Duration.ofDays(1), 1_000, "one");
        try (JdbcStores stores = JdbcStores.open(
                JdbcStores.h2Url(directory), "skein", "", 3, settings.with(durability), clock, (_, _, _) -> {})) {
            StoredSession session = TestStores.session(stores, "large");
            for (int i = 0; i < LARGE; i++) {
                get(TestStores.append(stores.messages(), session, new byte[LARGE_BYTES]));
            }
            get(stores.moveNow());
            long before = stores.metrics().commits();
            later.set(Duration.ofDays(4).toMillis());
            removing.of(stores, session);
            Eventually.holds(() -> get(stores.messages().depth(session.id())) == 0);
            return stores.metrics().commits() - before;
        }
    }

    @Test
    void largeMessagesOfARemovedSessionGoInSeveralCommits() throws Exception {
        long commits = commitsOf(
                StoreDurability.DATABASE,
                (stores, session) -> get(stores.sessions().delete(session)));
        assertThat(commits).isGreaterThanOrEqualTo(LARGE / 2);
    }

    @Test
    void largeMessagesThatAreTooOldGoInSeveralCommits() throws Exception {
        assertThat(commitsOf(StoreDurability.DATABASE, (stores, _) -> get(stores.sweepNow())))
                .isGreaterThanOrEqualTo(LARGE / 2);
    }

    @Test
    void largeMessagesThatAreAcknowledgedInTheTablesGoInSeveralCommits() throws Exception {
        long commits = commitsOf(StoreDurability.PROCESS, (stores, session) -> {
            List<QueuedMessage> all = TestStores.drain(stores.messages(), session.id(), 100);
            all.forEach(message -> stores.messages().submit(new StoreCommand.Acknowledge(session.id(), message.id())));
            get(stores.moveNow());
        });
        assertThat(commits).isGreaterThanOrEqualTo(4);
    }
}
