package dev.skein.persistence.api;

import java.util.List;

/**
 * The durable QoS 2 state of one session beside its queue (MQTT 3.1.1 section 4.3.3).
 *
 * @param outboundReleased packet identifiers for which PUBREC came and PUBCOMP did not, in the order of their PUBRECs;
 *     PUBREL is sent again for each
 * @param outboundSent packet identifiers of messages in the queue, as {@link QueuedMessage#sentPacketId()} tells them,
 *     in any order: the client may hold each of them until its message was sent again
 */
public record FlowState(List<Integer> outboundReleased, List<Integer> outboundSent) {}
