package dev.skein.persistence.jdbc.sql;

import dev.skein.persistence.api.QueuedMessage;
import dev.skein.protocol.message.MessageId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads messages of queues, and knows those that are not what was written. */
public final class QueueColumns {
    /** Rows of queues, {@code q}, with the bodies of messages that several have, {@code b}. */
    public static final String FROM = " FROM skein_queue q LEFT JOIN skein_body b"
            + " ON q.payload IS NULL AND b.seq = q.seq AND b.writer = q.writer";

    /** What {@link #read} needs. */
    public static final String SELECT = "SELECT q.row_seq, q.session_id, q.writer, q.seq, q.qos, q.sent_packet_id,"
            + " q.checksum, q.payload IS NOT NULL, b.checksum, COALESCE(q.topic, b.topic),"
            + " COALESCE(q.payload, b.payload), COALESCE(q.properties, b.properties),"
            + " COALESCE(q.expires_at, b.expires_at), COALESCE(q.origin, b.origin)" + FROM;

    private static final int TOPIC = 10;
    private static final int CONTENT = 11;

    private QueueColumns() {}

    /** The message of the current row; null when it is damaged, which {@code damages} is told. */
    public static @Nullable QueuedMessage read(ResultSet result, DamagedRow.Listener damages) throws SQLException {
        long rowSequence = result.getLong(1);
        long session = result.getLong(2);
        long writer = result.getLong(3);
        MessageId id = new MessageId(result.getLong(4), writer);
        return DamagedRow.unlessDamaged(
                () -> message(result, session, id),
                why -> new DamagedRow(
                        DamagedRow.Table.QUEUE, rowSequence, writer, "message " + id + " of session " + session + why),
                damages);
    }

    private static @Nullable QueuedMessage message(ResultSet result, long session, MessageId id) throws SQLException {
        int flags = result.getInt(5);
        String topic = result.getString(TOPIC);
        ContentColumns.Raw raw = ContentColumns.Raw.read(result, CONTENT);
        if (topic == null || raw.payload() == null) {
            throw new IllegalArgumentException("it has no body");
        }
        Long ofRow = result.getObject(7, Long.class);
        Supplier<Checksum> row = () -> Checksum.ofQueueRow(session, id, flags);
        boolean whole = result.getBoolean(8)
                ? Checksum.fits(ofRow, () -> row.get().message(topic, raw))
                : Checksum.fits(ofRow, row)
                        && Checksum.fits(
                                result.getObject(9, Long.class),
                                () -> Checksum.ofBody(id).message(topic, raw));
        return whole
                ? new QueuedMessage(
                        id,
                        topic,
                        raw.decoded(),
                        QueueFlags.qos(flags),
                        QueueFlags.retain(flags),
                        result.getInt(6),
                        raw.source())
                : null;
    }
}
