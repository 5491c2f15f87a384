package dev.skein.persistence.jdbc;

import static dev.skein.persistence.contract.TestStores.append;
import static dev.skein.persistence.contract.TestStores.drain;
import static dev.skein.persistence.contract.TestStores.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.contract.TestStores;
import dev.skein.persistence.jdbc.sql.Keys;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Subscription;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A database of schema 7 (no properties, origin, options) or 8 (no owners of sessions) is used on, and the release that
 * wrote it still can.
 */
interface UpgradeContract {
    /** Milliseconds since the Unix epoch, as sequences begin with. */
    long THEN = 1_790_000_000_000L << 16;

    /** The same empty database during one test. */
    String url();

    String user();

    private Connection connection() throws SQLException {
        return old().connect();
    }

    private OldSchema old() {
        return new OldSchema(url(), user());
    }

    private JdbcStores open() {
        return JdbcStores.open(url(), user(), "", 4, TestStores.settings(), InstantSource.system(), (_, _, _) -> {});
    }

    /** Writes as the release with schema 7 does. */
    private void writeAsSeven(int number) throws SQLException {
        long seq = THEN + 10L * number;
        byte[] body = {(byte) number};
        try (Connection connection = connection()) {
            OldSchema.run(
                    connection,
                    "INSERT INTO skein_queue (row_seq, writer, session_id, seq, qos, sent_packet_id, topic, payload)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    List.of(seq, 5L << 32, 1L, seq, 1, 0, "one", body));
            OldSchema.run(
                    connection,
                    "INSERT INTO skein_body (seq, writer, receivers, topic, payload) VALUES (?, ?, ?, ?, ?)",
                    List.of(seq + 1, 5L << 32, 2, "two", body));
            for (long session = 1; session <= 2; session++) {
                OldSchema.run(
                        connection,
                        "INSERT INTO skein_queue (row_seq, writer, session_id, seq, qos, sent_packet_id)"
                                + " VALUES (?, ?, ?, ?, ?, ?)",
                        List.of(seq + session, 5L << 32, session, seq + 1, 2, 0));
            }
            String topic = "kept/" + number;
            OldSchema.run(
                    connection,
                    "INSERT INTO skein_retained (key_hash, instance, parent, topic_prefix, topic, seq, writer, qos,"
                            + " payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    List.of(
                            Keys.hash(TestStores.INSTANCE, topic),
                            TestStores.INSTANCE,
                            "kept",
                            topic,
                            topic,
                            seq,
                            5L << 32,
                            1,
                            body));
            OldSchema.run(
                    connection,
                    "INSERT INTO skein_will (connection_id, node, instance, client_id, topic, payload, qos, retain)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    List.of((long) number, 9L, TestStores.INSTANCE, "c1", "last", body, 1, true));
        }
    }

    private void sessionAsEight(long id, String client) throws SQLException {
        try (Connection connection = connection()) {
            OldSchema.run(
                    connection,
                    "INSERT INTO skein_session (id, key_hash, instance, client_prefix, client_id, created_at,"
                            + " disconnected_at, expiry_seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    List.of(
                            id,
                            Keys.hash(TestStores.INSTANCE, client),
                            TestStores.INSTANCE,
                            client,
                            client,
                            5L,
                            0L,
                            60L));
        }
    }

    @Test
    default void whatTheReleaseBeforeWroteIsRead() throws SQLException, IOException {
        old().make(7);
        old().sessionsAsSeven();
        writeAsSeven(1);
        try (JdbcStores stores = open()) {
            writeAsSeven(2); // a node that is not upgraded yet
            StoredSession session = get(stores.sessions().find(new SessionKey(TestStores.INSTANCE, "c1")))
                    .orElseThrow();
            MessageId mine = get(
                    append(stores.messages(), "three", new byte[] {3}, List.of(new Receiver(session.id(), 1)), null));

            assertThat(session.subscriptions()).containsExactly(new Subscription("f/1", 2));
            assertThat(get(stores.sessions().routes(TestStores.INSTANCE, "f", 0, 10)))
                    .extracting(PersistentRoute::subscription)
                    .containsExactly(new Subscription("f/1", 2), new Subscription("f/2", 2));
            assertThat(drain(stores.messages(), 1, 10))
                    .extracting(each -> each.topic() + each.payload()[0])
                    .containsExactlyInAnyOrder("one1", "two1", "one2", "two2", "three3");
            assertThat(drain(stores.messages(), 2, 10)).hasSize(2).allSatisfy(each -> {
                assertThat(each.content().properties()).isNull();
                assertThat(each.origin()).isEqualTo(Origin.UNKNOWN);
            });
            assertThat(drain(stores.messages(), 1, 10))
                    .last()
                    .satisfies(last -> assertThat(last.id()).isEqualTo(mine));
            assertThat(get(stores.retained().list(TestStores.INSTANCE, "kept", "", 10)))
                    .extracting(RetainedMessage::topic)
                    .containsExactly("kept/1", "kept/2");
            assertThat(get(stores.wills().orphans(Set.of(), 10)))
                    .extracting(StoredWill::will)
                    .allSatisfy(will -> {
                        assertThat(will.topic()).isEqualTo("last");
                        assertThat(will.delaySeconds()).isZero();
                        assertThat(will.expirySeconds()).isZero();
                        assertThat(will.content().properties()).isNull();
                    })
                    .hasSize(2);
        }
    }

    @Test
    default void sessionsOfTheReleaseBeforeBelongToNobodyUntilSomebodyConnects() throws SQLException, IOException {
        old().make(8);
        sessionAsEight(1, "c1");
        SessionKey key = new SessionKey(TestStores.INSTANCE, "c1");
        try (JdbcStores stores = open()) {
            sessionAsEight(2, "c2"); // a node that is not upgraded yet
            StoredSession session = get(stores.sessions().find(key)).orElseThrow();
            assertThat(session.owner()).isNull();
            assertThat(get(stores.sessions().find(new SessionKey(TestStores.INSTANCE, "c2")))
                            .orElseThrow()
                            .owner())
                    .isNull();
            get(stores.sessions().own(session, "user:alice"));
            get(stores.sessions().note(session.seen(7, 9)));
            try (Connection connection = connection()) { // the client of the other leaves that node
                OldSchema.run(
                        connection, "UPDATE skein_session SET disconnected_at = ? WHERE id = ?", List.of(7_000L, 2L));
            }
            assertThat(get(stores.sessions().expired(TestStores.INSTANCE, 67_000, 0, 10)))
                    .isEmpty();
            assertThat(get(stores.sessions().expired(TestStores.INSTANCE, 67_001, 0, 10)))
                    .extracting(StoredSession::id)
                    .containsExactly(2L);
        }
        try (JdbcStores stores = open()) {
            assertThat(get(stores.sessions().find(key)).orElseThrow().owner()).isEqualTo("user:alice");
        }
    }
}
