package dev.skein.node.control;

import dev.skein.protocol.message.Content;

/**
 * A message to publish.
 *
 * @param topic a valid topic name
 * @param content body and properties; the callee owns it
 * @param qos 0..2
 * @param retain whether it is kept as the topic's retained message; with an empty body it clears that
 * @param expirySeconds for how long it is of use, 1..4294967295; 0: for ever
 */
public record NewMessage(String topic, Content content, int qos, boolean retain, long expirySeconds) {}
