package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.flush;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.payloads;
import static dev.skein.persistence.contract.TestStores.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.DropListener;
import dev.skein.persistence.api.NodePresence;
import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.api.QueuedMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.contract.TestStores;
import dev.skein.protocol.message.MessageId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several nodes that write to one database at once, to the same sessions. */
class PostgresNodesIT {
    private final String url = Postgres.emptyDatabase();
    private final JdbcStores one = open("one", 1_000_000, (_, _, _) -> {});
    private final JdbcStores two = open("two", 1_000_000, (_, _, _) -> {});

    private JdbcStores open(String nodeName, long maxSession, DropListener drops) {
        return open(nodeName, maxSession, InstantSource.system(), drops);
    }

    private JdbcStores open(String nodeName, long maxSession, InstantSource clock, DropListener drops) {
        return JdbcStores.open(
                url, "postgres", "", 3, TestStores.settings(maxSession, 10_000_000, nodeName), clock, drops);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private long count(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM " + sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    @Test
    void nodeThatWasPutDownCommitsNothingMoreUntilItComesBack() {
        StoredSession session = session(one, "fenced");
        get(two.presence().seen());
        assertThat(get(one.presence().othersSeenWithin(Duration.ofSeconds(15)))).containsExactly("two");

        assertThat(get(one.presence().fence("two"))).isTrue();
        CompletableFuture<MessageId> late = append(two.messages(), session, "late");
        Eventually.holds(() -> two.problem().isPresent());
        assertThat(late).isNotDone();
        assertThat(get(one.messages().depth(session.id()))).isZero();

        try (JdbcStores again = open("two", 1_000_000, (_, _, _) -> {})) {
            assertThat(get(one.presence().fence("two"))).as("a later life").isFalse();
            get(append(again.messages(), session, "new"));
            get(again.presence().seen());
            get(again.presence().left());
            assertThat(get(one.presence().fence("two"))).as("it left").isFalse();
        }
        assertThat(get(one.presence().othersSeenWithin(Duration.ofSeconds(15)))).isEmpty();
        assertThat(get(one.messages().depth(session.id()))).isEqualTo(1);
    }

    @Test
    void nodeWhoseClockIsAheadRemovesNothingBeforeItsTime() {
        StoredSession session = session(one, "young");
        get(append(one.messages(), session, "a"));
        Duration ahead = TestStores.settings().maxAge().plusDays(1);
        InstantSource clock = () -> InstantSource.system().instant().plus(ahead);
        AtomicLong drops = new AtomicLong();
        try (JdbcStores fast = open("fast", 1_000_000, clock, (_, _, count) -> drops.addAndGet(count))) {
            get(append(fast.messages(), session, "b"));
            get(fast.sweepNow());

            assertThat(get(fast.ageMillis()))
                    .isLessThan(clock.millis() - Duration.ofDays(1).toMillis());
        }

        assertThat(drops).hasValue(0);
        assertThat(payloads(one.messages(), session)).containsExactly("a", "b");
    }

    @Test
    void ofSeveralNodesThatClaimAtOnceOneMayBegin() {
        List<JdbcStores> nodes = new ArrayList<>(List.of(one, two));
        for (int i = 0; i < 4; i++) {
            nodes.add(open("more" + i, 1_000_000, (_, _, _) -> {}));
        }
        try {
            for (int round = 0; round < 20; round++) {
                nodes.forEach(node -> get(node.presence().left()));
                List<Boolean> granted = nodes.stream()
                        .map(JdbcStores::presence)
                        .parallel()
                        .map(presence -> get(presence.claim(Duration.ofSeconds(15))))
                        .toList();
                assertThat(granted).containsOnlyOnce(true);
                NodePresence first = nodes.get(granted.indexOf(true)).presence();
                assertThat(get(first.claim(Duration.ofSeconds(15))))
                        .as("once more")
                        .isTrue();
                assertThat(get(first.othersSeenWithin(Duration.ofSeconds(15)))).isEmpty();
            }
        } finally {
            nodes.subList(2, nodes.size()).forEach(JdbcStores::close);
        }
    }

    @Test
    void aReaderWhoAcknowledgesMissesNothingOfTwoWriters() {
        int messages = 5_000;
        StoredSession session = session(one, "read");
        Thread first = writer(one, session, "a", messages);
        Thread second = writer(two, session, "b", messages);
        List<String> read = new ArrayList<>();
        QueueCursor cursor = new QueueCursor();
        Eventually.holds(() -> {
            QueuePage page = get(two.messages().page(session.id(), cursor, 97, 1 << 20));
            for (QueuedMessage message : page.messages()) {
                cursor.advance(message.id());
                read.add(TestStores.text(message));
                two.messages().submit(new StoreCommand.Acknowledge(session.id(), message.id()));
            }
            return read.size() >= 2 * messages && !first.isAlive() && !second.isAlive();
        });
        flush(two.messages());

        assertThat(read).hasSize(2 * messages);
        for (String writer : List.of("a", "b")) {
            assertThat(read.stream().filter(text -> text.startsWith(writer)))
                    .containsExactlyElementsOf(IntStream.range(0, messages)
                            .mapToObj(i -> writer + i)
                            .toList());
        }
        assertThat(get(one.messages().depth(session.id()))).isZero();
    }

    private static Thread writer(JdbcStores stores, StoredSession session, String name, int messages) {
        return Thread.ofPlatform().start(() -> {
            List<CompletableFuture<MessageId>> given = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                given.add(append(stores.messages(), session, name + i));
                if (i % 50 == 0) {
                    get(given.getLast()); // so that there are many commits
                }
            }
            given.forEach(TestStores::get);
        });
    }

    @Test
    void aCommitThatComesLateWithASmallerSequenceIsReadAll() throws SQLException {
        StoredSession session = session(one, "late");
        QueueCursor cursor = new QueueCursor();
        CompletableFuture<MessageId> late;
        MessageId early;
        try (Connection holder = DriverManager.getConnection(url, "postgres", "");
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT 1 FROM skein_writer WHERE writer = " + (1L << 32) + " FOR UPDATE");
            late = append(one.messages(), session, "late");
            early = get(append(two.messages(), session, "early"));
            for (QueuedMessage message :
                    get(two.messages().page(session.id(), cursor, 10, 1 << 20)).messages()) {
                cursor.advance(message.id());
            }
            assertThat(cursor.covers(early)).isTrue();
            holder.rollback();
        }
        MessageId id = get(late);

        assertThat(cursor.covers(id)).isFalse();
        assertThat(get(two.messages().page(session.id(), cursor, 10, 1 << 20)).messages())
                .extracting(TestStores::text)
                .containsExactly("late");
    }

    @Test
    void aSharedBodyStaysUntilItsLastReceiverOnAnyNodeAcknowledges() throws SQLException {
        StoredSession a = session(one, "a");
        StoredSession b = session(one, "b");
        MessageId id = get(append(one.messages(), "t", "x", List.of(new Receiver(a.id(), 1), new Receiver(b.id(), 1))));
        two.messages().submit(new StoreCommand.Acknowledge(a.id(), id));
        two.messages().submit(new StoreCommand.Acknowledge(a.id(), id));
        flush(two.messages());
        one.messages().submit(new StoreCommand.Acknowledge(a.id(), id));
        flush(one.messages());
        get(one.sweepNow());
        get(two.sweepNow());
        assertThat(payloads(two.messages(), b)).containsExactly("x");
        one.messages().submit(new StoreCommand.Acknowledge(b.id(), id));
        flush(one.messages());
        get(two.sweepNow());

        assertThat(count("skein_body")).isZero();
        assertThat(count("skein_queue")).isZero();
    }

    @Test
    void nodesThatRemoveTheSameRowsInOppositeOrderGoOn() {
        StoredSession session = session(one, "crossed");
        for (int round = 0; round < 20; round++) {
            List<MessageId> ids =
                    IntStream.range(0, 200).mapToObj(i -> append(one.messages(), session, "m" + i)).toList().stream()
                            .map(TestStores::get)
                            .toList();
            ids.forEach(id -> one.messages().submit(new StoreCommand.Acknowledge(session.id(), id)));
            ids.reversed().forEach(id -> two.messages().submit(new StoreCommand.Acknowledge(session.id(), id)));
            flush(one.messages());
            flush(two.messages());
        }

        assertThat(get(one.messages().depth(session.id()))).isZero();
        assertThat(one.metrics().removed() + two.metrics().removed()).isEqualTo(4_000);
        assertThat(one.metrics().failures() + two.metrics().failures()).isZero();
    }

    @Test
    void aDeadlockIsTriedAgainAndIsNoFailure() throws SQLException {
        StoredSession session = session(one, "deadlock");
        MessageId low = get(append(one.messages(), session, "low"));
        MessageId high = get(append(one.messages(), session, "high"));
        try (Connection other = DriverManager.getConnection(url, "postgres", "");
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SET deadlock_timeout = '60s'"); // so that the store is the one that loses
            statement.execute("SELECT 1 FROM skein_queue WHERE seq = " + high.sequence() + " FOR UPDATE");
            one.messages().submit(new StoreCommand.Acknowledge(session.id(), low));
            one.messages().submit(new StoreCommand.Acknowledge(session.id(), high));
            Eventually.holds(() -> waiting() > 0);
            statement.execute("SELECT 1 FROM skein_queue WHERE seq = " + low.sequence() + " FOR UPDATE");
            other.rollback();
        }
        flush(one.messages());

        assertThat(get(one.messages().depth(session.id()))).isZero();
        assertThat(one.metrics().failures()).isZero();
        assertThat(one.problem()).isEmpty();
    }

    private long waiting() {
        try {
            return count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatAnotherNodeAddsToARemovedSessionGoesToo() throws SQLException {
        StoredSession session = session(one, "removed");
        get(one.sessions().delete(session));
        get(append(two.messages(), session, "after"));
        assertThat(count("skein_queue")).isEqualTo(1);
        get(one.sweepNow());
        get(one.sweepNow());

        assertThat(count("skein_queue")).isZero();
        assertThat(count("skein_discarded")).isZero();
    }

    @Test
    void nodesThatSweepAtOnceRemoveNoMoreThanTheExcess() {
        AtomicLong dropped = new AtomicLong();
        DropListener drops = (_, _, count) -> dropped.addAndGet(count);
        try (JdbcStores three = open("three", 100, drops);
                JdbcStores four = open("four", 100, drops)) {
            StoredSession session = session(three, "bounded");
            for (int round = 0; round < 20; round++) {
                List<CompletableFuture<MessageId>> given = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    given.add(append((i % 2 == 0 ? three : four).messages(), session, "m" + i));
                }
                given.forEach(TestStores::get);
            }
            Eventually.holds(() -> get(three.messages().depth(session.id())) <= 110);

            assertThat(get(three.messages().depth(session.id()))).isGreaterThanOrEqualTo(100);
        }
    }
}
