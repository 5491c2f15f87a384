package dev.skein.node.session.actor;

import dev.skein.persistence.api.StoredSession;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a session tells itself: answers of the store and timers. */
final class SessionEvents {
    private SessionEvents() {}

    record Loaded(Optional<StoredSession> session) implements SessionCommand.Local {}

    record LoadFailed(String why) implements SessionCommand.Local {}

    /** A change of the store or of the routes is done, or has failed; what follows it runs in the actor. */
    record Done(@Nullable Throwable failure, Next next) implements SessionCommand.Local {}

    /** What follows a change. */
    interface Next {
        void run(@Nullable Throwable failure);
    }

    record HolderOverdue(long connectionId) implements SessionCommand.Local {}

    enum HolderCheck implements SessionCommand.Local {
        INSTANCE
    }

    enum Idle implements SessionCommand.Local {
        INSTANCE
    }
}
