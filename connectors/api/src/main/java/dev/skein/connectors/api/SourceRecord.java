package dev.skein.connectors.api;

import java.util.Map;

/**
 * A message of a back end. The body must not be written to.
 *
 * @param id the back end's identity of the message, for logs; the same each time that it comes
 * @param topic the topic that it was sent to
 * @param key RocketMQ's or Kafka's key; empty for none
 * @param tag RocketMQ's tag; empty for none
 * @param properties user properties; Kafka's headers as UTF-8
 * @param body the payload
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never written to
public record SourceRecord(
        String id, String topic, String key, String tag, Map<String, String> properties, byte[] body) {}
