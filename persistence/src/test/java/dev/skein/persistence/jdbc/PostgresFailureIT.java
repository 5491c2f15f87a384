package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.payloads;
import static dev.skein.persistence.contract.TestStores.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.StoreUnavailableException;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import dev.skein.persistence.schema.Database;
import dev.skein.persistence.schema.Migrations;
import dev.skein.protocol.message.MessageId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A database that several nodes share and that goes away. */
class PostgresFailureIT {
    private final String url = Postgres.emptyDatabase();

    private JdbcStores open(String nodeName) {
        return JdbcStores.open(
                url,
                "postgres",
                "",
                3,
                TestStores.settings(1_000_000, 10_000_000, nodeName),
                InstantSource.system(),
                (_, _, _) -> {});
    }

    @Test
    void nodesThatStartAtOnceMigrateOnce() throws Exception {
        int nodes = 6;
        try (ExecutorService threads = Executors.newFixedThreadPool(nodes)) {
            List<Future<Boolean>> started = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                started.add(threads.submit(() -> {
                    try (Connection connection = DriverManager.getConnection(url, "postgres", "")) {
                        Migrations.apply(connection, Database.POSTGRESQL);
                        return true;
                    }
                }));
            }
            for (Future<Boolean> one : started) {
                assertThat(one.get(60, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void nodesThatStartAtOnceGetWriterIdsOfTheirOwnAndKeepThem() throws Exception {
        List<String> names = List.of("10.0.0.1:25520", "10.0.0.2:25520", "10.0.0.3:25520");
        List<Long> first = writersOf(names);

        assertThat(first)
                .doesNotHaveDuplicates()
                .allSatisfy(writer -> assertThat(writer >> 32).isBetween(1L, 3L));
        assertThat(writersOf(names)).isEqualTo(first);
    }

    /** Opens stores of all names at once; the writer that each of them wrote with. */
    private List<Long> writersOf(List<String> names) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(names.size())) {
            List<Future<Long>> writers = names.stream()
                    .map(name -> threads.submit(() -> {
                        try (JdbcStores stores = open(name)) {
                            return get(append(stores.messages(), session(stores, "s"), name))
                                    .writer();
                        }
                    }))
                    .toList();
            List<Long> done = new ArrayList<>();
            for (Future<Long> writer : writers) {
                done.add(writer.get(60, TimeUnit.SECONDS));
            }
            return done;
        }
    }

    @Test
    void cutConnectionsLoseAndDoubleNothing() throws SQLException {
        try (JdbcStores stores = open("one")) {
            StoredSession session = session(stores, "cut");
            List<CompletableFuture<MessageId>> given = new ArrayList<>();
            for (int round = 0; round < 10; round++) {
                for (int i = 0; i < 500; i++) {
                    given.add(append(stores.messages(), session, "m" + given.size()));
                }
                cutConnections();
            }
            given.forEach(TestStores::get);

            assertThat(readAgain(stores, session))
                    .isEqualTo(IntStream.range(0, 5_000).mapToObj(i -> "m" + i).toList());
            Eventually.holds(() -> stores.problem().isEmpty());
        }
    }

    @Test
    void poolWhoseFirstConnectionsAreCutServesAgain() throws SQLException {
        for (int round = 0; round < 10; round++) {
            try (JdbcStores stores = open("first" + round)) {
                cutConnections();
                cutConnections();
                assertThat(readAgain(stores, session(stores, "first" + round))).isEmpty();
            }
        }
    }

    /** A read on a connection that was cut fails, and may be repeated. */
    private static List<String> readAgain(JdbcStores stores, StoredSession session) {
        for (int failures = 0; ; failures++) {
            try {
                return payloads(stores.messages(), session);
            } catch (AssertionError e) {
                assertThat(e).hasCauseInstanceOf(StoreUnavailableException.class);
                assertThat(failures).as("reads that failed, the last by %s", e).isLessThan(20);
            }
        }
    }

    private void cutConnections() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }
    }

    @Test
    void twoNodesWriteOneQueueAtOnce() {
        try (JdbcStores one = open("one");
                JdbcStores two = open("two")) {
            StoredSession session = session(one, "shared");
            assertThat(session(two, "shared").id()).isEqualTo(session.id());
            List<CompletableFuture<MessageId>> given = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                given.add(append(i % 2 == 0 ? one.messages() : two.messages(), session, "m" + i));
            }
            List<MessageId> ids = given.stream().map(TestStores::get).sorted().toList();

            assertThat(ids).doesNotHaveDuplicates();
            for (int pageSize : new int[] {7, 100, 2_000}) {
                assertThat(TestStores.drain(one.messages(), session.id(), pageSize))
                        .extracting(message -> message.id())
                        .isEqualTo(ids);
            }
        }
    }

    @Test
    void laterProcessWithTheSameWriterShutsOutTheEarlier() {
        try (JdbcStores earlier = open("one")) {
            StoredSession session = session(earlier, "fenced");
            get(append(earlier.messages(), session, "a"));
            try (JdbcStores later = open("one")) {
                get(append(later.messages(), session, "b"));
                CompletableFuture<MessageId> refused = append(earlier.messages(), session, "c");
                Eventually.holds(() -> earlier.problem().isPresent());

                assertThat(earlier.problem().orElseThrow()).contains("another");
                assertThat(refused).isNotDone();
                assertThat(payloads(later.messages(), session)).containsExactly("a", "b");
            }
        }
    }
}
