package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.flush;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.payloads;
import static dev.skein.persistence.contract.TestStores.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import dev.skein.persistence.jdbc.write.Write;
import dev.skein.persistence.schema.Migrations;
import dev.skein.protocol.message.MessageId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a database store has: refused data, bodies, pieces, reopening. */
class JdbcStoresTest {
    @TempDir
    private Path directory;

    private JdbcStores stores;

    @BeforeEach
    void open() {
        stores = open(4);
    }

    private JdbcStores open(int poolSize) {
        return JdbcStores.open(
                JdbcStores.h2Url(directory),
                "skein",
                "",
                poolSize,
                TestStores.settings(),
                InstantSource.system(),
                (_, _, _) -> {});
    }

    @AfterEach
    void close() {
        stores.close();
    }

    private long rows(String table) throws SQLException {
        try (Connection connection = DriverManager.getConnection(JdbcStores.h2Url(directory), "skein", "");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            result.next();
            return result.getLong(1);
        }
    }

    @Test
    void onlyTheWriteThatTheDatabaseRefusesFails() {
        StoredSession session = session(stores, "good");
        SessionKey bad = new SessionKey("i".repeat(65), "instance id longer than its column");
        List<CompletableFuture<MessageId>> before = IntStream.range(0, 50)
                .mapToObj(i -> append(stores.messages(), session, "m" + i))
                .toList();
        CompletionStage<StoredSession> refused = stores.sessions().create(bad, null, 1);
        List<CompletableFuture<MessageId>> after = IntStream.range(50, 100)
                .mapToObj(i -> append(stores.messages(), session, "m" + i))
                .toList();
        before.forEach(TestStores::get);
        after.forEach(TestStores::get);

        assertThatThrownBy(() -> get(refused)).hasCauseInstanceOf(StoreUnavailableException.class);
        assertThat(payloads(stores.messages(), session))
                .isEqualTo(IntStream.range(0, 100).mapToObj(i -> "m" + i).toList());
        assertThat(stores.problem()).isEmpty();
        assertThat(stores.messages().pendingBytes()).isZero();
    }

    @Test
    void bodyGoesWithItsLastAcknowledgement() throws SQLException {
        StoredSession a = session(stores, "a");
        StoredSession b = session(stores, "b");
        MessageId id =
                get(append(stores.messages(), "t", "x", List.of(new Receiver(a.id(), 1), new Receiver(b.id(), 2))));
        assertThat(rows("skein_body")).isEqualTo(1);
        stores.messages().submit(new StoreCommand.Acknowledge(a.id(), id));
        stores.messages().submit(new StoreCommand.Acknowledge(a.id(), id));
        flush(stores.messages());
        assertThat(rows("skein_body")).isEqualTo(1);
        stores.messages().submit(new StoreCommand.Received(b.id(), id, 1, () -> {}));
        flush(stores.messages());

        assertThat(rows("skein_body")).isZero();
    }

    @Test
    void sweepFindsTheBodiesThatNobodyCounted() throws SQLException {
        StoredSession a = session(stores, "a");
        StoredSession b = session(stores, "b");
        List<Receiver> receivers = List.of(new Receiver(a.id(), 1), new Receiver(b.id(), 1));
        MessageId first = get(append(stores.messages(), "t", "first", receivers));
        get(append(stores.messages(), "t", "second", receivers));
        stores.close();
        stores = open(4);
        stores.messages().submit(new StoreCommand.Acknowledge(a.id(), first));
        stores.messages().submit(new StoreCommand.Acknowledge(b.id(), first));
        flush(stores.messages());
        assertThat(rows("skein_body")).isEqualTo(2);
        get(stores.sweepNow());

        assertThat(rows("skein_body")).isEqualTo(1);
        assertThat(payloads(stores.messages(), a)).containsExactly("second");
    }

    @Test
    void longQueueOfADeletedSessionGoesInPieces() throws SQLException {
        StoredSession session = session(stores, "long");
        int count = 2 * Write.QUEUE_PIECE + 500;
        IntStream.range(0, count)
                .mapToObj(i -> append(stores.messages(), session, "m" + i))
                .toList()
                .forEach(TestStores::get);
        get(stores.sessions().delete(session));
        assertThat(get(stores.sessions().find(session.key()))).isEmpty();

        Eventually.holds(() -> {
            try {
                return rows("skein_queue") == 0 && rows("skein_discarded") == 0;
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Reading from the start each time would pass more and more rows, sorting what is left less and less. */
    @Test
    void aPageReadsAsManyRowsAtTheEndOfAQueueAsAtItsBeginning() throws SQLException {
        int messages = 10_000;
        int ofPage = 100;
        StoredSession session = session(stores, "paged");
        List<CompletableFuture<MessageId>> appended = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            appended.add(append(stores.messages(), session, new byte[50]));
        }
        List<MessageId> ids = appended.stream().map(TestStores::get).toList();
        QueueCursor cursor = new QueueCursor();
        int read = 0;
        while (read < messages) {
            QueuePage page = get(stores.messages().page(session.id(), cursor, ofPage, 1 << 20));
            assertThat(page.messages()).hasSize(ofPage);
            page.messages().forEach(message -> cursor.advance(message.id()));
            read += ofPage;
        }
        assertThat(get(stores.messages().page(session.id(), cursor, ofPage, 1 << 20))
                        .messages())
                .isEmpty();

        long atBeginning = scanned(session, new MessageId(0, ids.getFirst().writer()), ofPage);
        long atEnd = scanned(session, ids.get(messages - ofPage - 1), ofPage);
        assertThat(List.of(atBeginning, atEnd))
                .allSatisfy(rows -> assertThat(rows).isBetween((long) ofPage, 3L * ofPage));
    }

    /** Rows that the database passes for a page behind {@code after}, by its own count. */
    private long scanned(StoredSession session, MessageId after, int limit) throws SQLException {
        try (Connection connection = DriverManager.getConnection(JdbcStores.h2Url(directory), "skein", "");
                Statement statement = connection.createStatement()) {
            statement.execute("SET QUERY_STATISTICS TRUE");
            get(stores.messages().page(session.id(), new QueueCursor(), limit, 1 << 20));
            String sql;
            try (ResultSet used = statement.executeQuery(
                    "SELECT SQL_STATEMENT FROM"
                            + " INFORMATION_SCHEMA.QUERY_STATISTICS WHERE SQL_STATEMENT LIKE 'SELECT %FROM skein_queue q %LIMIT ?'")) {
                assertThat(used.next()).as("the statement of a page").isTrue();
                sql = used.getString(1);
            }
            try (PreparedStatement plan = connection.prepareStatement("EXPLAIN ANALYZE " + sql)) {
                plan.setLong(1, session.id());
                plan.setLong(2, after.writer());
                plan.setLong(3, after.sequence());
                plan.setInt(4, limit);
                try (ResultSet result = plan.executeQuery()) {
                    result.next();
                    return Pattern.compile("scanCount: (\\d+)")
                            .matcher(result.getString(1))
                            .results()
                            .mapToLong(count -> Long.parseLong(count.group(1)))
                            .sum();
                }
            }
        }
    }

    @Test
    void closedStoreRefusesAtOnce() {
        stores.close();

        assertThatThrownBy(() -> get(append(stores.messages(), "t", "x", List.of())))
                .hasCauseInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> get(stores.sessions().find(new SessionKey("default", "x"))))
                .hasCauseInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void closeCommitsWhatWasGivenBefore() {
        StoredSession session = session(stores, "close");
        List<CompletableFuture<MessageId>> given = IntStream.range(0, 5_000)
                .mapToObj(i -> append(stores.messages(), session, "m" + i))
                .toList();
        stores.close();

        assertThat(given).allMatch(CompletableFuture::isDone);
        stores = open(2);
        assertThat(get(stores.messages().depth(session.id()))).isEqualTo(5_000);
    }

    @Test
    void aDatabaseFromBeforeNodesHadNamesIsReadOn() throws SQLException {
        StoredSession session = session(stores, "old");
        get(append(stores.messages(), session, "a"));
        stores.close();
        try (Connection connection = DriverManager.getConnection(JdbcStores.h2Url(directory), "skein", "");
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE skein_writer SET writer = 0");
            statement.execute("UPDATE skein_queue SET writer = 0, checksum = NULL");
            statement.execute("DROP TABLE skein_node");
            statement.execute("DELETE FROM schema_version WHERE version > 2");
        }
        stores = open(4);
        get(append(stores.messages(), session, "b"));

        assertThat(TestStores.drain(stores.messages(), session.id(), 10))
                .extracting(message -> message.id().writer())
                .containsExactly(0L, 1L << 32);
        assertThat(payloads(stores.messages(), session)).containsExactly("a", "b");
    }

    @Test
    void aSchemaOfANewerReleaseIsTakenWhenThisOneCanWorkWithIt() throws SQLException {
        int next = Migrations.newest() + 1;
        asIfUpgraded(next, Migrations.newest());
        stores = open(4);
        StoredSession session = session(stores, "undone");
        get(append(stores.messages(), session, "a"));
        assertThat(payloads(stores.messages(), session)).containsExactly("a");

        asIfUpgraded(next + 1, next);
        assertThatThrownBy(() -> open(4))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("schema_version: " + (next + 1));
    }

    private void asIfUpgraded(int version, int oldestReader) throws SQLException {
        stores.close();
        try (Connection connection = DriverManager.getConnection(JdbcStores.h2Url(directory), "skein", "");
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO schema_version (version, oldest_reader) VALUES (" + version + ", "
                    + oldestReader + ")");
        }
    }

    @Test
    void unknownDatabaseIsRefusedByName() {
        assertThatThrownBy(() -> JdbcStores.open(
                        "jdbc:mysql://x", "u", "", 4, TestStores.settings(), InstantSource.system(), (_, _, _) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jdbc:mysql");
    }
}
