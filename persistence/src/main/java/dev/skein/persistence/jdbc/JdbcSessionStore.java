package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.SessionStore;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.Subscription;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Sessions: writes go to the {@link Committer}, reads to {@link Reads}. */
final class JdbcSessionStore implements SessionStore {
    private final Committer committer;
    private final Reads reads;
    private final Lookups lookups;

    JdbcSessionStore(Committer committer, Reads reads) {
        this.committer = committer;
        this.reads = reads;
        this.lookups = new Lookups(reads);
    }

    @Override
    public CompletionStage<Optional<StoredSession>> find(SessionKey key) {
        return lookups.find(key);
    }

    @Override
    public CompletionStage<StoredSession> create(SessionKey key, @Nullable String owner, long nowMillis) {
        CompletableFuture<StoredSession> done = new CompletableFuture<>();
        committer.submit(new Write.CreateSession(key, owner, nowMillis, done));
        return done;
    }

    @Override
    public CompletionStage<Void> own(StoredSession session, String owner) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.OwnSession(session, owner, done));
        return done;
    }

    @Override
    public CompletionStage<Void> subscribe(StoredSession session, List<Subscription> subscriptions) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.Subscribe(session, List.copyOf(subscriptions), done));
        return done;
    }

    @Override
    public CompletionStage<Void> unsubscribe(StoredSession session, List<String> filters) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.Unsubscribe(session, List.copyOf(filters), done));
        return done;
    }

    @Override
    public CompletionStage<Void> disconnectedAt(StoredSession session, long millis) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.DisconnectedAt(session, millis, done));
        return done;
    }

    @Override
    public CompletionStage<Void> delete(StoredSession session) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.DeleteSession(session, done));
        return done;
    }

    @Override
    public CompletionStage<List<PersistentRoute>> routes(
            String instance, String parent, long afterSessionId, int limit) {
        return reads.read("routes", connection -> routes(connection, instance, parent, afterSessionId, limit));
    }

    private static List<PersistentRoute> routes(
            Connection connection, String instance, String parent, long afterSessionId, int limit) throws SQLException {
        String key = Keys.bounded(parent);
        long last = lastSession(connection, instance, key, afterSessionId, limit);
        List<PersistentRoute> routes = new ArrayList<>();
        String sql = "SELECT u.session_id, s.client_id, " + SessionRows.SUBSCRIPTION + " FROM skein_subscription u"
                + " JOIN skein_session s ON s.id = u.session_id WHERE u.instance = ? AND u.parent = ?"
                + " AND u.session_id > ? AND u.session_id <= ? ORDER BY u.instance, u.parent, u.session_id";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, instance);
            statement.setString(2, key);
            statement.setLong(3, afterSessionId);
            statement.setLong(4, last);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    routes.add(SessionRows.route(instance, result));
                }
            }
        }
        return List.copyOf(routes);
    }

    @Override
    public CompletionStage<List<PersistentRoute>> routes(String instance, Map<Long, Set<String>> filters) {
        List<SessionRows.Wanted> wanted = new ArrayList<>();
        filters.forEach((id, each) -> each.forEach(filter -> wanted.add(new SessionRows.Wanted(id, filter))));
        return reads.read("routes", connection -> SessionRows.routes(connection, instance, wanted));
    }

    /** The greatest id among the next {@code limit} sessions; {@code after} itself when there is none. */
    private static long lastSession(Connection connection, String instance, String parent, long after, int limit)
            throws SQLException {
        String sql = "SELECT DISTINCT session_id FROM skein_subscription WHERE instance = ? AND parent = ?"
                + " AND session_id > ? ORDER BY session_id LIMIT ?";
        long last = after;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, instance);
            statement.setString(2, parent);
            statement.setLong(3, after);
            statement.setInt(4, limit);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    last = result.getLong(1);
                }
            }
        }
        return last;
    }

    @Override
    public CompletionStage<List<StoredSession>> disconnectedBefore(String instance, long beforeMillis, int limit) {
        String sql = "SELECT " + SessionRows.COLUMNS + " FROM skein_session WHERE instance = ? AND disconnected_at > 0"
                + " AND disconnected_at < ? ORDER BY instance, disconnected_at, id LIMIT ?";
        return reads.read("disconnectedBefore", connection -> {
            List<StoredSession> sessions = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, instance);
                statement.setLong(2, beforeMillis);
                statement.setInt(3, limit);
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        sessions.add(SessionRows.row(result));
                    }
                }
            }
            return SessionRows.withSubscriptions(connection, sessions);
        });
    }

    @Override
    public CompletionStage<List<StoredSession>> list(String instance, String prefix, String afterClientId, int limit) {
        return reads.read("list", connection -> list(connection, instance, prefix, afterClientId, limit));
    }

    private static List<StoredSession> list(
            Connection connection, String instance, String prefix, String afterClientId, int limit)
            throws SQLException {
        // Client IDs with one beginning stand together in the order, so the first other one ends the page.
        String from = Keys.prefix(prefix.compareTo(afterClientId) > 0 ? prefix : afterClientId);
        String sql = "SELECT " + SessionRows.COLUMNS + " FROM skein_session WHERE instance = ? AND client_prefix >= ?"
                + " AND client_id > ? AND client_id >= ? ORDER BY instance, client_prefix, client_id LIMIT ?";
        List<StoredSession> sessions = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, instance);
            statement.setString(2, from);
            statement.setString(3, afterClientId);
            statement.setString(4, prefix);
            statement.setInt(5, limit);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    StoredSession session = SessionRows.row(result);
                    if (!session.key().clientId().startsWith(prefix)) {
                        break;
                    }
                    sessions.add(session);
                }
            }
        }
        return SessionRows.withSubscriptions(connection, sessions);
    }

    @Override
    public CompletionStage<Long> count(String instance) {
        return reads.read("count", connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT COUNT(*) FROM skein_session WHERE instance = ?")) {
                statement.setString(1, instance);
                try (ResultSet result = statement.executeQuery()) {
                    result.next();
                    return result.getLong(1);
                }
            }
        });
    }
}
