package dev.skein.node.control;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records of one page, in the order that was asked for. It may be empty and have a next one: a node looks only for so
 * long.
 *
 * @param records at most as many as asked for
 * @param next the {@code after} of the next page; null when this is the last one
 * @param unanswered addresses of nodes that have not answered: their records are missing
 * @param damaged files of which a part could not be read, with their nodes
 */
public record TraceList(List<Step> records, @Nullable String next, List<String> unanswered, List<String> damaged) {
    /** Copies the lists. */
    public TraceList {
        records = List.copyOf(records);
        unanswered = List.copyOf(unanswered);
        damaged = List.copyOf(damaged);
    }

    /**
     * One step of a client or message.
     *
     * @param id its own, the same in each answer
     * @param time when, by the clock of the node
     * @param node where
     * @param step such as {@code connect} or {@code pushed-offline}
     * @param clientId whom it is about; null for none
     * @param message null for steps of connections, and for what was refused
     * @param channelId the connection; null for none
     * @param address and port of the client; null but for steps of connections
     * @param detail reason, origin or rule; may be empty
     * @param count how many receivers or deliveries
     */
    public record Step(
            String id,
            Instant time,
            String node,
            String step,
            @Nullable String clientId,
            @Nullable Traced message,
            @Nullable String channelId,
            @Nullable String address,
            String detail,
            int count) {}

    /**
     * What was on its way.
     *
     * @param messageId null for what was refused
     * @param receivedAs the identity that it was received under, when the store gave it another one; else null
     * @param topic as published
     * @param qos of the step, 0..2
     */
    public record Traced(
            @Nullable String messageId, @Nullable String receivedAs, String topic, int qos) {}
}
