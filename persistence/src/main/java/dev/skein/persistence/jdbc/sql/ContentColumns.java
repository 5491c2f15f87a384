package dev.skein.persistence.jdbc.sql;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Properties;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** The columns of a message that are the same in every table that keeps messages. */
public final class ContentColumns {
    /** In the order in which they are bound and read. */
    public static final String NAMES = "payload, properties, expires_at, origin";

    public static final int COUNT = 4;

    private ContentColumns() {}

    public static void bind(PreparedStatement statement, int at, Content content, Origin origin) throws SQLException {
        Properties properties = content.properties();
        statement.setBytes(at, content.payload());
        statement.setBytes(at + 1, properties == null ? null : properties.encoded());
        if (content.expiresAt() == Long.MAX_VALUE) {
            statement.setNull(at + 2, Types.BIGINT);
        } else {
            statement.setLong(at + 2, content.expiresAt());
        }
        statement.setString(at + 3, origin.toString());
    }

    /** The content stands in another table. */
    public static void bindNone(PreparedStatement statement, int at) throws SQLException {
        statement.setNull(at, Types.VARBINARY);
        statement.setNull(at + 1, Types.VARBINARY);
        statement.setNull(at + 2, Types.BIGINT);
        statement.setNull(at + 3, Types.VARCHAR);
    }

    /** The content of the current row, or null when it has none. */
    public static @Nullable Content content(ResultSet result, int at) throws SQLException {
        byte[] payload = result.getBytes(at);
        return payload == null ? null : new Content(payload, properties(result, at + 1));
    }

    private static @Nullable Properties properties(ResultSet result, int at) throws SQLException {
        byte[] encoded = result.getBytes(at);
        long expiresAt = result.getLong(at + 1);
        return Properties.of(encoded, result.wasNull() ? Long.MAX_VALUE : expiresAt);
    }

    /** The origin of the current row; rows of earlier versions have none. */
    public static Origin origin(ResultSet result, int at) throws SQLException {
        return Origin.of(result.getString(at + COUNT - 1));
    }
}
