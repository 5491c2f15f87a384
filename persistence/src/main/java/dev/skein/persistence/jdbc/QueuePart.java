package dev.skein.persistence.jdbc;

import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.persistence.jdbc.read.QueueRows;
import dev.skein.persistence.jdbc.sql.DamagedRow;
import dev.skein.persistence.journal.QueueTables;
import dev.skein.protocol.message.MessageId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Predicate;

/** The part of a queue that is in the tables. */
record QueuePart(Connection connection, long sessionId, DamagedRow.Listener damages)
        implements QueueTables<SQLException> {
    @Override
    public QueuePage page(QueueCursor after, int maxMessages, int maxBytes) throws SQLException {
        return QueueRows.page(connection, new QueueRows.Asked(sessionId, after, maxMessages, maxBytes, damages));
    }

    @Override
    public Map<MessageId, Integer> sent(Predicate<MessageId> gone) throws SQLException {
        return QueueRows.sent(connection, sessionId, gone);
    }

    @Override
    public Map<Integer, Long> released() throws SQLException {
        return QueueRows.released(connection, sessionId);
    }

    @Override
    public long depth(Predicate<MessageId> gone) throws SQLException {
        return QueueRows.depth(connection, sessionId, gone);
    }
}
