package dev.skein.persistence.api;

/**
 * One subscription of one persistent session, as a router reads it back at start.
 *
 * @param sessionId {@link StoredSession#id()}
 * @param key the session's instance and client ID
 * @param filter topic filter
 * @param qos maximum QoS granted, 0..2
 */
public record PersistentRoute(long sessionId, SessionKey key, String filter, int qos) {}
