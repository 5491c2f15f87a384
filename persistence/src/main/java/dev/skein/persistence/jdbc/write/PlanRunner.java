package dev.skein.persistence.jdbc.write;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.persistence.jdbc.sql.Checksum;
import dev.skein.persistence.jdbc.sql.ContentColumns;
import dev.skein.persistence.jdbc.sql.DamagedRow;
import dev.skein.persistence.jdbc.sql.Dialect;
import dev.skein.persistence.jdbc.sql.JournalRow;
import dev.skein.persistence.jdbc.sql.Keys;
import dev.skein.persistence.jdbc.sql.SessionRows;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Subscription;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carries out plans on the connection of the writing thread; the caller commits. Confined to that thread. */
final class PlanRunner {
    private static final int SESSION_ID_BLOCK = 64;
    private static final int CREATE_ATTEMPTS = 3;

    private final Dialect dialect;
    private final BodyCounts bodies;
    private final DamagedRow.Listener damages;
    private long nextSessionId;
    private long endSessionId;

    /** @param damages told of rows that are not what was written */
    PlanRunner(Dialect dialect, BodyCounts bodies, DamagedRow.Listener damages) {
        this.dialect = dialect;
        this.bodies = bodies;
        this.damages = damages;
    }

    /** What running came to; for use after the commit. */
    static final class Outcome {
        long appended;
        long removed;
        final Map<MessageId, Integer> fromBodies = new HashMap<>();
        /** Sessions whose queue has rows left. */
        final List<Long> discarded = new ArrayList<>();
    }

    void run(Connection connection, Plan plan, Outcome outcome) throws SQLException {
        SetAsides.run(connection, plan.damaged);
        resolve(connection, plan.creates);
        QueueWrites queue = new QueueWrites(connection, dialect);
        WillWrites.publish(connection, plan.published);
        outcome.appended += queue.append(plan.fresh(queue.inbound(plan.inbound)));
        MoveWrites.run(connection, dialect, plan.moves, queue);
        for (long segment : plan.journalFiles) {
            JournalRow.opened(connection, segment);
        }
        queue.released(plan.released);
        queue.sent(plan.sent);
        List<MessageId> removed = queue.remove(plan.removals);
        outcome.removed += removed.size();
        for (Write.Trim trim : plan.trims) {
            trim.removed = queue.trim(trim.rows);
        }
        List<MessageId> dead = new ArrayList<>(plan.bodies);
        bodies.known(removed).forEach((id, count) -> {
            int gone = outcome.fromBodies.merge(id, count, Integer::sum);
            if (bodies.empties(id, gone)) {
                dead.add(id);
            }
        });
        Collections.sort(dead);
        queue.dropBodies(dead);
        subscriptions(connection, plan.subscriptions);
        noted(connection, plan.noted);
        owners(connection, plan.owners);
        retained(connection, plan.retained);
        WillWrites.claim(connection, plan.claims);
        WillWrites.change(connection, dialect, plan.wills);
        Removal bounds = new Removal();
        delete(connection, plan.deletes, queue, bounds, outcome);
        dropDiscarded(connection, plan.discarded, queue, bounds, outcome);
    }

    /** Finds or makes the sessions. */
    private void resolve(Connection connection, List<Write.CreateSession> creates) throws SQLException {
        if (creates.isEmpty()) {
            return;
        }
        List<SessionKey> keys = creates.stream().map(create -> create.key).toList();
        List<DamagedRow> damaged = new ArrayList<>();
        Map<SessionKey, StoredSession> found = SessionRows.find(connection, keys, damaged::add);
        SetAsides.run(connection, damaged);
        damaged.forEach(damages::found);
        Map<SessionKey, Write.CreateSession> missing = new LinkedHashMap<>();
        for (Write.CreateSession create : creates) {
            if (!found.containsKey(create.key)) {
                missing.putIfAbsent(create.key, create);
            }
        }
        for (int attempt = 0; attempt < CREATE_ATTEMPTS && !missing.isEmpty(); attempt++) {
            insert(connection, missing);
            // Another node may have been first: what the table holds counts. One that is gone again was removed by
            // another node in between.
            found.putAll(SessionRows.find(connection, missing.keySet(), damages));
            missing.keySet().removeAll(found.keySet());
        }
        for (Write.CreateSession create : creates) {
            create.result = found.get(create.key);
            if (create.result == null) {
                throw notMade(connection, create.key);
            }
        }
    }

    /** Another node may have removed it each time: trying again is not in vain then. */
    private static SQLException notMade(Connection connection, SessionKey key) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT id FROM skein_session WHERE key_hash = ?")) {
            statement.setObject(1, Keys.hash(key.instance(), key.clientId()));
            try (ResultSet result = statement.executeQuery()) {
                return result.next()
                        ? new SQLException("session: " + key + " (expected: no other one with its hash)", "23505")
                        : new SQLException("session: " + key + " (expected: nobody who removes it meanwhile)", "40001");
            }
        }
    }

    private void insert(Connection connection, Map<SessionKey, Write.CreateSession> creates) throws SQLException {
        String sql = dialect.insertIfAbsent(
                "skein_session",
                "key_hash",
                "id, key_hash, instance, client_prefix, client_id, created_at, disconnected_at, owner,"
                        + " expiry_seconds, holder, will_waits, checksum, state_checksum",
                13);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Write.CreateSession create : creates.values()) {
                StoredSession session = create.wanted.identified(sessionId(connection));
                statement.setLong(1, session.id());
                statement.setObject(2, Keys.hash(create.key.instance(), create.key.clientId()));
                statement.setString(3, create.key.instance());
                statement.setString(4, Keys.prefix(create.key.clientId()));
                statement.setString(5, create.key.clientId());
                statement.setLong(6, create.wanted.createdAt());
                statement.setLong(7, create.wanted.disconnectedAt());
                statement.setString(8, create.wanted.owner());
                end(statement, 9, create.wanted);
                ContentColumns.bind(statement, 12, checksum(session));
                ContentColumns.bind(statement, 13, stateChecksum(session));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private @Nullable Checksum checksum(StoredSession session) {
        return dialect.keepsChecksums()
                ? Checksum.ofSession(session.id(), session.key(), session.createdAt(), session.owner())
                : null;
    }

    private @Nullable Checksum stateChecksum(StoredSession session) {
        return dialect.keepsChecksums() ? Checksum.ofSessionState(session) : null;
    }

    private long sessionId(Connection connection) throws SQLException {
        if (nextSessionId == endSessionId) {
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(dialect.nextSessionIds())) {
                result.next();
                nextSessionId = result.getLong(1);
                endSessionId = nextSessionId + SESSION_ID_BLOCK;
            }
        }
        return nextSessionId++;
    }

    /** Forgets the block of session ids: its sequence may have been rolled back with a failed transaction. */
    void forgetSessionIds() {
        nextSessionId = 0;
        endSessionId = 0;
    }

    private void subscriptions(Connection connection, Map<Plan.FilterKey, Optional<Subscription>> subscriptions)
            throws SQLException {
        if (subscriptions.isEmpty()) {
            return;
        }
        String upsert = dialect.upsert(
                "skein_subscription",
                "session_id, filter_hash",
                "session_id, filter_hash, instance, parent, filter, qos, options, share_group, identifier,"
                        + " checksum",
                10,
                "qos, options, identifier, checksum");
        String delete = "DELETE FROM skein_subscription WHERE session_id = ? AND filter_hash = ?";
        try (PreparedStatement put = connection.prepareStatement(upsert);
                PreparedStatement remove = connection.prepareStatement(delete)) {
            boolean puts = false;
            boolean removes = false;
            for (Map.Entry<Plan.FilterKey, Optional<Subscription>> entry : subscriptions.entrySet()) {
                Plan.FilterKey key = entry.getKey();
                if (entry.getValue().isPresent()) {
                    bind(put, key, entry.getValue().get());
                    put.addBatch();
                    puts = true;
                } else {
                    remove.setLong(1, key.sessionId());
                    remove.setObject(2, Keys.hash(key.filter()));
                    remove.addBatch();
                    removes = true;
                }
            }
            execute(remove, removes);
            execute(put, puts);
        }
    }

    private void bind(PreparedStatement put, Plan.FilterKey key, Subscription subscription) throws SQLException {
        put.setLong(1, key.sessionId());
        put.setObject(2, Keys.hash(key.filter()));
        put.setString(3, key.instance());
        put.setString(4, Keys.bounded(Keys.filterParent(subscription.filter())));
        put.setString(5, subscription.filter());
        put.setInt(6, subscription.qos());
        put.setInt(7, subscription.options());
        put.setString(8, subscription.shareGroup());
        put.setInt(9, subscription.identifier());
        ContentColumns.bind(
                put, 10, dialect.keepsChecksums() ? Checksum.ofSubscription(key.sessionId(), subscription) : null);
    }

    private void owners(Connection connection, Map<Long, StoredSession> owners) throws SQLException {
        if (owners.isEmpty()) {
            return;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE skein_session SET owner = ?, checksum = ? WHERE id = ?")) {
            for (StoredSession session : owners.values()) {
                statement.setString(1, session.owner());
                ContentColumns.bind(statement, 2, checksum(session));
                statement.setLong(3, session.id());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private void noted(Connection connection, Map<Long, StoredSession> sessions) throws SQLException {
        if (sessions.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement("UPDATE skein_session SET disconnected_at = ?,"
                + " expiry_seconds = ?, holder = ?, will_waits = ?, state_checksum = ? WHERE id = ?")) {
            for (StoredSession session : sessions.values()) {
                statement.setLong(1, session.disconnectedAt());
                end(statement, 2, session);
                ContentColumns.bind(statement, 5, stateChecksum(session));
                statement.setLong(6, session.id());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Expiry, holder and whether a will waits, from parameter {@code at} on. */
    private static void end(PreparedStatement statement, int at, StoredSession session) throws SQLException {
        statement.setObject(at, session.expirySeconds(), Types.BIGINT);
        statement.setObject(at + 1, session.holder() == 0 ? null : session.holder(), Types.BIGINT);
        statement.setBoolean(at + 2, session.willWaits());
    }

    private void retained(Connection connection, Map<Plan.TopicKey, Optional<RetainedMessage>> messages)
            throws SQLException {
        if (messages.isEmpty()) {
            return;
        }
        String upsert = dialect.upsert(
                "skein_retained",
                "key_hash",
                "key_hash, instance, parent, topic_prefix, topic, seq, writer, qos, " + ContentColumns.NAMES,
                8 + ContentColumns.COUNT,
                "seq, writer, qos, " + ContentColumns.NAMES);
        try (PreparedStatement put = connection.prepareStatement(upsert);
                PreparedStatement remove =
                        connection.prepareStatement("DELETE FROM skein_retained WHERE key_hash = ?")) {
            boolean puts = false;
            boolean removes = false;
            for (Map.Entry<Plan.TopicKey, Optional<RetainedMessage>> entry : messages.entrySet()) {
                Plan.TopicKey key = entry.getKey();
                if (entry.getValue().isPresent()) {
                    bind(put, key, entry.getValue().get());
                    put.addBatch();
                    puts = true;
                } else {
                    remove.setObject(1, Keys.hash(key.instance(), key.topic()));
                    remove.addBatch();
                    removes = true;
                }
            }
            execute(remove, removes);
            execute(put, puts);
        }
    }

    private void bind(PreparedStatement put, Plan.TopicKey key, RetainedMessage message) throws SQLException {
        put.setObject(1, Keys.hash(key.instance(), key.topic()));
        put.setString(2, key.instance());
        put.setString(3, Keys.bounded(Keys.topicParent(key.topic())));
        put.setString(4, Keys.prefix(key.topic()));
        put.setString(5, key.topic());
        put.setLong(6, message.id().sequence());
        put.setLong(7, message.id().writer());
        put.setInt(8, message.qos());
        Checksum checksum =
                dialect.keepsChecksums() ? Checksum.ofRetained(key.instance(), message.id(), message.qos()) : null;
        ContentColumns.bind(put, 9, key.topic(), message.content(), message.origin(), checksum);
    }

    private void delete(Connection connection, List<Long> sessions, QueueWrites queue, Removal bounds, Outcome outcome)
            throws SQLException {
        if (sessions.isEmpty()) {
            return;
        }
        besideQueues(connection, sessions);
        each(connection, "DELETE FROM skein_session WHERE id = ?", sessions);
        List<Long> left = queue.removeQueues(sessions, bounds);
        if (!left.isEmpty()) {
            each(connection, dialect.insertIfAbsent("skein_discarded", "session_id", "session_id", 1), left);
            outcome.discarded.addAll(left);
        }
    }

    private static void dropDiscarded(
            Connection connection, List<Long> sessions, QueueWrites queue, Removal bounds, Outcome outcome)
            throws SQLException {
        if (sessions.isEmpty()) {
            return;
        }
        List<Long> left = queue.removeQueues(sessions, bounds);
        List<Long> done = new ArrayList<>(sessions);
        done.removeAll(left);
        besideQueues(connection, done); // what another node wrote before it knew
        each(connection, "DELETE FROM skein_discarded WHERE session_id = ?", done);
        outcome.discarded.addAll(left);
    }

    private static void besideQueues(Connection connection, List<Long> sessions) throws SQLException {
        for (String table : List.of("skein_subscription", "skein_qos2_out", "skein_qos2_in")) {
            each(connection, "DELETE FROM " + table + " WHERE session_id = ?", sessions);
        }
    }

    private static void each(Connection connection, String sql, List<Long> sessions) throws SQLException {
        if (sessions.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (long session : sessions) {
                statement.setLong(1, session);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void execute(PreparedStatement statement, boolean any) throws SQLException {
        if (any) {
            statement.executeBatch();
        }
    }
}
