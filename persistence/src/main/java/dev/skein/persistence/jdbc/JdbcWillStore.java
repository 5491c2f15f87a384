package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredWill;
import dev.skein.persistence.api.WillStore;
import java.sql.Connection;
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
    public CompletionStage<List<StoredWill>> ofOtherNodes(Set<Long> liveNodes, int limit) {
        return reads.read("wills", connection -> ofOtherNodes(connection, liveNodes, limit));
    }

    private static List<StoredWill> ofOtherNodes(Connection connection, Set<Long> liveNodes, int limit)
            throws SQLException {
        String sql = "SELECT connection_id, node, instance, client_id, topic, payload, qos, retain FROM skein_will"
                + (liveNodes.isEmpty()
                        ? ""
                        : " WHERE node NOT IN (" + String.join(", ", Collections.nCopies(liveNodes.size(), "?")) + ")")
                + " ORDER BY node, connection_id LIMIT ?";
        List<StoredWill> wills = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int at = 1;
            for (long node : liveNodes) {
                statement.setLong(at++, node);
            }
            statement.setInt(at, limit);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    wills.add(new StoredWill(
                            result.getLong(1),
                            result.getLong(2),
                            new SessionKey(result.getString(3), result.getString(4)),
                            result.getString(5),
                            result.getBytes(6),
                            result.getInt(7),
                            result.getBoolean(8)));
                }
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
