package dev.skein.persistence.api;

/**
 * Names one session: a client ID within an instance.
 *
 * @param instance instance id, 1..64 characters
 * @param clientId client ID, 1..65535 bytes in UTF-8
 */
public record SessionKey(String instance, String clientId) {
    /** In place of an instance: of queues that no client has, and that no bound of the store holds for. */
    public static final String SPOOLS = "$spools";
}
