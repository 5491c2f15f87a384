package dev.skein.persistence.api;

import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;

/**
 * A retained message without its body.
 *
 * @param id of the PUBLISH that set it
 * @param topic topic name
 * @param qos 0..2
 * @param bytes of its payload and properties
 * @param origin who published it
 */
public record RetainedSummary(MessageId id, String topic, int qos, long bytes, Origin origin) {}
