package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.get;
import static dev.skein.persistence.contract.TestStores.payloads;
import static dev.skein.persistence.contract.TestStores.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoreDurability;
import dev.skein.persistence.api.StoreFiles;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.contract.TestStores;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Subscription;
import dev.skein.protocol.message.Will;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that change in H2's file are not delivered as what was written; all else is served, and can be written. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class TableDamageTest {
    private static final SessionKey BAD = new SessionKey(TestStores.INSTANCE, "client-bad");

    @TempDir
    private Path root;

    private Path data() {
        return root.resolve("data");
    }

    private Path file() {
        return data().resolve("skein.mv.db");
    }

    private JdbcStores open() {
        return JdbcStores.open(
                JdbcStores.h2Url(data()),
                "skein",
                "",
                3,
                TestStores.settings().with(StoreDurability.PROCESS),
                InstantSource.system(),
                (_, _, _) -> {});
    }

    private StoreFiles files() {
        return JdbcStores.files(
                        JdbcStores.h2Url(data()),
                        "skein",
                        "",
                        TestStores.settings().with(StoreDurability.PROCESS))
                .orElseThrow();
    }

    private static RetainedMessage retained(int number) {
        return new RetainedMessage(
                new MessageId(number, 7), "kept/topic-" + number, content("retained-" + number), 1, Origin.UNKNOWN);
    }

    private static Content content(String payload) {
        return Content.of(payload.getBytes(StandardCharsets.UTF_8));
    }

    /** Two sessions with messages of one and of two receivers, retained messages and wills, all in the tables. */
    private void write() {
        try (JdbcStores stores = open()) {
            StoredSession bad = get(stores.sessions().create(BAD, "user:the-owner", 1));
            StoredSession good = session(stores, "client-good");
            get(stores.sessions().subscribe(bad, List.of(new Subscription("filter/of/bad", 1))));
            get(stores.sessions().subscribe(good, List.of(new Subscription("filter/of/good", 1))));
            for (int i = 0; i < 5; i++) {
                get(append(stores.messages(), bad, "own-" + i));
                get(append(
                        stores.messages(),
                        "two",
                        "both-" + i,
                        List.of(new Receiver(bad.id(), 1), new Receiver(good.id(), 1))));
                get(stores.retained().put(TestStores.INSTANCE, retained(i)));
                Will will = new Will("will/topic", content("will-" + i), 1, false);
                get(stores.wills().put(new StoredWill(i + 1, 9, BAD, will, false, 0)));
            }
            get(stores.moveNow());
        }
    }

    /** Places of a text in the database's file. */
    private List<Integer> places(String text) throws IOException {
        String all = new String(Files.readAllBytes(file()), StandardCharsets.ISO_8859_1);
        List<Integer> places = new ArrayList<>();
        for (int at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) {
            places.add(at);
        }
        assertThat(places).as(text).isNotEmpty();
        return places;
    }

    private void flip(List<Integer> places) throws IOException {
        byte[] bytes = Files.readAllBytes(file());
        places.forEach(at -> bytes[at + 1] ^= 2);
        Files.write(file(), bytes);
    }

    private void change(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(JdbcStores.h2Url(data()), "skein", "");
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isPositive();
        }
    }

    private static List<String> queue(JdbcStores stores, String client) {
        return payloads(
                stores.messages(),
                get(stores.sessions().find(new SessionKey(TestStores.INSTANCE, client)))
                        .orElseThrow());
    }

    private static void isToldOnce(JdbcStores stores, String what) {
        assertThat(stores.metrics().damagedRows()).isEqualTo(1);
        assertThat(stores.durabilityWarnings()).singleElement().asString().contains("skein.mv.db, table", what);
        assertThat(stores.problem()).isEmpty();
    }

    /** The check names it, the repair sets it aside, and nothing is left to be found. */
    private void isFoundAndRepaired(String what) {
        assertThat(files().check().damages())
                .isNotEmpty()
                .allSatisfy(damage -> assertThat(damage).contains(file().toString(), what));
        files().repair();
        StoreFiles.Report left = files().check();
        assertThat(left.damages()).isEmpty();
        assertThat(left.aside()).singleElement().asString().contains("set aside");
    }

    @ParameterizedTest
    @ValueSource(strings = {"own-2", "t/own-2"})
    void aMessageThatChangedIsNotDelivered(String text) throws IOException {
        write();
        flip(places(text));
        try (JdbcStores stores = open()) {
            for (int i = 0; i < 2; i++) {
                assertThat(queue(stores, "client-bad"))
                        .containsExactly(
                                "own-0", "both-0", "own-1", "both-1", "both-2", "own-3", "both-3", "own-4", "both-4");
            }
            isToldOnce(stores, "skein_queue: message ");
        }
        StoreFiles.Report report = files().check();
        assertThat(report.damages()).isEmpty();
        assertThat(report.aside()).singleElement().asString().contains("skein_queue: 1 damaged");
    }

    @Test
    void aMessageOfSeveralReceiversThatChangedIsDeliveredToNone() throws IOException {
        write();
        flip(places("both-2"));
        try (JdbcStores stores = open()) {
            assertThat(queue(stores, "client-good")).containsExactly("both-0", "both-1", "both-3", "both-4");
            assertThat(queue(stores, "client-bad")).hasSize(9).doesNotContain("both-2");
            assertThat(stores.metrics().damagedRows()).isEqualTo(2);
        }
    }

    /** What stands behind damaged messages is found, however many there are and however small the page is. */
    @Test
    void aPageGoesOnBehindDamagedMessages() throws IOException {
        write();
        for (String text : List.of("own-0", "both-0", "own-1", "both-1", "own-2")) {
            flip(places(text));
        }
        try (JdbcStores stores = open()) {
            StoredSession session = get(stores.sessions().find(BAD)).orElseThrow();
            assertThat(TestStores.drain(stores.messages(), session.id(), 1))
                    .extracting(TestStores::text)
                    .containsExactly("both-2", "own-3", "both-3", "own-4", "both-4");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"qos = 2", "seq = seq + 1", "expires_at = 7", "origin = 'mqtt:other'", "properties = X'0100'"})
    void otherColumnsOfAMessageAreCheckedToo(String change) throws Exception {
        write();
        change("UPDATE skein_queue SET " + change + " WHERE topic = 't/own-2'");
        isFoundAndRepaired("skein_queue");
        try (JdbcStores stores = open()) {
            assertThat(queue(stores, "client-bad")).hasSize(9).doesNotContain("own-2");
            assertThat(stores.metrics().damagedRows()).isZero();
        }
    }

    @Test
    void aRetainedMessageThatChangedIsNotDeliveredAndCanBeSetAgain() throws IOException {
        write();
        flip(places("retained-2"));
        try (JdbcStores stores = open()) {
            assertThat(get(stores.retained().read(TestStores.INSTANCE, Set.of("kept/topic-1", "kept/topic-2"))))
                    .containsOnlyKeys("kept/topic-1");
            assertThat(get(stores.retained().list(TestStores.INSTANCE, "kept", "", 100)))
                    .hasSize(4);
            isToldOnce(stores, "skein_retained: retained message of topic kept/topic-2 in instance default");
            get(stores.retained().put(TestStores.INSTANCE, retained(2)));
            assertThat(get(stores.retained().list(TestStores.INSTANCE, "kept", "", 100)))
                    .hasSize(5);
        }
        assertThat(files().check().aside()).hasSize(1);
    }

    @Test
    void aPageOfRetainedMessagesIsNotEmptyWhenOthersAreBehindDamagedOnes() throws IOException {
        write();
        flip(places("retained-0"));
        flip(places("retained-1"));
        try (JdbcStores stores = open()) {
            assertThat(get(stores.retained().list(TestStores.INSTANCE, "kept", "", 1)))
                    .extracting(RetainedMessage::topic)
                    .contains("kept/topic-2");
        }
    }

    @Test
    void aWillThatChangedIsNotPublished() throws IOException {
        write();
        flip(places("will-2"));
        try (JdbcStores stores = open()) {
            for (int i = 0; i < 2; i++) {
                assertThat(get(stores.wills().orphans(Set.of(), 10)))
                        .extracting(StoredWill::connectionId)
                        .containsExactly(1L, 2L, 4L, 5L);
                assertThat(get(stores.wills().ofClient(BAD))).hasSize(4);
            }
            isToldOnce(stores, "skein_will: will of client client-bad in instance default");
        }
        assertThat(files().check().aside()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE skein_session SET owner = 'user:another' WHERE owner IS NOT NULL",
                "UPDATE skein_session SET created_at = 2 WHERE owner IS NOT NULL",
                "UPDATE skein_session SET expiry_seconds = 1 WHERE owner IS NOT NULL",
                "UPDATE skein_session SET disconnected_at = 5 WHERE owner IS NOT NULL",
                "UPDATE skein_session SET will_waits = TRUE WHERE owner IS NOT NULL",
                "UPDATE skein_session SET client_id = 'client-worse' WHERE owner IS NOT NULL",
                "UPDATE skein_subscription SET qos = 2 WHERE filter = 'filter/of/bad'",
                "UPDATE skein_subscription SET filter = 'filter/of/others' WHERE filter = 'filter/of/bad'"
            })
    void aSessionThatChangedIsNobodysAndItsClientGetsANewOne(String change) throws Exception {
        write();
        change(change);
        try (JdbcStores stores = open()) {
            assertThat(get(stores.sessions().find(BAD))).isEmpty();
            isToldOnce(stores, "skein_session: session ");
            StoredSession again = get(stores.sessions().create(BAD, "user:the-owner", 2));
            assertThat(again.createdAt()).isEqualTo(2);
            assertThat(again.subscriptions()).isEmpty();
            assertThat(payloads(stores.messages(), again)).isEmpty();
            assertThat(queue(stores, "client-good")).hasSize(5);
            assertThat(get(stores.sessions().routes(TestStores.INSTANCE, "filter", 0, 10)))
                    .hasSize(1);
        }
    }

    /** Whoever looks first: the writer, too. */
    @Test
    void aSessionThatChangedIsMadeAnewWithoutALookBefore() throws Exception {
        write();
        change("UPDATE skein_session SET owner = 'user:another' WHERE owner IS NOT NULL");
        try (JdbcStores stores = open()) {
            assertThat(get(stores.sessions().create(BAD, "user:the-owner", 2)).createdAt())
                    .isEqualTo(2);
            isToldOnce(stores, "skein_session: session ");
        }
    }

    /** A text stands in rows and in indexes: each of its places alone. Whatever H2 makes of it, nobody else waits. */
    @ParameterizedTest
    @ValueSource(strings = {"user:the-owner", "filter/of/bad", "kept/topic-2", "own-2", "both-2", "will-2"})
    void oneChangedPlaceIsInNobodysWay(String text) throws IOException {
        write();
        byte[] whole = Files.readAllBytes(file());
        for (int place : places(text)) {
            Files.write(file(), whole);
            flip(List.of(place));
            try (JdbcStores stores = open()) {
                get(stores.sessions().find(BAD)).ifPresent(session -> {
                    var _ = stores.sessions().note(session.seen(77, 0));
                    var _ = stores.sessions().own(session, "user:the-next");
                    var _ = stores.sessions().delete(session);
                });
                var _ = stores.sessions().create(BAD, "user:the-owner", 3);
                var _ = stores.retained().put(TestStores.INSTANCE, retained(2));
                assertThat(queue(stores, "client-good"))
                        .contains("both-0", "both-1", "both-3", "both-4")
                        .hasSizeBetween(4, 5);
                StoredSession good = session(stores, "client-good");
                get(append(stores.messages(), good, "after"));
                get(stores.sessions().note(good.seen(88, 0)));
                get(stores.sweepNow());
                assertThat(stores.problem()).as("place " + place).isEmpty();
            }
            files().repair();
            assertThat(files().check().damages()).as("place " + place).isEmpty();
        }
    }

    /** A release without checksums has changed rows in between and left the checksums as they were. */
    @Test
    void whatAReleaseWithoutChecksumsHasWrittenSinceIsNotDamaged() throws Exception {
        write();
        change("UPDATE skein_retained SET seq = 99, payload = X'01' WHERE topic = 'kept/topic-2'");
        change("UPDATE skein_session SET disconnected_at = 5, owner = 'user:another'");
        change("UPDATE skein_subscription SET qos = 2");
        change("UPDATE skein_writer SET batch = batch + 3 WHERE writer > 1"); // its commits
        try (JdbcStores stores = open()) {
            assertThat(get(stores.sessions().find(BAD)).orElseThrow().owner()).isEqualTo("user:another");
            assertThat(get(stores.retained().list(TestStores.INSTANCE, "kept", "", 100)))
                    .hasSize(5);
            assertThat(queue(stores, "client-bad")).hasSize(10);
            assertThat(stores.metrics().damagedRows()).isZero();
        }
        assertThat(files().check().damages()).isEmpty();
    }

    /** Opening and closing is no reason to forget them. */
    @Test
    void checksumsOutliveAStart() throws Exception {
        write();
        open().close();
        open().close();
        change("UPDATE skein_retained SET payload = X'01' WHERE topic = 'kept/topic-2'");
        assertThat(files().check().damages()).singleElement().asString().contains("kept/topic-2");
    }
}
