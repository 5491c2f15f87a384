package dev.skein.node.session.lock;

import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.SessionTerm;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The client's persistent session as far as its lock knows it: whose it is, when the client was there, how it ends. */
final class KnownSession {
    private static final long SECOND_MILLIS = 1000;

    private @Nullable StoredSession stored;
    /** A client that wants it discarded waits for its wills: nobody takes it up any more. */
    private boolean ended;
    /** The store may not have what was last seen. */
    private boolean unnoted;

    /** What the store is asked for, and what follows. */
    record Step(State.Change change, Effect effect) {}

    /** What the store has of it, null when it has none. */
    @Nullable
    StoredSession stored() {
        return stored;
    }

    boolean exists() {
        return stored != null;
    }

    /** When the client was there last, in milliseconds; 0 when there is no session. */
    long lastSeen() {
        return stored == null ? 0 : Math.max(stored.createdAt(), stored.disconnectedAt());
    }

    /** What the store has now, or null. */
    void is(@Nullable StoredSession now) {
        stored = now;
        ended = false;
        unnoted = false;
    }

    /** Whether a connection had it whose end nobody has noted. */
    boolean mayBeHeld() {
        return stored != null && stored.holder() != 0;
    }

    /** The client is there, connected to {@code node}, or has been until now when that is 0. */
    void seen(Moment now, long node, Consumer<Effect> effects) {
        if (stored != null) {
            stored = stored.seen(now.epochMillis(), node);
            note(effects);
        }
    }

    /** A connection that was admitted before is on {@code node}. */
    void heldBy(long node, Moment now, Consumer<Effect> effects) {
        if (stored != null && stored.holder() != node) {
            seen(now, node, effects);
        }
    }

    /** Notes what it is. */
    void note(Consumer<Effect> effects) {
        if (stored != null) {
            unnoted = false;
            effects.accept(new Effect.Seen(stored));
        }
    }

    /** Its connection has ended. */
    void left(Moment now, Input.Detached detached) {
        if (stored != null) {
            Long expiry = detached.expirySeconds();
            boolean changes = expiry != null && !stored.endsWithConnection(); // [MQTT-3.14.2-2]
            StoredSession left = stored.seen(now.epochMillis(), 0).withWill(stored.willWaits() || detached.willWaits());
            stored = changes ? left.expiringAfter(expiry) : left;
        }
    }

    /** No connection has it; one that had it is gone without a word, now at the latest. False when that is known. */
    boolean lostItsHolder(Moment now) {
        if (stored == null || stored.holder() == 0) {
            return false;
        }
        left(now, new Input.Detached(0, null, true));
        return true;
    }

    /** Notes it once more when the store does not have it; returns whether that is so. */
    boolean noteAgain(Consumer<Effect> effects) {
        boolean again = unnoted && stored != null;
        if (again) {
            note(effects);
        }
        return again;
    }

    void notNoted() {
        unnoted = true;
    }

    /** Whether it has ended and its time has nothing to do with that. */
    boolean hasEnded() {
        return stored != null && (ended || stored.endsWithConnection());
    }

    /** Whether its time is over when no connection has it. */
    boolean isOver(Moment now, LockContext context) {
        if (stored == null || hasEnded()) {
            return stored != null;
        }
        Long seconds = stored.expirySeconds();
        if (seconds != null && seconds == SessionTerm.NEVER) {
            return false;
        }
        long millis = seconds == null ? context.expiryMillis(stored) : seconds * SECOND_MILLIS;
        return now.epochMillis() - lastSeen() >= millis;
    }

    /** Whether a claim that is admitted goes on with it [MQTT-3.1.2-5]. */
    boolean isTakenUpBy(Claim claim, Moment now, LockContext context) {
        return stored != null && !claim.term().cleanStart() && !isOver(now, context);
    }

    /** Whether the will of a former connection may wait. */
    boolean mayHaveWill() {
        return stored != null && stored.willWaits();
    }

    /** Wills that wait are asked for: forgotten when it goes on, else published, and it ends. */
    void willsAsked(boolean goesOn) {
        if (stored != null) {
            ended |= !goesOn;
            stored = stored.withWill(false);
        }
    }

    /** They are as before. */
    void willsFailed() {
        ended = false;
        willMayWait();
    }

    /** A connection has ended that did not have it any more. */
    void hadLeft(Input.Detached detached) {
        if (detached.willWaits()) {
            willMayWait();
        }
    }

    private void willMayWait() {
        stored = stored == null ? null : stored.withWill(true);
    }

    /** Whether it was made for {@code claim}, or could have been. */
    boolean isAsWantedBy(Claim claim) {
        return stored != null
                && stored.holder() == claim.connection().node()
                && Objects.equals(stored.expirySeconds(), StoredSession.expirySeconds(claim.term()));
    }

    /** What comes before {@code claim}, which is admitted, is granted the client ID; null: nothing. */
    @Nullable
    Step firstFor(Claim claim, Moment now, LockContext context) {
        StoredSession known = stored;
        if (known == null) {
            return claim.term().endsWithConnection()
                    ? null
                    : new Step(new State.Change.Creation(claim), new Effect.Create(claim));
        }
        if (!isTakenUpBy(claim, now, context)) {
            return new Step(
                    new State.Change.Discard(claim),
                    discarded(known, claim.term().cleanStart()));
        }
        StoredSession changed = takenUp(claim, now);
        return changed == null
                ? null
                : new Step(new State.Change.TakingUp(claim, changed), new Effect.TakeUp(changed, newOwner(claim)));
    }

    /** Its time is over, and nobody waits for it. */
    Step end() {
        StoredSession known = Objects.requireNonNull(stored);
        return new Step(new State.Change.Expiry(known), discarded(known, false));
    }

    /** It was to be discarded and may be there; whether to discard it once more, which harms nothing. */
    boolean isStillOver(StoredSession known, Moment now, LockContext context) {
        is(known);
        return isOver(now, context);
    }

    private Effect discarded(StoredSession known, boolean wanted) {
        long lastSeen = lastSeen();
        is(null);
        return wanted || known.endsWithConnection() ? new Effect.Discard(known) : new Effect.Expire(known, lastSeen);
    }

    /** Whether it is to be discarded when no connection has it. */
    boolean isDue(Input.ExpiryDue due, Moment now, LockContext context) {
        boolean byOperator = due.beforeMillis() == Long.MAX_VALUE;
        boolean wasAway = hasEnded() || lastSeen() < due.beforeMillis();
        return stored != null && wasAway && (byOperator || isOver(now, context));
    }

    /** What it becomes when {@code claim}, which is admitted, takes it up; null when that changes nothing. */
    private @Nullable StoredSession takenUp(Claim claim, Moment now) {
        StoredSession known = stored;
        Long expiry = StoredSession.expirySeconds(claim.term());
        String owner = newOwner(claim);
        if (known == null || (owner == null && Objects.equals(known.expirySeconds(), expiry))) {
            return null;
        }
        StoredSession next =
                known.seen(now.epochMillis(), claim.connection().node()).expiringAfter(expiry);
        return owner == null ? next : next.ownedBy(owner);
    }

    /**
     * The identity that keeps a claim from the client ID; null when none does. The client ID belongs to whom its
     * session belongs to unless its time is over, else to who has it, else to who waits for it.
     */
    @Nullable
    String ownerAgainst(Claim claim, State.Open state, Moment now, LockContext context) {
        State.Holder holder = state.holder();
        Claim next = state.next();
        StoredSession known = holder == null && isOver(now, context) ? null : stored;
        if (claim.owner() == null || claim.anyOwner()) {
            return null;
        }
        return Stream.of(
                        Stream.ofNullable(known).map(StoredSession::owner),
                        Stream.ofNullable(holder).map(each -> each.claim().owner()),
                        Stream.ofNullable(next).map(Claim::owner))
                .flatMap(each -> each)
                .filter(Objects::nonNull)
                .findFirst()
                .filter(owner -> !owner.equals(claim.owner()))
                .orElse(null);
    }

    /** The identity of a claim, which is admitted, that is to own it from now on; null when that does not change. */
    private @Nullable String newOwner(Claim claim) {
        return stored == null || Objects.equals(stored.owner(), claim.owner()) ? null : claim.owner();
    }

    /** Whether a resumed connection has a session that is there no more. */
    boolean isGoneFor(Claim claim) {
        Long id = claim.sessionId();
        if (id == null) { // a node of the release before: one without a session has said CleanSession
            return stored == null && !claim.term().cleanStart();
        }
        return id != 0 && (stored == null || stored.id() != id);
    }
}
