package dev.skein.node.session.lock;

import dev.skein.protocol.message.SessionTerm;
import org.jspecify.annotations.Nullable;

/** A connection that claims the client ID, as its node has it. */
final class SimulatedConnection implements Connection {
    private final long id;
    private final long node;
    private final SessionTerm term;
    private final boolean takeOver;
    private final @Nullable String owner;
    Phase phase = Phase.CLAIMING;
    /** Its client has said DISCONNECT. */
    boolean disconnected;
    /** Which actor has granted it the client ID last, 0 for none. */
    long grantedBy;
    /** Its will was published by the lock, as it did not leave in time. */
    boolean overdue;
    /** Claims that were delivered and have had no answer. */
    int unanswered;
    /** The session that it was granted, 0 for none. */
    long session;
    /** A claim of it was delivered, and it has heard nothing yet. */
    boolean waits;

    private long requests;

    enum Phase {
        CLAIMING,
        HOLDING,
        CLOSED
    }

    private record Claimed(
            SimulatedConnection connection,
            SessionTerm term,
            boolean takeOver,
            boolean resumed,
            @Nullable String owner,
            boolean anyOwner,
            @Nullable Long sessionId)
            implements Claim {}

    SimulatedConnection(long id, long node, SessionTerm term, boolean takeOver, @Nullable String owner) {
        this.id = id;
        this.node = node;
        this.term = term;
        this.takeOver = takeOver;
        this.owner = owner;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public long node() {
        return node;
    }

    SessionTerm term() {
        return term;
    }

    /** Whether nothing of its session is ever stored. */
    boolean isClean() {
        return term.cleanStart() && term.endsWithConnection();
    }

    /** The identity that it claims for, or null. */
    @Nullable
    String owner() {
        return owner;
    }

    /** Some are on nodes of the release before, which have no other terms. */
    private boolean isOld() {
        return id % 3 == 0 && term.equals(SessionTerm.ofCleanSession(term.cleanStart()));
    }

    /** Some may take up what belongs to another. */
    boolean anyOwner() {
        return id % 8 == 0;
    }

    boolean isOpen() {
        return phase != Phase.CLOSED;
    }

    Claim claim() {
        boolean resumed = phase == Phase.HOLDING;
        return new Claimed(this, term, takeOver, resumed, owner, anyOwner(), resumed && !isOld() ? session : null);
    }

    /** What its node says when it is asked who holds the client ID. */
    @Nullable
    Claim held() {
        return phase == Phase.HOLDING ? claim() : null;
    }

    Input change() {
        if (requests == 0 || id % 2 == 0) { // others repeat their first
            requests++;
        }
        return new Input.ChangeAsked(this, requests, new Question() {});
    }

    @Override
    public String toString() {
        return id + "@" + node + " of " + owner + " " + term + " " + phase;
    }
}
