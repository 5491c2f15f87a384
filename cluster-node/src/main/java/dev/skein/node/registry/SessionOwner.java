package dev.skein.node.registry;

/** Who may take up a session. */
public enum SessionOwner {
    /** The identity that made it. */
    IDENTITY,
    /** Whoever may connect with its client ID, who owns it from then on. */
    ANY
}
