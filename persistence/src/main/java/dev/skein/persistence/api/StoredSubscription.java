package dev.skein.persistence.api;

/**
 * One subscription of a persistent session.
 *
 * @param filter topic filter, valid by MQTT's rules
 * @param qos maximum QoS granted, 0..2
 */
public record StoredSubscription(String filter, int qos) {}
