package dev.skein.node.session.lock;

import org.jspecify.annotations.Nullable;

/** A connection asks for the client ID. */
public interface Claim {
    /** Who asks. */
    Connection connection();

    /** The CONNECT flag: the session ends with the connection. */
    boolean cleanSession();

    /** What happens to a holder: true closes it, false refuses this one unless the holder is silent. */
    boolean takeOver();

    /** The identity for which it asks; null: whoever owns the session, it is admitted. */
    @Nullable
    String owner();

    /** Whether the connection was admitted by an earlier actor, which is gone. */
    boolean resumed();
}
