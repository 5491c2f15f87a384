package dev.skein.node.auth;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Decides who may connect. Thread-safe. */
public interface Authenticator {
    /**
     * Answers exactly once: at once on the caller's thread, or later on another. Never blocks.
     *
     * @param attempt not kept after the answer
     * @param waits told, on any thread, when the answer has to wait though nothing is being done for it
     */
    void authenticate(ConnectAttempt attempt, Runnable waits, Consumer<AuthResult> done);

    /**
     * The method of enhanced authentication by which {@code attempt} wants to be decided, or null: it is not served.
     */
    default @Nullable EnhancedScheme enhanced(String method, ConnectAttempt attempt) {
        return null;
    }
}
