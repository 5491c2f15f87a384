package dev.skein.persistence.journal;

import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.protocol.message.MessageId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one record of the journal says. The body of a message stays in the record. */
sealed interface Change {
    /**
     * Begins what is written together.
     *
     * @param stored offset in the segment up to which everything was stored before
     */
    record Group(long stored) implements Change {}

    /**
     * A message for queues.
     *
     * @param sequence of its identity; the writer is {@link Journal#WRITER}
     */
    record Append(long sequence, @Nullable InboundMark mark, List<Receiver> receivers) implements Change {}

    /** A message leaves a queue. */
    record Acknowledge(long sessionId, MessageId id) implements Change {}

    /** A QoS 2 message gets its packet identifier. */
    record Sent(long sessionId, MessageId id, int packetId) implements Change {}

    /** A QoS 2 message leaves a queue, its packet identifier stays. */
    record Received(long sessionId, MessageId id, int packetId, long position) implements Change {}

    /** A QoS 2 delivery is over. */
    record Completed(long sessionId, int packetId) implements Change {}

    /** An inbound QoS 2 exchange is over. */
    record Released(long sessionId, int packetId) implements Change {}

    /** What was written before of a session is not its any more: it is gone. */
    record Discard(long sessionId) implements Change {}
}
