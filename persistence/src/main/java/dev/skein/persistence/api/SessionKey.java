package dev.skein.persistence.api;

/**
 * Names one session: a client ID within an instance.
 *
 * @param instance instance id, 1..64 characters
 * @param clientId client ID, 1..65535 bytes in UTF-8
 */
public record SessionKey(String instance, String clientId) {}
