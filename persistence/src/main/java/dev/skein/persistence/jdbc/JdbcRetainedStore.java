package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.RetainedStore;
import dev.skein.protocol.mqtt.MessageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Retained messages: writes go to the {@link Committer}, reads to {@link Reads}. */
final class JdbcRetainedStore implements RetainedStore {
    private static final String COLUMNS = "SELECT seq, writer, topic, qos, payload FROM skein_retained";

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
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS + where)) {
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
                while (result.next()) {
                    page.add(new RetainedMessage(
                            new MessageId(result.getLong(1), result.getLong(2)),
                            result.getString(3),
                            result.getInt(4),
                            result.getBytes(5)));
                }
            }
        }
        return List.copyOf(page);
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
