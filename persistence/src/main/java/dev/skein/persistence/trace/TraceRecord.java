package dev.skein.persistence.trace;

import dev.skein.protocol.message.MessageId;
import org.jspecify.annotations.Nullable;

/**
 * One step of one client or message.
 *
 * @param millis since the Unix epoch, by the clock of the node
 * @param instance id
 * @param clientId whom it is about: the publisher, the receiver, the client that connects; empty for none
 * @param message its identity at that step; null for steps of connections, and for what was refused
 * @param received the identity under which it was received, where the store gave it another one; else null
 * @param topic as published; empty for steps of connections
 * @param qos of the step, 0..2
 * @param channel the connection: 32 hexadecimal digits, as status notices have it; empty for none
 * @param address and port of the client; empty but for steps of connections
 * @param detail reason, origin or rule; may be empty
 * @param count how many receivers or deliveries, 1 and more
 */
public record TraceRecord(
        long millis,
        TraceStep step,
        String instance,
        String clientId,
        @Nullable MessageId message,
        @Nullable MessageId received,
        String topic,
        int qos,
        String channel,
        String address,
        String detail,
        int count) {}
