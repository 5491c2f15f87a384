package dev.skein.node.session.lock;

import dev.skein.node.session.lock.SimulatedConnection.Phase;
import dev.skein.persistence.api.StoredSession;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What has to be true at each step of a {@link LockSimulation}. */
final class LockRules {
    private final LockSimulation world;
    private final SessionEnds ends;

    LockRules(LockSimulation world) {
        this.world = world;
        this.ends = new SessionEnds(world, this);
    }

    void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** After each step: a state ends by a deadline, by an answer that is asked for, or with its connection. */
    void check(@Nullable SimulatedActor actor) {
        if (actor == null) {
            return;
        }
        allAreAnswered(actor.state());
        State state = actor.state();
        boolean ends = switch (state) {
            case State.Loading _ -> actor.isLoading();
            case State.Changing _ -> actor.isChanging();
            case State.Settling _ -> actor.isSettling();
            case State.Searching _, State.Leaving _, State.Free _ -> actor.wakeAt() != Moment.NEVER;
            case State.Held(var holder) ->
                actor.wakeAt() != Moment.NEVER || holder.claim().connection().node() == LockSimulation.HERE;
            case State.Contested(var holder, var _) -> holder.overdueAt() != Moment.NEVER || actor.isSettling();
        };
        check(ends, "without a deadline: " + state);
    }

    /** Nobody is forgotten: who has claimed and heard nothing is the one that waits. */
    private void allAreAnswered(State state) {
        Connection next = switch (state) {
            case State.Settling(var claim) -> claim.connection();
            case State.Contested(var _, var claim) -> claim.connection();
            case State _ -> null;
        };
        if (state instanceof State.Open) {
            world.connections()
                    .forEach(each -> check(
                            !each.waits || !each.isOpen() || each.equals(next),
                            "the claim of " + each.id() + " is forgotten"));
        }
    }

    /** The actor stops. */
    void stopped() {
        world.connections()
                .forEach(
                        each -> check(!each.waits || !each.isOpen(), "the claim of " + each.id() + " is not answered"));
    }

    /** The lock says something to a connection. */
    void told(Effect effect) {
        Connection to = switch (effect) {
            case Effect.Grant grant -> grant.claim().connection();
            case Effect.Refuse(var connection, var _) -> connection;
            case Effect.NotOwner(var connection, var _) -> connection;
            case Effect.Resume(var connection) -> connection;
            case Effect.Reclaim(var connection) -> connection;
            case Effect.Evict(var connection) -> connection;
            case Effect _ -> null;
        };
        if (to != null) {
            ((SimulatedConnection) to).waits = false;
        }
    }

    void detached(long connection) {
        for (SimulatedConnection each : world.connections()) {
            each.waits &= each.id() != connection;
        }
    }

    /** Whether an input comes from a connection that neither has the client ID nor waits for it. */
    boolean isStale(State state, Input input) {
        long from = switch (input) {
            case Input.Detached(var connection, var _, var willWaits) -> willWaits ? 0 : connection;
            case Input.Probed(var connection, var _, var _) -> connection;
            case Input.ChangeAsked(var connection, var _, var _) -> connection.id();
            case Input _ -> 0;
        };
        return from != 0
                && switch (state) {
                    case State.Busy _ -> false;
                    case State.Free _ -> true;
                    case State.Settling(var next) -> next.connection().id() != from;
                    case State.Held(var holder) -> holder.id() != from;
                    case State.Contested(var holder, var next) ->
                        holder.id() != from && next.connection().id() != from;
                };
    }

    void claimed(State state, Claim claim) {
        SimulatedConnection connection = (SimulatedConnection) claim.connection();
        boolean waits = switch (state) {
            case State.Settling(var next) -> next.connection().equals(connection);
            case State.Contested(var _, var next) -> next.connection().equals(connection);
            case State _ -> false;
        };
        if (!waits) {
            connection.unanswered++;
        }
        connection.waits |= !claim.resumed();
        ends.claimed(state, claim);
    }

    private static void answered(SimulatedConnection connection, String how) {
        if (connection.unanswered == 0) {
            throw new AssertionError(how + " without a claim: " + connection);
        }
        connection.unanswered--;
    }

    void refused(Connection to, Denial why, @Nullable Input input) {
        answered((SimulatedConnection) to, "refused");
        boolean silent = input instanceof Input.Probed(var _, var alive, var _) && !alive;
        check(why != Denial.IN_USE || !silent, "refused because of a holder that is silent: " + to);
    }

    /**
     * Whether {@code input} is the claim of a stranger, of a client ID that belongs to another identity by what the
     * store has or by who holds it. Only the owner's connections are touched by what the owner claims.
     */
    boolean isForeign(State state, Input input) {
        if (!(input instanceof Input.Claimed(var claim)) || claim.resumed() || !(state instanceof State.Open open)) {
            return false;
        }
        State.Holder holder = open.holder();
        Claim next = open.next();
        boolean known = (holder != null && holder.claim().connection().equals(claim.connection()))
                || (next != null && next.connection().equals(claim.connection()));
        StoredSession stored = world.stored();
        if (stored != null && holder == null && ends.mayBeOver(stored)) {
            return false;
        }
        String owner = stored != null && stored.owner() != null
                ? stored.owner()
                : holder == null ? null : holder.claim().owner();
        return !known && !claim.anyOwner() && owner != null && claim.owner() != null && !owner.equals(claim.owner());
    }

    /** Somebody is told that the client ID belongs to {@code owner}. */
    void notOwner(Connection to, String owner) {
        SimulatedConnection connection = (SimulatedConnection) to;
        answered(connection, "refused");
        check(
                connection.owner() != null && !connection.owner().equals(owner) && !connection.anyOwner(),
                "refused for " + owner + ": " + to);
    }

    void granted(SimulatedActor actor, Effect.Grant grant, @Nullable Input input) {
        SimulatedConnection to = (SimulatedConnection) grant.claim().connection();
        answered(to, "granted");
        check(actor.isLoaded(), "granted before the session was loaded: " + to);
        StoredSession stored = world.stored();
        boolean isNew = to.grantedBy != actor.number(); // else it was resumed, or asks again
        StoredSession expected = to.isClean() && !isNew ? null : stored;
        check(
                same(grant.session(), expected)
                        && (expected != null || to.term().endsWithConnection())
                        && (expected == null || !to.isClean()),
                "granted with " + grant.session() + ": " + to + " (expected: " + stored + ")");
        check(!grant.present() || stored != null, "present: " + grant);
        check(!isNew || !grant.present() || !to.term().cleanStart(), "present after a clean start: " + grant);
        if (isNew) {
            ends.granted(grant, to);
        }
        check(
                !isNew || stored == null || to.owner() == null || to.owner().equals(stored.owner()),
                to + " is granted the session of " + stored);
        if (isNew && !(input instanceof Input.Committed)) {
            decided(actor.hasSettled());
        }
        holds(actor, to);
    }

    /** What is noted of its time may be on its way to the store. */
    private static boolean same(@Nullable StoredSession one, @Nullable StoredSession other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return one.id() == other.id() && Objects.equals(one.owner(), other.owner());
    }

    /** Sessions and how they end. */
    SessionEnds ends() {
        return ends;
    }

    /** Somebody is to be admitted. */
    void decided(boolean settled) {
        check(settled || !world.hasFormerWills(), "admitted before the wills of lost nodes were published");
    }

    void resumed(SimulatedActor actor, Connection to) {
        SimulatedConnection connection = (SimulatedConnection) to;
        answered(connection, "resumed");
        holds(actor, connection);
    }

    private void holds(SimulatedActor actor, SimulatedConnection now) {
        for (SimulatedConnection other : world.connections()) {
            boolean holds = other.phase != Phase.CLOSED && other.grantedBy == actor.number() && !other.overdue;
            check(!holds || other.equals(now), now + " is admitted beside " + other);
        }
        now.grantedBy = actor.number();
    }
}
