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
    public static final String NAMES = "payload, properties, expires_at, origin, checksum";

    public static final int COUNT = 5;

    private static final int CHECKSUM = 4;

    private ContentColumns() {}

    /**
     * What the columns hold, as it is in them: not decoded before its checksum was looked at.
     *
     * @param payload null when it stands in another table
     * @param expiresAt milliseconds since the Unix epoch; the greatest long for never
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never written to
    public record Raw(
            byte @Nullable [] payload,
            byte @Nullable [] properties,
            long expiresAt,
            @Nullable String origin) {
        static Raw of(Content content, Origin origin) {
            Properties properties = content.properties();
            return new Raw(
                    content.payload(),
                    properties == null ? null : properties.encoded(),
                    content.expiresAt(),
                    origin.toString());
        }

        /** Columns {@code at} and the next ones, without that of the checksum. */
        public static Raw read(ResultSet result, int at) throws SQLException {
            byte[] payload = result.getBytes(at);
            byte[] properties = result.getBytes(at + 1);
            long expiresAt = result.getLong(at + 2);
            return new Raw(
                    payload, properties, result.wasNull() ? Long.MAX_VALUE : expiresAt, result.getString(at + 3));
        }

        /**
         * The message's content.
         *
         * @throws IllegalArgumentException when there is none, or its properties are none
         */
        public Content decoded() {
            if (payload == null) {
                throw new IllegalArgumentException("body: (expected: one)");
            }
            return new Content(payload, Properties.of(properties, expiresAt));
        }

        /** Who published it; rows of earlier versions do not say it. */
        public Origin source() {
            return Origin.of(origin);
        }
    }

    /**
     * Binds all of them.
     *
     * @param checksum of the row so far, to which the message is added; null where none is kept
     */
    public static void bind(
            PreparedStatement statement,
            int at,
            String topic,
            Content content,
            Origin origin,
            @Nullable Checksum checksum)
            throws SQLException {
        Raw raw = Raw.of(content, origin);
        statement.setBytes(at, raw.payload());
        statement.setBytes(at + 1, raw.properties());
        if (raw.expiresAt() == Long.MAX_VALUE) {
            statement.setNull(at + 2, Types.BIGINT);
        } else {
            statement.setLong(at + 2, raw.expiresAt());
        }
        statement.setString(at + 3, raw.origin());
        bind(statement, at + CHECKSUM, checksum == null ? null : checksum.message(topic, raw));
    }

    /** The content stands in another table. */
    public static void bindNone(PreparedStatement statement, int at, @Nullable Checksum checksum) throws SQLException {
        statement.setNull(at, Types.VARBINARY);
        statement.setNull(at + 1, Types.VARBINARY);
        statement.setNull(at + 2, Types.BIGINT);
        statement.setNull(at + 3, Types.VARCHAR);
        bind(statement, at + CHECKSUM, checksum);
    }

    /** Binds a checksum. */
    public static void bind(PreparedStatement statement, int at, @Nullable Checksum checksum) throws SQLException {
        if (checksum == null) {
            statement.setNull(at, Types.BIGINT);
        } else {
            statement.setLong(at, checksum.value());
        }
    }
}
