package dev.skein.node.session.lock;

import dev.skein.persistence.api.StoredSession;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SessionLock} is doing. Every state ends: at its deadline, with an answer of the store (whose statements
 * have a timeout) or of the wills (which comes in seconds), or, held by a connection of this node, with that
 * connection.
 */
public sealed interface State {
    /** When the state has to be looked at, in {@link Moment#nanos}. */
    long deadline();

    /** Nothing is decided now; what arrives waits. */
    sealed interface Busy extends State {}

    /** Inputs are handled as they arrive. */
    sealed interface Open extends State {
        /** Who has the client ID, or null. */
        default @Nullable Holder holder() {
            return null;
        }

        /** Who waits for the client ID, or null. */
        default @Nullable Claim next() {
            return null;
        }
    }

    /** The store is asked for the session. */
    record Loading() implements Busy {
        @Override
        public long deadline() {
            return Moment.NEVER;
        }
    }

    /** The session is known; nodes are asked for a connection that an earlier actor may have admitted. */
    record Searching(long deadline) implements Busy {}

    /** The store, and the routers with it, are asked for a change. */
    record Changing(Change change) implements Busy {
        @Override
        public long deadline() {
            return Moment.NEVER;
        }
    }

    /** The shard is asked to stop the session; what comes until then is for the next actor. */
    record Leaving(long deadline) implements Busy {}

    /** Nobody has the client ID, and nobody waits for it. */
    record Free(long deadline) implements Open {}

    /** Nobody has the client ID; {@code next} gets it when the wills of its former connections are published. */
    record Settling(Claim next) implements Open {
        @Override
        public long deadline() {
            return Moment.NEVER;
        }
    }

    /** A connection has the client ID. */
    record Held(Holder holder) implements Open {
        @Override
        public long deadline() {
            return holder.deadline();
        }
    }

    /** A connection has the client ID, and {@code next} waits for it to leave or to prove that it is alive. */
    record Contested(Holder holder, Claim next) implements Open {
        @Override
        public long deadline() {
            return holder.deadline();
        }
    }

    /**
     * Who has the client ID.
     *
     * @param claim by which it was admitted
     * @param present what it was told of its session [MQTT-3.2.2-2]
     * @param checkAt when to look whether its node is still there; never when it is this node
     * @param overdueAt when it should have left; never when nobody has asked it to. It goes on when the one that waits
     *     goes: a client that connects again and again waits once
     */
    record Holder(Claim claim, boolean present, long checkAt, long overdueAt) {
        /** Between looks whether the node of the holder, another one, is still there. */
        private static final Duration CHECK = Duration.ofMinutes(5);

        /** Who is admitted at {@code now} by a lock on the node {@code here}. */
        static Holder of(Claim claim, boolean present, long here, Moment now) {
            boolean isHere = claim.connection().node() == here;
            return new Holder(claim, present, isHere ? Moment.NEVER : now.after(CHECK), Moment.NEVER);
        }

        /** Whether it goes on with the session of an earlier connection, or may do so. */
        boolean goesOn() {
            return present || claim.resumed();
        }

        long id() {
            return claim.connection().id();
        }

        long deadline() {
            return Math.min(checkAt, overdueAt);
        }

        /** Its node is there. */
        Holder checked(Moment now) {
            return new Holder(claim, present, now.after(CHECK), overdueAt);
        }

        Holder withOverdueAt(long at) {
            return new Holder(claim, present, checkAt, at);
        }
    }

    /** What the store is asked for, and what follows. */
    sealed interface Change {
        /** The session is created for {@code next}, which is granted the client ID then. */
        record Creation(Claim next) implements Change {}

        /** The session becomes {@code session}: whose it is, or when it ends; {@code next} is granted it then. */
        record TakingUp(Claim next, StoredSession session) implements Change {}

        /** The session is discarded for {@code next}, which begins without one. */
        record Discard(Claim next) implements Change {}

        /** Subscriptions of the holder; {@code before} goes on then. */
        record Subscriptions(Open before) implements Change {}

        /** The session is discarded as its time is over. */
        record Expiry(StoredSession session) implements Change {}
    }
}
