package dev.skein.persistence.api;

import dev.skein.protocol.message.Subscription;

/**
 * One subscription of one persistent session, as a router reads it back at start.
 *
 * @param sessionId {@link StoredSession#id()}
 * @param key the session's instance and client ID
 */
public record PersistentRoute(long sessionId, SessionKey key, Subscription subscription) {}
