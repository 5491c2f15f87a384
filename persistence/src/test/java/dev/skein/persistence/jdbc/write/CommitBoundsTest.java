package dev.skein.persistence.jdbc.write;

import static dev.skein.persistence.contract.TestStores.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import dev.skein.persistence.jdbc.JdbcStores;
import dev.skein.protocol.message.MessageId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one transaction holds at the most. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CommitBoundsTest {
    private static final int ROWS = 30_000;
    private static final int MANY = 100_000;

    @TempDir
    private Path directory;

    @Test
    void veryManyAcknowledgementsAreSeveralCommits() {
        StoreSettings settings =
                new StoreSettings(Duration.ofDays(3), 1_000_000, 10_000_000, Duration.ofDays(1), MANY, "one");
        try (JdbcStores stores = JdbcStores.open(
                JdbcStores.h2Url(directory), "skein", "", 2, settings, InstantSource.system(), (_, _, _) -> {})) {
            long session = TestStores.session(stores, "receiver").id();
            CountDownLatch busy = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            stores.messages().submit(new StoreCommand.Barrier(session, () -> {
                busy.countDown();
                await(go);
            }));
            await(busy);
            long before = stores.metrics().commits();

            for (int i = 0; i < ROWS; i++) {
                stores.messages().submit(new StoreCommand.Acknowledge(session, new MessageId(i, 0)));
            }
            assertThat(stores.messages().pendingBytes()).isGreaterThanOrEqualTo((long) ROWS * Write.ROW_BYTES);
            CompletableFuture<Void> all = new CompletableFuture<>();
            stores.messages().submit(new StoreCommand.Barrier(session, () -> all.complete(null)));
            go.countDown();
            get(all);

            assertThat(stores.metrics().commits() - before).isGreaterThan(1);
            assertThat(stores.messages().pendingBytes()).isZero();
        }
    }

    @Test
    void longClientIdsWeighWhatTheyCost() {
        CompletableFuture<StoredSession> made = new CompletableFuture<>();
        SessionKey key = new SessionKey("default", "c".repeat(65_000));
        assertThat(new Write.CreateSession(StoredSession.wanted(key, null, null, 0, 0), made).bytes())
                .isGreaterThan(1_000_000);
    }

    @Test
    void whatRemovesWeighsAsManyRowsAsItRemoves() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        List<MessageId> bodies =
                LongStream.range(0, 50).mapToObj(i -> new MessageId(i, 0)).toList();
        List<Write.QueueRow> rows =
                LongStream.range(0, 60).mapToObj(i -> new Write.QueueRow(i, 0)).toList();

        assertThat(new Write.DropBodies(bodies, done).bytes()).isEqualTo(50L * Write.ROW_BYTES);
        assertThat(new Write.Trim(rows, new CompletableFuture<>()).bytes()).isEqualTo(60L * Write.ROW_BYTES);
        assertThat(new Write.RemoveRetained("default", "t", done).bytes()).isEqualTo(Write.ROW_BYTES);
        assertThat(new Write.Probe(done).bytes()).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
