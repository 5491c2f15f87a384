package dev.skein.node.session.lock;

import dev.skein.protocol.message.SessionTerm;
import org.jspecify.annotations.Nullable;

/** A connection asks for the client ID. */
public interface Claim {
    /** Who asks. */
    Connection connection();

    /** How the session begins and ends. */
    SessionTerm term();

    /** What happens to a holder: true closes it, false refuses this one unless the holder is silent. */
    boolean takeOver();

    /** The identity for which it asks; null when it names none, and then it is admitted whoever owns the session. */
    @Nullable
    String owner();

    /** Whether it may take up what belongs to another identity, and owns it from then on. */
    boolean anyOwner();

    /** Whether the connection was admitted by an earlier actor, which is gone. */
    boolean resumed();

    /** The session that a resumed connection has: 0 for none, null when it does not say. */
    @Nullable
    Long sessionId();
}
