package dev.skein.node.admission;

import java.util.Locale;

/** Kinds of work that have a budget each, in the order in which a connection needs them. */
public enum Stage {
    /** A TLS handshake. */
    HANDSHAKE,
    /** A CONNECT, from the check of its credentials to its CONNACK. */
    CONNECT,
    /** A session that is read from the store. */
    RESTORE;

    /** The metric's label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
