package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoreSettings;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who publishes while something large leaves the store, waits for a piece of it and not for all: publishes are stored
 * in between. How many is counted, since a time says more about the machine than about the store; the longest waits are
 * told beside those of an idle store.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class LongestWaitTest {
    private static final Logger LOG = LoggerFactory.getLogger(LongestWaitTest.class);

    /** Files of the journal are full after some hundred of these: each new one waits for the tables. */
    private static final byte[] PUBLISHED = new byte[64 << 10];

    private static final int CLIENT_ID = 65_000;
    private static final int REMOVED_AT_ONCE = 50;
    private static final long IDLE_MILLIS = 1_000;

    /** One is stored behind a removal in one piece, and another may be stored before it begins. */
    private static final int STORED_IN_BETWEEN = 8;

    @TempDir
    private Path directory;

    private final AtomicLong later = new AtomicLong();
    private JdbcStores stores;

    @BeforeEach
    void open() {
        StoreSettings settings =
                new StoreSettings(Duration.ofDays(3), 1_000_000, 10_000_000, Duration.ofDays(1), 1_000, "one");
        InstantSource clock = () -> InstantSource.system().instant().plusMillis(later.get());
        stores = JdbcStores.open(
                JdbcStores.h2Url(directory),
                "skein",
                "",
                3,
                settings.with(StoreDurability.PROCESS),
                clock,
                (_, _, _) -> {});
    }

    @AfterEach
    void close() {
        stores.close();
    }

    /** How many were stored, and the longest waits in nanoseconds: of a message for a queue, and of a retained one. */
    private record Waits(int stored, long message, long retained) {
        @Override
        public String toString() {
            return stored + " stored, message " + message / 1_000 + " us, retained " + retained / 1_000 + " us";
        }
    }

    /** Publishes one after the other from before {@code begun} until what it begins is done. */
    private Waits publishUntil(Supplier<CompletionStage<?>> begun) {
        StoredSession session = TestStores.session(stores, "publishes");
        AtomicBoolean over = new AtomicBoolean();
        CompletionStage<Void> watched = begun.get().thenAccept(_ -> over.set(true));
        int stored = 0;
        long message = 0;
        long retained = 0;
        do {
            long began = System.nanoTime();
            get(TestStores.append(stores.messages(), session, PUBLISHED));
            long between = System.nanoTime();
            get(stores.retained()
                    .put(
                            TestStores.INSTANCE,
                            new RetainedMessage(
                                    new MessageId(between, 7), "small", Content.of(new byte[100]), 1, Origin.UNKNOWN)));
            message = Math.max(message, between - began);
            retained = Math.max(retained, System.nanoTime() - between);
            stored++;
        } while (!over.get());
        get(watched);
        return new Waits(stored, message, retained);
    }

    private void isInPieces(String what, Supplier<CompletionStage<?>> removed) {
        long began = System.nanoTime();
        Waits during = publishUntil(removed);
        long whole = System.nanoTime() - began;
        Waits idle = publishUntil(() -> CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(IDLE_MILLIS, TimeUnit.MILLISECONDS)));
        LOG.info("longest waits: {}: {} of {} ms; idle: {}", what, during, whole / 1_000_000, idle);
        assertThat(during.stored).as(what).isGreaterThanOrEqualTo(STORED_IN_BETWEEN);
    }

    private StoredSession queued(String client, int messages, int bytes) {
        StoredSession session = TestStores.session(stores, client);
        for (int i = 0; i < messages; i++) {
            get(TestStores.append(stores.messages(), session, new byte[bytes]));
        }
        get(stores.moveNow());
        return session;
    }

    private CompletableFuture<Void> emptied(StoredSession session) {
        return CompletableFuture.runAsync(() ->
                Eventually.holds(() -> get(stores.messages().depth(session.id())) == 0));
    }

    @Test
    void ofASessionWithLargeMessages() {
        StoredSession session = queued("large", 150, 1 << 20);
        isInPieces(
                "removal of a session with 150 messages of 1 MiB",
                () -> stores.sessions().delete(session).thenCompose(_ -> emptied(session)));
    }

    @Test
    void ofMessagesThatAreTooOld() {
        StoredSession session = queued("old", 1_000, 64 << 10);
        later.set(Duration.ofDays(4).toMillis());
        isInPieces("expiry of 1,000 messages of 64 KiB", () -> stores.sweepNow().thenCompose(_ -> emptied(session)));
    }

    @Test
    void ofAQueueThatIsRead() {
        StoredSession session = queued("read", 150, 1 << 20);
        isInPieces(
                "paging of 150 messages of 1 MiB",
                () -> CompletableFuture.runAsync(() -> assertThat(TestStores.drain(stores.messages(), session.id(), 10))
                        .hasSize(150)));
    }

    /** Who publishes stands behind those that were asked for before: some at a time, as a sweep of sessions does. */
    private void removeSome(List<StoredSession> sessions) {
        for (int from = 0; from < sessions.size(); from += REMOVED_AT_ONCE) {
            CompletableFuture<?>[] removed = sessions.subList(from, from + REMOVED_AT_ONCE).stream()
                    .map(session -> stores.sessions().delete(session).toCompletableFuture())
                    .toArray(CompletableFuture[]::new);
            get(CompletableFuture.allOf(removed));
        }
    }

    @Test
    void ofSessionsWithLongClientIds() {
        String padding = "c".repeat(CLIENT_ID);
        List<StoredSession> sessions = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            sessions.add(get(stores.sessions().create(new SessionKey(TestStores.INSTANCE, padding + i), null, 1)));
        }
        isInPieces(
                "removal of 1,500 sessions with client IDs of 65 KB",
                () -> CompletableFuture.runAsync(() -> removeSome(sessions)));
    }
}
