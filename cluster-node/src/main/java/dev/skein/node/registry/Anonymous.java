package dev.skein.node.registry;

/** From where clients without a user name are admitted. */
public enum Anonymous {
    NEVER,
    LOOPBACK,
    ALWAYS
}
