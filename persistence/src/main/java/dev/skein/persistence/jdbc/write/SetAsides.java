package dev.skein.persistence.jdbc.write;

import dev.skein.persistence.jdbc.sql.DamagedRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * Puts damaged rows where nobody reads them; they keep what they say. Only columns without an index change, as far as
 * that goes: H2 does not find the entry of a damaged column in its index.
 */
public final class SetAsides {
    private static final String NOW = "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";

    private SetAsides() {}

    /** Sets aside each of {@code rows}; the caller commits. */
    public static void run(Connection connection, List<DamagedRow> rows) throws SQLException {
        for (DamagedRow row : rows) {
            switch (row.table()) {
                case QUEUE ->
                    update(
                            connection,
                            "UPDATE skein_queue SET session_id = ? WHERE row_seq = ? AND writer = ?",
                            List.of(DamagedRow.NOBODY, row.key(), row.writer()));
                case WILL ->
                    update(
                            connection,
                            "UPDATE skein_will SET set_aside_at = " + NOW + " WHERE connection_id = ?",
                            List.of(row.key()));
                case SESSION -> // another session may have its key
                    update(
                            connection,
                            "UPDATE skein_session SET key_hash = ?, set_aside_at = " + NOW + " WHERE id = ?"
                                    + " AND set_aside_at IS NULL",
                            List.of(UUID.randomUUID(), row.key()));
                case RETAINED -> // so may the topic
                    update(
                            connection,
                            "UPDATE skein_retained SET key_hash = ?, set_aside_at = " + NOW + " WHERE key_hash = ?"
                                    + " AND set_aside_at IS NULL",
                            List.of(UUID.randomUUID(), new UUID(row.key(), row.writer())));
            }
        }
    }

    private static void update(Connection connection, String sql, List<Object> values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            statement.executeUpdate();
        }
    }
}
