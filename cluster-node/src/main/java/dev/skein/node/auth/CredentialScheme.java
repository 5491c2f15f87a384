package dev.skein.node.auth;

import java.util.function.Consumer;

/** One way in which clients show who they are. Thread-safe. */
interface CredentialScheme {
    /**
     * Decides on an attempt, if its credentials are of this scheme. Never blocks: what needs a hash or an answer of the
     * {@link CredentialStore} is decided later.
     *
     * @param waits as {@link Authenticator#authenticate} has it
     * @param done called once when the attempt is of this scheme, maybe before this method returns, on any thread;
     *     never when it is not
     * @return whether it is of this scheme; if not, the next one in the chain is asked
     */
    boolean check(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done);
}
