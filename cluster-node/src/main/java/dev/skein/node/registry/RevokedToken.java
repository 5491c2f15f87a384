package dev.skein.node.registry;

/**
 * A token that counts no more.
 *
 * @param id 32 hexadecimal digits
 * @param expiresAt when it would have ended by itself, milliseconds since 1970; until then it is remembered
 * @param at number of the event that revoked it
 */
public record RevokedToken(String id, long expiresAt, long at) {}
