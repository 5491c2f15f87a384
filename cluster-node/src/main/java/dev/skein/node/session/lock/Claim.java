package dev.skein.node.session.lock;

/** A connection asks for the client ID. */
public interface Claim {
    /** Who asks. */
    Connection connection();

    /** The CONNECT flag: the session ends with the connection. */
    boolean cleanSession();

    /** What happens to a holder: true closes it, false refuses this one unless the holder is silent. */
    boolean takeOver();

    /** Whether the connection was admitted by an earlier actor, which is gone. */
    boolean resumed();
}
