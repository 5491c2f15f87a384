package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.RetainedStore;
import dev.skein.protocol.message.MessageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Retained messages: writes go to the {@link Committer}, reads to {@link Reads}. */
final class JdbcRetainedStore implements RetainedStore {
    private static final String COLUMNS =
            "SELECT seq, writer, topic, qos, " + ContentColumns.NAMES + " FROM skein_retained";

    private static final int PAGE_BYTES = 1 << 20;
    /** Rows that PostgreSQL sends at a time; H2 reads each when it is wanted. */
    private static final int FETCH_SIZE = 16;

    private final Committer committer;
    private final Reads reads;

    JdbcRetainedStore(Committer committer, Reads reads) {
        this.committer = committer;
        this.reads = reads;
    }

    @Override
    public CompletionStage<Void> put(String instance, RetainedMessage message) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.PutRetained(instance, message, done));
        return done;
    }

    @Override
    public CompletionStage<Void> remove(String instance, String topic) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.RemoveRetained(instance, topic, done));
        return done;
    }

    @Override
    public CompletionStage<List<RetainedMessage>> list(
            String instance, @Nullable String parent, String afterTopic, int limit) {
        return reads.read("retained", connection -> list(connection, instance, parent, afterTopic, limit));
    }

    private static List<RetainedMessage> list(
            Connection connection, String instance, @Nullable String parent, String afterTopic, int limit)
            throws SQLException {
        String where = " WHERE instance = ?" + (parent == null ? "" : " AND parent = ?")
                + " AND topic_prefix >= ? AND (topic_prefix > ? OR topic > ?) ORDER BY instance, "
                + (parent == null ? "" : "parent, ") + "topic_prefix, topic LIMIT ?";
        List<RetainedMessage> page = new ArrayList<>();
        long bytes = 0;
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS + where)) {
            statement.setFetchSize(FETCH_SIZE);
            int at = 1;
            statement.setString(at++, instance);
            if (parent != null) {
                statement.setString(at++, Keys.bounded(parent));
            }
            statement.setString(at++, Keys.prefix(afterTopic));
            statement.setString(at++, Keys.prefix(afterTopic));
            statement.setString(at++, afterTopic);
            statement.setInt(at, limit);
            try (ResultSet result = statement.executeQuery()) {
                while (bytes < PAGE_BYTES && result.next()) {
                    RetainedMessage message = message(result);
                    bytes += message.content().bytes() + message.topic().length();
                    page.add(message);
                }
            }
        }
        return List.copyOf(page);
    }

    private static RetainedMessage message(ResultSet result) throws SQLException {
        return new RetainedMessage(
                new MessageId(result.getLong(1), result.getLong(2)),
                result.getString(3),
                Objects.requireNonNull(ContentColumns.content(result, 5)),
                result.getInt(4),
                ContentColumns.origin(result, 5));
    }

    @Override
    public CompletionStage<Map<String, RetainedMessage>> read(String instance, Collection<String> topics) {
        return reads.read("retained", connection -> {
            Map<String, RetainedMessage> found = new HashMap<>();
            try (PreparedStatement statement = connection.prepareStatement(COLUMNS + " WHERE key_hash = ?")) {
                for (String topic : topics) {
                    statement.setObject(1, Keys.hash(instance, topic));
                    try (ResultSet result = statement.executeQuery()) {
                        if (result.next()) {
                            found.put(topic, message(result));
                        }
                    }
                }
            }
            return found;
        });
    }

    @Override
    public CompletionStage<Long> count(String instance) {
        return reads.read("retained count", connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT COUNT(*) FROM skein_retained WHERE instance = ?")) {
                statement.setString(1, instance);
                try (ResultSet result = statement.executeQuery()) {
                    result.next();
                    return result.getLong(1);
                }
            }
        });
    }
}
