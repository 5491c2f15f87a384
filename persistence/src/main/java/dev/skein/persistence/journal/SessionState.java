package dev.skein.persistence.journal;

import dev.skein.protocol.message.MessageId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the journal holds of one session, and how it differs from the tables. Guarded by the index. */
final class SessionState {
    /** About what a mark takes, with its place in a map. */
    static final int MARK_BYTES = 120;

    /** Messages of one writer together, in their order. */
    private static final Comparator<MessageId> BY_WRITER =
            Comparator.comparingLong(MessageId::writer).thenComparingLong(MessageId::sequence);

    /**
     * A change of the tables that is not there yet.
     *
     * @param number the record that says it
     * @param segment where that is
     * @param value a packet identifier, a position, or nothing
     * @param message that a received packet identifier stands for; null: none
     */
    record Mark(
            long number,
            Segment segment,
            long value,
            @Nullable MessageId message) {}

    final QueueEntries queue = new QueueEntries();
    /** Messages that left the queue in the tables. */
    final TreeMap<MessageId, Mark> gone = new TreeMap<>(BY_WRITER);
    /** Packet identifiers of messages in the tables. */
    final Map<MessageId, Mark> sent = new HashMap<>(0);
    /** Positions by packet identifier, or {@link Move#FREE}. */
    final Map<Integer, Mark> released = new HashMap<>(0);
    /** By packet identifier. */
    final Map<Integer, Mark> inbound = new HashMap<>(0);

    boolean isEmpty() {
        return queue.size() == 0 && gone.isEmpty() && sent.isEmpty() && released.isEmpty() && inbound.isEmpty();
    }
}
