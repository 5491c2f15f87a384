package dev.skein.node.registry;

/**
 * One user name and the hash of its password.
 *
 * @param name 1..128 characters, no {@code |}
 * @param passwordHash {@code $2a$...}, {@code $2b$...}, {@code $2y$...} or {@code $argon2id$...}
 */
public record User(String name, Secret passwordHash) {}
