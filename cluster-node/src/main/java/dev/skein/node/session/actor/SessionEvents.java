package dev.skein.node.session.actor;

import dev.skein.persistence.api.StoredSession;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a session tells itself: answers of the store and timers. */
final class SessionEvents {
    private SessionEvents() {}

    /** Whether a command waits while the session is busy. */
    static boolean mustWait(SessionCommand command) {
        return switch (command) {
            case Loaded _, LoadFailed _, Done _, Idle _, HolderCheck _, SearchOver _, Evict _ -> false;
            case ClientSession.Stop _, SessionCommand.Holder _ -> false;
            case SessionCommand _ -> true;
        };
    }

    record Loaded(Optional<StoredSession> session) implements SessionCommand.Local {}

    record LoadFailed(String why) implements SessionCommand.Local {}

    /** A change of the store or of the routes is done, or has failed; what follows it runs in the actor. */
    record Done(@Nullable Throwable failure, Next next) implements SessionCommand.Local {}

    /** What follows a change. */
    interface Next {
        void run(@Nullable Throwable failure);
    }

    /** The wills of former connections are published, that of {@code overdue} among them, or could not be in time. */
    record WillsSettled(long overdue, @Nullable Throwable failure) implements SessionCommand.Local {}

    record HolderOverdue(long connectionId) implements SessionCommand.Local {}

    enum HolderCheck implements SessionCommand.Local {
        INSTANCE
    }

    enum Evict implements SessionCommand.Local {
        INSTANCE
    }

    enum SearchOver implements SessionCommand.Local {
        INSTANCE
    }

    enum Idle implements SessionCommand.Local {
        INSTANCE
    }
}
