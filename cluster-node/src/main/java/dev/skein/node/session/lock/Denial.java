package dev.skein.node.session.lock;

/** Why a claim is refused. */
public enum Denial {
    /** Another connection holds the client ID and is alive. */
    IN_USE,
    /** A later connection claims it too. */
    SUPERSEDED,
    /** The store did not answer, or a will of an earlier connection could not be published. */
    STORE_UNAVAILABLE,
    /** Too much waits for this session already. */
    BUSY
}
