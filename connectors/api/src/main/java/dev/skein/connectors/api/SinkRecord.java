package dev.skein.connectors.api;

import java.util.Map;

/**
 * A message for a back end. The body must not be written to.
 *
 * @param topic the target topic; the sink's own, or another one that a transform chose
 * @param key identity of the message, the same each time that it is sent: RocketMQ's message key, Kafka's header
 * @param tag RocketMQ's tag; empty for none
 * @param orderKey records with the same keep their order: the publisher's client ID. RocketMQ's queue and Kafka's
 *     partition are chosen by it
 * @param properties user properties, RocketMQ's and Kafka's headers; insertion order
 * @param body the payload as published; may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never written to
public record SinkRecord(
        String topic, String key, String tag, String orderKey, Map<String, String> properties, byte[] body) {}
