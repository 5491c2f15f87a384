package dev.skein.node.registry;

/**
 * One key pair of Signature mode.
 *
 * @param id 1..128 characters, no {@code |}
 * @param secret the key of the HMAC, 1..256 characters
 */
public record AccessKey(String id, Secret secret) {}
