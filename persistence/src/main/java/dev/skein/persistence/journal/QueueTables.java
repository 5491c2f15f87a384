package dev.skein.persistence.journal;

import dev.skein.persistence.api.QueueCursor;
import dev.skein.persistence.api.QueuePage;
import dev.skein.protocol.message.MessageId;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The part of one queue that is in the tables, as a reader sees it. Confined to the reader.
 *
 * @param <E> what reading throws
 */
public interface QueueTables<E extends Exception> {
    /** The first messages after {@code after}; when there are more, all up to the last of them. */
    QueuePage page(QueueCursor after, int maxMessages, int maxBytes) throws E;

    /** Packet identifiers of messages that were sent, but for those that are {@code gone}. */
    Map<MessageId, Integer> sent(Predicate<MessageId> gone) throws E;

    /** Released packet identifiers with their positions. */
    Map<Integer, Long> released() throws E;

    /** How many messages there are, but for those that are {@code gone}. */
    long depth(Predicate<MessageId> gone) throws E;
}
