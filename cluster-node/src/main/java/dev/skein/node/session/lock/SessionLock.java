package dev.skein.node.session.lock;

import dev.skein.node.session.lock.State.Change;
import dev.skein.node.session.lock.State.Changing;
import dev.skein.node.session.lock.State.Contested;
import dev.skein.node.session.lock.State.Free;
import dev.skein.node.session.lock.State.Held;
import dev.skein.node.session.lock.State.Holder;
import dev.skein.node.session.lock.State.Leaving;
import dev.skein.node.session.lock.State.Loading;
import dev.skein.node.session.lock.State.Searching;
import dev.skein.node.session.lock.State.Settling;
import dev.skein.persistence.api.StoredSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lock on one client ID: lets one connection have it at a time, and knows whether the client has a persistent
 * session.
 *
 * <p>It is told inputs with the time at which they come, and returns what has to be done, in order. While it is
 * {@linkplain State.Busy busy} inputs wait. Confined to its session.
 */
public final class SessionLock {
    /** For the shard to stop the session, before it is asked again. */
    private static final Duration LEAVE = Duration.ofSeconds(30);

    private final LockContext context;
    private final Waiting waiting = new Waiting();
    private final HolderSearch search = new HolderSearch();
    private final Evictions evictions = new Evictions();
    private final FormerWills wills = new FormerWills();
    private final LastRequest requests = new LastRequest();
    private final KnownSession session = new KnownSession();
    private State state = new Loading();
    private Moment now;
    private List<Effect> effects = List.of();

    /** A lock of which nothing is known yet. */
    public SessionLock(LockContext context, Moment now) {
        this.context = context;
        this.now = now;
    }

    /**
     * Begins.
     *
     * @param young whether the session came to this node lately, so that another may have a connection of the client
     */
    public List<Effect> start(boolean young) {
        effects = new ArrayList<>(2);
        add(new Effect.Load());
        if (context.isUnsettled() || (young && !context.isAlone())) {
            add(search.begin(context, now));
        }
        return returned();
    }

    /** Takes an input; returns what has to be done. */
    public List<Effect> on(Input input, Moment at) {
        now = at;
        effects = new ArrayList<>(4);
        if (Waiting.isFor(state, input)) {
            postpone(input);
        } else {
            take(input);
        }
        for (Input next = waiting.peek(); next != null && !Waiting.isFor(state, next); next = waiting.peek()) {
            waiting.poll();
            take(next);
        }
        return returned();
    }

    /** When to tell {@link Input.TimePassed}, in {@link Moment#nanos}. */
    public long wakeAt() {
        return Math.min(state.deadline(), Math.min(search.deadline(), evictions.nextAt()));
    }

    /** What it is doing. */
    public State state() {
        return state;
    }

    private List<Effect> returned() {
        List<Effect> done = effects;
        effects = List.of();
        return done;
    }

    private void add(Effect effect) {
        effects.add(effect);
    }

    private void postpone(Input input) {
        if (input instanceof Input.StopAsked) {
            waiting.addFirst(input); // when what the store was asked for is done
        } else if (!waiting.add(input)) {
            Waiting.passOver(input, Denial.BUSY, this::add);
        }
    }

    private void take(Input input) {
        switch (input) {
            case Input.Loaded(var found) -> onLoaded(found);
            case Input.LoadFailed _ -> onLoadFailed();
            case Input.NodeAnswered(var node, var claim) -> {
                search.answered(node, claim);
                whenKnown();
            }
            case Input.Committed(var created) -> onCommitted(created);
            case Input.ChangeFailed _ -> onChangeFailed();
            case Input.TimePassed _ -> onTime();
            case Input.Claimed(var claim) -> onClaim(claim);
            case Input.Detached detached -> onDetached(detached);
            case Input.NotNoted _ -> session.notNoted();
            case Input.Probed probed -> onProbed(probed);
            case Input.Asked asked -> onAsked(asked);
            case Input.ChangeAsked asked -> onChangeAsked(asked);
            case Input.WillsSettled(var failed) -> onWillsSettled(failed);
            case Input.ExpiryDue due -> onExpiryDue(due);
            case Input.StopAsked _ -> stop();
        }
    }

    private void onLoaded(@Nullable StoredSession found) {
        if (state instanceof Loading) {
            session.is(found);
            if (session.mayBeHeld() && !search.hasBegun()) {
                add(search.begin(context, now));
            }
            state = new Searching(search.deadline());
            whenKnown();
        }
    }

    /** The next input finds a new actor, which reads again. */
    private void onLoadFailed() {
        if (state instanceof Loading) {
            waiting.passOverAll(Denial.STORE_UNAVAILABLE, this::add);
            passivate();
            add(new Effect.Stop());
        }
    }

    private void whenKnown() {
        if (state instanceof Searching && search.isOver()) {
            free();
            Claim found = search.found();
            if (found != null) {
                onClaim(found);
            }
        }
    }

    private void onTime() {
        if (now.isPast(evictions.nextAt())) {
            evictions.again(context, now, this::add);
        }
        if (now.isPast(search.deadline())) {
            search.giveUp();
            whenKnown();
        }
        if (now.isPast(state.deadline())) {
            switch (state) {
                case Free _ -> idle();
                case Leaving _ -> passivate();
                case Held(var holder) -> onHolderTime(holder, null);
                case Contested(var holder, var next) -> onHolderTime(holder, next);
                case Loading _, Searching _, Changing _, Settling _ -> {
                    // Others end these.
                }
            }
        }
    }

    /** The old connection does not leave: its node may have stalled. Then its will is published from here. */
    private void onHolderTime(Holder holder, @Nullable Claim next) {
        Holder after = holder;
        if (now.isPast(holder.overdueAt())) {
            after = after.withOverdueAt(Moment.NEVER);
            if (next != null) {
                evictions.begin(holder.claim().connection(), now, this::add);
                awaitWills(holder.id(), session.isTakenUpBy(next, now, context));
            }
        }
        if (now.isPast(holder.checkAt())) {
            if (!context.isMember(holder.claim().connection().node())) {
                lost(holder, next);
                return;
            }
            after = after.checked(now);
        }
        state = next == null ? new Held(after) : new Contested(after, next);
    }

    private void awaitWills(long overdue, boolean takenUp) {
        if (!wills.isAwaited()) {
            add(wills.await(overdue, takenUp));
        }
    }

    /** Nobody has come for long. */
    private void idle() {
        if (session.noteAgain(this::add)) {
            free();
        } else if (session.hasEnded()) {
            end();
        } else {
            passivate();
        }
    }

    /** The session's time is over, and nobody waits for it. */
    private void end() {
        StoredSession known = session.stored();
        if (known != null) {
            state = new Changing(new Change.Expiry(known));
            add(known.endsWithConnection() ? new Effect.Discard(known) : new Effect.Expire(known, session.lastSeen()));
            session.discarded();
        }
    }

    private void onClaim(Claim claim) {
        State.Open before = open();
        Holder holder = before.holder();
        Claim next = before.next();
        long id = claim.connection().id();
        String owner = session.ownerAgainst(claim, before, now, context);
        if (holder != null && holder.id() == id) {
            again(holder, claim);
        } else if (next != null && next.connection().id() == id) {
            return; // it asks again, and still waits
        } else if (claim.resumed()) {
            onResumed(before, claim);
        } else if (owner != null) {
            add(new Effect.NotOwner(claim.connection(), owner));
        } else {
            if (next != null) {
                refuse(next, Denial.SUPERSEDED);
            }
            if (holder == null) {
                grantWhenSettled(claim);
            } else {
                contestOrFollow(holder, claim);
            }
        }
    }

    /** The holder asks again: the answer was lost, or it heard that an actor went away. */
    private void again(Holder holder, Claim claim) {
        if (claim.resumed()) {
            add(new Effect.Resume(claim.connection()));
        } else {
            boolean never = claim.term().cleanStart() && claim.term().endsWithConnection();
            add(new Effect.Grant(claim, holder.present(), never ? null : session.stored()));
        }
    }

    /** A connection that an earlier actor admitted, perhaps on a node that is gone. */
    private void onResumed(State.Open before, Claim claim) {
        if (before.holder() != null || session.isGoneFor(claim)) {
            add(new Effect.Evict(claim.connection()));
            if (before instanceof Free) {
                free();
            }
            return;
        }
        Holder holder = Holder.of(claim, false, context.here(), now);
        Claim next = before.next();
        state = next == null ? new Held(holder) : new Contested(holder, next); // contested when the wills are settled
        session.heldBy(claim.connection().node(), now, this::add);
        add(new Effect.Resume(claim.connection()));
    }

    private void contestOrFollow(Holder holder, Claim next) {
        if (context.isMember(holder.claim().connection().node())) {
            contest(holder, next);
        } else {
            lost(holder, next);
        }
    }

    private void lost(Holder holder, @Nullable Claim next) {
        add(new Effect.HolderLost(holder.claim().connection()));
        left(next, new Input.Detached(holder.id(), null, true));
    }

    private void contest(Holder holder, Claim next) {
        Connection old = holder.claim().connection();
        if (next.takeOver()) {
            evictions.begin(old, now, this::add);
        }
        add(new Effect.Probe(old));
        boolean isTold = holder.overdueAt() != Moment.NEVER;
        state = new Contested(isTold ? holder : holder.withOverdueAt(now.after(context.takeOverDeadline())), next);
    }

    /** The holder is gone. */
    private void left(@Nullable Claim next, Input.Detached detached) {
        session.left(now, detached);
        if (next == null && session.hasEnded()) {
            end();
            return;
        }
        session.note(this::add); // also when somebody waits, who may go
        if (next != null) {
            grantWhenSettled(next);
        } else {
            freeOrLeave();
        }
    }

    private void freeOrLeave() {
        if (session.exists()) {
            free();
        } else {
            passivate();
        }
    }

    private void free() {
        state = new Free(now.after(context.idleDeadline()));
    }

    /** What comes until the shard stops this actor is for the next one, which must know who is admitted. */
    private void passivate() {
        state = new Leaving(now.after(LEAVE));
        add(new Effect.Passivate());
    }

    /** Nobody has the client ID. */
    private void grantWhenSettled(Claim next) {
        session.lostItsHolder(now);
        if (wills.isAwaited() || context.hasFormerWills() || session.mayHaveWill()) {
            if (!wills.isAwaited()) {
                boolean takenUp = session.isTakenUpBy(next, now, context);
                awaitWills(0, takenUp);
                session.willsAsked(takenUp);
            }
            state = new Settling(next);
        } else {
            grant(next);
        }
    }

    private void grant(Claim next) {
        StoredSession known = session.stored();
        StoredSession changed = session.takenUp(next, now);
        if (known != null && !session.isTakenUpBy(next, now, context)) {
            boolean wanted = next.term().cleanStart() || known.endsWithConnection();
            state = new Changing(new Change.Discard(next));
            add(wanted ? new Effect.Discard(known) : new Effect.Expire(known, session.lastSeen()));
            session.discarded();
        } else if (known == null && !next.term().endsWithConnection()) {
            state = new Changing(new Change.Creation(next));
            add(new Effect.Create(next));
        } else if (changed != null) {
            state = new Changing(new Change.TakingUp(next, changed));
            add(new Effect.TakeUp(changed, session.newOwner(next)));
        } else {
            session.seen(now, next.connection().node(), this::add);
            granted(next, known != null);
        }
    }

    private void granted(Claim claim, boolean present) {
        state = new Held(Holder.of(claim, present, context.here(), now));
        add(new Effect.Grant(claim, present, session.stored()));
    }

    private void refuse(Claim claim, Denial why) {
        add(new Effect.Refuse(claim.connection(), why));
    }

    private void onCommitted(@Nullable StoredSession created) {
        if (state instanceof Changing(var change)) {
            switch (change) {
                case Change.Creation(var next) -> onCreated(next, created);
                case Change.TakingUp(var next, var known) -> {
                    session.is(known);
                    granted(next, true);
                }
                case Change.Discard(var next) -> grant(next);
                case Change.Subscriptions(var before) -> state = before;
                case Change.Expiry _ -> freeOrLeave();
            }
        }
    }

    private void onCreated(Claim next, @Nullable StoredSession created) {
        session.is(created);
        free();
        String owner = session.ownerAgainst(next, open(), now, context);
        if (owner != null) { // an actor of another node was first
            add(new Effect.NotOwner(next.connection(), owner));
        } else if (session.isAsWantedBy(next)) {
            granted(next, false);
        } else {
            grant(next);
        }
    }

    private void onChangeFailed() {
        if (state instanceof Changing(var change)) {
            switch (change) {
                case Change.Creation(var next) -> onUnknown(next);
                case Change.TakingUp(var next, var _) -> onUnknown(next);
                case Change.Discard(var next) -> onUnknown(next);
                case Change.Expiry(var known) -> onNotEnded(known);
                case Change.Subscriptions(var before) -> state = before;
            }
        }
    }

    /** What the store has now is unknown: the next actor reads it. */
    private void onUnknown(Claim next) {
        refuse(next, Denial.STORE_UNAVAILABLE);
        passivate();
    }

    /** Discarding it once more harms nothing; what an operator discards may be there or not. */
    private void onNotEnded(StoredSession known) {
        session.is(known);
        if (session.isOver(now, context)) {
            free();
        } else {
            passivate();
        }
    }

    private void onDetached(Input.Detached detached) {
        long connection = detached.connection();
        evictions.over(connection);
        switch (open()) {
            case Settling(var next) when next.connection().id() == connection -> free();
            case Contested(var holder, var next) when next.connection().id() == connection -> state = new Held(holder);
            case Contested(var holder, var next) when holder.id() == connection -> left(next, detached);
            case Held(var holder) when holder.id() == connection -> left(null, detached);
            // Its successor was admitted by an actor that did not know it.
            case Held(var holder) when detached.willWaits() -> awaitWills(0, holder.goesOn());
            case State.Open _ when detached.willWaits() -> session.willMayWait();
            case State.Open _ -> {
                // A connection that has the client ID no longer, or never had it.
            }
        }
    }

    private void onProbed(Input.Probed probed) {
        if (probed.disconnected()) {
            wills.disconnected(probed.connection());
        }
        if (open() instanceof Contested(var holder, var next)
                && holder.id() == probed.connection()
                && probed.alive()
                && !next.takeOver()) {
            state = new Held(holder.withOverdueAt(Moment.NEVER));
            refuse(next, Denial.IN_USE);
        }
    }

    private void onWillsSettled(boolean failed) {
        if (!wills.isAwaited()) {
            return;
        }
        long overdue = wills.settled();
        Holder holder = open().holder();
        Claim next = open().next();
        if (failed) {
            session.willsFailed();
        }
        if (next != null && failed) {
            refuse(next, Denial.STORE_UNAVAILABLE);
            next = null;
        }
        if (next == null && holder == null) {
            freeOrLeave();
        } else if (next != null && holder == null && session.mayHaveWill()) {
            grantWhenSettled(next); // that of a connection which has left meanwhile
        } else if (next != null && (holder == null || holder.id() == overdue)) {
            grant(next);
        } else if (next != null && holder != null) {
            contest(holder, next);
        } else if (holder != null) {
            state = new Held(holder);
        }
    }

    private void onAsked(Input.Asked asked) {
        if (open() instanceof Free) {
            if (!session.exists() && !context.isAlone() && !search.hasBegun()) {
                searchFor(asked);
                return;
            }
            free(); // the session is in use
        }
        Holder holder = open().holder();
        Connection connection = holder == null ? null : holder.claim().connection();
        boolean isThere = connection != null && context.isMember(connection.node());
        add(new Effect.Answer(asked.question(), session.stored(), isThere ? connection : null));
    }

    private void searchFor(Input first) {
        add(search.begin(context, now));
        state = new Searching(search.deadline());
        waiting.addFirst(first);
    }

    private void onExpiryDue(Input.ExpiryDue due) {
        Holder holder = open().holder();
        switch (open()) {
            case Held _, Contested _ when holder != null -> {
                Connection connection = holder.claim().connection();
                if (context.isMember(connection.node())) {
                    session.seen(now, connection.node(), this::add);
                    add(new Effect.Probe(connection));
                } else {
                    lost(holder, open().next());
                }
            }
            case Held _, Contested _, Settling _ -> {
                // Somebody waits for it.
            }
            case Free _ when !search.hasBegun() -> searchFor(due);
            case Free _ -> {
                if (search.foundNobody() && session.lostItsHolder(now)) {
                    session.note(this::add);
                }
                boolean byOperator = due.beforeMillis() == Long.MAX_VALUE;
                boolean isOver = byOperator || session.isOver(now, context);
                boolean wasAway = session.hasEnded() || session.lastSeen() < due.beforeMillis();
                if (session.exists() && isOver && wasAway && search.foundNobody()) {
                    end();
                } else {
                    free();
                }
            }
        }
    }

    private void onChangeAsked(Input.ChangeAsked asked) {
        StoredSession known = session.stored();
        State.Open before = open();
        Holder holder = before.holder();
        boolean isHolder = holder != null && holder.id() == asked.from().id();
        if (known != null && isHolder && requests.isNext(asked.from().id(), asked.request())) {
            state = new Changing(new Change.Subscriptions(before));
            add(new Effect.Change(asked.change(), known));
        }
    }

    /** Connections claim again from the next actor. */
    private void stop() {
        Holder holder = state instanceof State.Open open ? open.holder() : null;
        Claim next = state instanceof State.Open open ? open.next() : null;
        Input.Detached detached = holder == null ? null : waiting.detached(holder.id());
        if (detached != null) {
            session.left(now, detached);
            session.note(this::add);
        }
        waiting.handOver(holder == null ? null : holder.claim(), next, this::add);
        state = new Leaving(Moment.NEVER);
        add(new Effect.Stop());
    }

    private State.Open open() {
        if (state instanceof State.Open open) {
            return open;
        }
        throw new IllegalStateException("state: " + state + " (expected: one in which inputs are handled)");
    }
}
