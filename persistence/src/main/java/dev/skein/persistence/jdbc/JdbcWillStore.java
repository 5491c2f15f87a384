package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.api.WillStore;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Properties;
import dev.skein.protocol.message.Will;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Wills: writes go to the {@link Committer}, reads to {@link Reads}. */
final class JdbcWillStore implements WillStore {
    private static final String SELECT =
            "SELECT connection_id, node, instance, client_id, topic, payload, properties, qos, retain,"
                    + " delay_seconds, expiry_seconds, taken_over FROM skein_will";

    private final Committer committer;
    private final Reads reads;

    JdbcWillStore(Committer committer, Reads reads) {
        this.committer = committer;
        this.reads = reads;
    }

    @Override
    public CompletionStage<Void> put(StoredWill will) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.PutWill(will, done));
        return done;
    }

    @Override
    public CompletionStage<Void> remove(long connectionId) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        committer.submit(new Write.RemoveWill(connectionId, done));
        return done;
    }

    @Override
    public CompletionStage<List<StoredWill>> orphans(Set<Long> liveNodes, int limit) {
        String gone = liveNodes.isEmpty()
                ? ""
                : " WHERE taken_over OR node NOT IN (" + String.join(", ", Collections.nCopies(liveNodes.size(), "?"))
                        + ")";
        String sql = SELECT + gone + " ORDER BY node, connection_id LIMIT ?";
        return reads.read("wills", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                int at = 1;
                for (long node : liveNodes) {
                    statement.setLong(at++, node);
                }
                statement.setInt(at, limit);
                return wills(statement);
            }
        });
    }

    @Override
    public CompletionStage<List<StoredWill>> ofClient(SessionKey client) {
        String sql = SELECT + " WHERE instance = ? AND client_id = ? ORDER BY connection_id";
        return reads.read("wills", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, client.instance());
                statement.setString(2, client.clientId());
                return wills(statement);
            }
        });
    }

    private static List<StoredWill> wills(PreparedStatement statement) throws SQLException {
        List<StoredWill> wills = new ArrayList<>();
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                wills.add(new StoredWill(
                        result.getLong(1),
                        result.getLong(2),
                        new SessionKey(result.getString(3), result.getString(4)),
                        new Will(
                                result.getString(5),
                                new Content(result.getBytes(6), Properties.of(result.getBytes(7), Long.MAX_VALUE)),
                                result.getInt(8),
                                result.getBoolean(9),
                                result.getLong(10),
                                result.getLong(11)),
                        result.getBoolean(12)));
            }
        }
        return List.copyOf(wills);
    }

    @Override
    public CompletionStage<Boolean> claim(StoredWill will, long newNode) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        committer.submit(new Write.ClaimWill(will, newNode, done));
        return done;
    }
}
