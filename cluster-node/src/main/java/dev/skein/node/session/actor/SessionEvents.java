package dev.skein.node.session.actor;

import dev.skein.node.session.lock.Input;

/** What a session tells itself: answers of the store and its timer. */
final class SessionEvents {
    private SessionEvents() {}

    /** An answer for the lock. */
    record Answered(Input input) implements SessionCommand.Local {}

    /** The same, of a change; {@code first} runs in the actor before. */
    record Changed(Runnable first, Input input) implements SessionCommand.Local {}

    /** The lock has a deadline. */
    enum Wake implements SessionCommand.Local {
        INSTANCE
    }
}
