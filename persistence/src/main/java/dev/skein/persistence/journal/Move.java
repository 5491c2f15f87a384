package dev.skein.persistence.journal;

import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What goes from the journal to the tables in one transaction, together with the number of the last record that the
 * tables contain then. Filled on the moving thread, then read only.
 */
public final class Move {
    /** Position of a packet identifier that is free again. */
    public static final long FREE = -1;

    /** A row of a queue; {@code sentPacketId} 0: it was not sent. */
    public record Row(long sessionId, int qos, boolean retain, int sentPacketId) {}

    /** A message with the queues that it is still in. */
    public record Message(MessageId id, Body body, List<Row> rows) {}

    /** A message of a queue in the tables. */
    public record Place(long sessionId, MessageId id) {}

    /** A packet identifier of a session. */
    public record Packet(long sessionId, int packetId) {}

    private final List<Message> messages = new ArrayList<>();
    private final List<Place> removed = new ArrayList<>();
    private final Map<Place, Integer> sent = new LinkedHashMap<>();
    private final Map<Packet, Long> released = new LinkedHashMap<>();
    private final Map<InboundMark, Optional<MessageId>> inbound = new LinkedHashMap<>();
    private long after;
    private long highWater;
    private long lastSequence;
    private long bytes;
    private int rows;
    private long emptied;

    /** Messages that are still queued, oldest first. */
    public List<Message> messages() {
        return messages;
    }

    /** What is to leave the queues in the tables. */
    public List<Place> removed() {
        return removed;
    }

    /** Packet identifiers of messages in the tables. */
    public Map<Place, Integer> sent() {
        return sent;
    }

    /** Positions of released packet identifiers, or {@link #FREE}. */
    public Map<Packet, Long> released() {
        return released;
    }

    /** Messages that received packet identifiers stand for; empty: they are released. */
    public Map<InboundMark, Optional<MessageId>> inbound() {
        return inbound;
    }

    /** The last record that the tables contain before it; when they contain another they lost commits. */
    public long after() {
        return after;
    }

    /** The last record that the tables contain then. */
    public long highWater() {
        return highWater;
    }

    /** At least the greatest sequence that the records contain. */
    public long lastSequence() {
        return lastSequence;
    }

    /** Payload and texts. */
    public long bytes() {
        return bytes;
    }

    /** Rows that it changes. */
    public int rows() {
        return rows;
    }

    /** Number of the file of which the tables contain everything then; 0: there is a rest of it. */
    public long emptied() {
        return emptied;
    }

    void empties(long segment) {
        emptied = segment;
    }

    void add(Message message, int length) {
        messages.add(message);
        bytes += length;
        rows += message.rows().size();
    }

    /** One more row than before was changed. */
    void count() {
        rows++;
    }

    void reach(long from, long number, long sequence) {
        after = from;
        highWater = number;
        lastSequence = sequence;
    }
}
