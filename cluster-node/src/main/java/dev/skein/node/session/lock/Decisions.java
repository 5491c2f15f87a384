package dev.skein.node.session.lock;

import dev.skein.node.session.lock.State.Change;
import dev.skein.node.session.lock.State.Free;
import dev.skein.node.session.lock.State.Holder;
import dev.skein.persistence.api.StoredSession;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SessionLock} decides, input by input: who has the client ID, and what becomes of its session. Confined
 * to its session.
 */
final class Decisions {
    /** For the shard to stop the session, before it is asked again. */
    private static final Duration LEAVE = Duration.ofSeconds(30);

    private final LockContext context;
    private final Waiting waiting;
    private final HolderSearch search = new HolderSearch();
    private final Evictions evictions = new Evictions();
    private final FormerWills wills = new FormerWills();
    private final LastRequest requests = new LastRequest();
    private final KnownSession session = new KnownSession();
    private State state = new State.Loading();
    private Moment now;
    private final Consumer<Effect> effects;

    /** @param waiting inputs that come while it is busy */
    Decisions(LockContext context, Waiting waiting, Consumer<Effect> effects, Moment now) {
        this.context = context;
        this.waiting = waiting;
        this.effects = effects;
        this.now = now;
    }

    void start(boolean young) {
        effects.accept(new Effect.Load());
        if (context.isUnsettled() || (young && !context.isAlone())) {
            effects.accept(search.begin(context, now));
        }
    }

    /** The time of the inputs that follow. */
    void at(Moment moment) {
        now = moment;
    }

    long wakeAt() {
        return Math.min(state.deadline(), Math.min(search.deadline(), evictions.nextAt()));
    }

    State state() {
        return state;
    }

    /** It is busy. */
    void postpone(Input input) {
        if (input instanceof Input.StopAsked) {
            waiting.addFirst(input); // when what the store was asked for is done
        } else if (!waiting.add(input)) {
            Waiting.passOver(input, Denial.BUSY, effects);
        }
    }

    /** It is not busy, or the input is an answer. */
    void take(Input input) {
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
        if (state instanceof State.Loading) {
            session.is(found);
            if (session.mayBeHeld() && !search.hasBegun()) {
                effects.accept(search.begin(context, now));
            }
            state = new State.Searching(search.deadline());
            whenKnown();
        }
    }

    /** The next input finds a new actor, which reads again. */
    private void onLoadFailed() {
        if (state instanceof State.Loading) {
            waiting.passOverAll(Denial.STORE_UNAVAILABLE, effects);
            passivate();
            effects.accept(new Effect.Stop());
        }
    }

    private void whenKnown() {
        if (state instanceof State.Searching && search.isOver()) {
            free();
            Claim found = search.found();
            if (found != null) {
                onClaim(found);
            }
        }
    }

    private void onTime() {
        if (now.isPast(evictions.nextAt())) {
            evictions.again(context, now, effects);
        }
        if (now.isPast(search.deadline())) {
            search.giveUp();
            whenKnown();
        }
        if (now.isPast(state.deadline())) {
            switch (state) {
                case Free _ -> idle();
                case State.Leaving _ -> passivate();
                case State.Held(var holder) -> onHolderTime(holder, null);
                case State.Contested(var holder, var next) -> onHolderTime(holder, next);
                case State.Loading _, State.Searching _, State.Changing _, State.Settling _ -> {
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
                evictions.begin(holder.claim().connection(), now, effects);
                wills.await(holder.id(), session.isTakenUpBy(next, now, context), effects);
            }
        }
        if (now.isPast(holder.checkAt())) {
            if (!context.isMember(holder.claim().connection().node())) {
                lost(holder, next);
                return;
            }
            after = after.checked(now);
        }
        state = next == null ? new State.Held(after) : new State.Contested(after, next);
    }

    /** Nobody has come for long. */
    private void idle() {
        if (session.noteAgain(effects)) {
            free();
        } else if (session.hasEnded()) {
            begin(session.end());
        } else {
            passivate();
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
            effects.accept(new Effect.NotOwner(claim.connection(), owner));
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
            effects.accept(new Effect.Resume(claim.connection()));
        } else {
            boolean never = claim.term().cleanStart() && claim.term().endsWithConnection();
            effects.accept(new Effect.Grant(claim, holder.present(), never ? null : session.stored()));
        }
    }

    /** A connection that an earlier actor admitted, perhaps on a node that is gone. */
    private void onResumed(State.Open before, Claim claim) {
        if (before.holder() != null || session.isGoneFor(claim)) {
            effects.accept(new Effect.Evict(claim.connection()));
            if (before instanceof Free) {
                free();
            }
            return;
        }
        Holder holder = Holder.of(claim, false, context.here(), now);
        Claim next = before.next();
        state = next == null
                ? new State.Held(holder)
                : new State.Contested(holder, next); // contested when the wills are settled
        session.heldBy(claim.connection().node(), now, effects);
        effects.accept(new Effect.Resume(claim.connection()));
    }

    private void contestOrFollow(Holder holder, Claim next) {
        if (context.isMember(holder.claim().connection().node())) {
            contest(holder, next);
        } else {
            lost(holder, next);
        }
    }

    private void lost(Holder holder, @Nullable Claim next) {
        effects.accept(new Effect.HolderLost(holder.claim().connection()));
        left(next, new Input.Detached(holder.id(), null, true));
    }

    private void contest(Holder holder, Claim next) {
        Connection old = holder.claim().connection();
        if (next.takeOver()) {
            evictions.begin(old, now, effects);
        }
        effects.accept(new Effect.Probe(old));
        boolean isTold = holder.overdueAt() != Moment.NEVER;
        state = new State.Contested(
                isTold ? holder : holder.withOverdueAt(now.after(context.takeOverDeadline())), next);
    }

    /** The holder is gone. */
    private void left(@Nullable Claim next, Input.Detached detached) {
        session.left(now, detached);
        if (next == null && session.hasEnded()) {
            begin(session.end());
            return;
        }
        session.note(effects); // also when somebody waits, who may go
        if (next != null) {
            grantWhenSettled(next);
        } else {
            freeIf(session.exists());
        }
    }

    private void freeIf(boolean sessionExists) {
        if (sessionExists) {
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
        state = new State.Leaving(now.after(LEAVE));
        effects.accept(new Effect.Passivate());
    }

    private void grantWhenSettled(Claim next) {
        session.lostItsHolder(now);
        boolean takenUp = session.isTakenUpBy(next, now, context);
        if (wills.isAwaited() || context.hasFormerWills() || session.mayHaveWill()) {
            if (!wills.isAwaited()) {
                wills.await(0, takenUp, effects);
                session.willsAsked(takenUp);
            }
            state = new State.Settling(next);
        } else {
            grant(next);
        }
    }

    private void grant(Claim next) {
        KnownSession.Step first = session.firstFor(next, now, context);
        if (first == null) {
            session.seen(now, next.connection().node(), effects);
            granted(next, session.exists());
        } else {
            begin(first);
        }
    }

    private void begin(KnownSession.Step step) {
        state = new State.Changing(step.change());
        effects.accept(step.effect());
    }

    private void granted(Claim claim, boolean present) {
        state = new State.Held(Holder.of(claim, present, context.here(), now));
        effects.accept(new Effect.Grant(claim, present, session.stored()));
    }

    private void refuse(Claim claim, Denial why) {
        effects.accept(new Effect.Refuse(claim.connection(), why));
    }

    private void onCommitted(@Nullable StoredSession created) {
        if (state instanceof State.Changing(var change)) {
            switch (change) {
                case Change.Creation(var next) -> onCreated(next, created);
                case Change.TakingUp(var next, var known) -> {
                    session.is(known);
                    granted(next, true);
                }
                case Change.Discard(var next) -> grant(next);
                case Change.Subscriptions(var before) -> state = before;
                case Change.Expiry _ -> freeIf(session.exists());
            }
        }
    }

    private void onCreated(Claim next, @Nullable StoredSession created) {
        session.is(created);
        free();
        String owner = session.ownerAgainst(next, open(), now, context);
        if (owner != null) { // an actor of another node was first
            effects.accept(new Effect.NotOwner(next.connection(), owner));
        } else if (session.isAsWantedBy(next)) {
            granted(next, false);
        } else {
            grant(next);
        }
    }

    private void onChangeFailed() {
        if (state instanceof State.Changing(var change)) {
            switch (change) {
                case Change.Creation(var next) -> onUnknown(next);
                case Change.TakingUp(var next, var _) -> onUnknown(next);
                case Change.Discard(var next) -> onUnknown(next);
                case Change.Expiry(var known) -> freeIf(session.isStillOver(known, now, context));
                case Change.Subscriptions(var before) -> state = before;
            }
        }
    }

    /** What the store has now is unknown: the next actor reads it. */
    private void onUnknown(Claim next) {
        refuse(next, Denial.STORE_UNAVAILABLE);
        passivate();
    }

    private void onDetached(Input.Detached detached) {
        long connection = detached.connection();
        evictions.over(connection);
        switch (open()) {
            case State.Settling(var next) when next.connection().id() == connection -> free();
            case State.Contested(var holder, var next)
            when next.connection().id() == connection -> state = new State.Held(holder);
            case State.Contested(var holder, var next) when holder.id() == connection -> left(next, detached);
            case State.Held(var holder) when holder.id() == connection -> left(null, detached);
            // Its successor was admitted by an actor that did not know it.
            case State.Held(var holder)
            when detached.willWaits() && session.exists() -> wills.await(0, holder.goesOn(), effects);
            case State.Open _ -> session.hadLeft(detached); // it has the client ID no longer, or never had it
        }
    }

    private void onProbed(Input.Probed probed) {
        if (probed.disconnected()) {
            wills.disconnected(probed.connection());
        }
        if (open() instanceof State.Contested(var holder, var next)
                && holder.id() == probed.connection()
                && probed.alive()
                && !next.takeOver()) {
            state = new State.Held(holder.withOverdueAt(Moment.NEVER));
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
            freeIf(session.exists());
        } else if (next != null && holder == null && session.mayHaveWill()) {
            grantWhenSettled(next); // that of a connection which has left meanwhile
        } else if (next != null && (holder == null || holder.id() == overdue)) {
            grant(next);
        } else if (next != null && holder != null) {
            contest(holder, next);
        } else if (holder != null) {
            state = new State.Held(holder);
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
        effects.accept(new Effect.Answer(asked.question(), session.stored(), isThere ? connection : null));
    }

    private void searchFor(Input first) {
        effects.accept(search.begin(context, now));
        state = new State.Searching(search.deadline());
        waiting.addFirst(first);
    }

    private void onExpiryDue(Input.ExpiryDue due) {
        Holder holder = open().holder();
        if (holder != null) {
            Connection connection = holder.claim().connection();
            if (context.isMember(connection.node())) {
                session.seen(now, connection.node(), effects);
                effects.accept(new Effect.Probe(connection));
            } else {
                lost(holder, open().next());
            }
        } else if (state instanceof Free && !search.hasBegun()) {
            searchFor(due);
        } else if (state instanceof Free) {
            if (search.foundNobody() && session.lostItsHolder(now)) {
                session.note(effects);
            }
            if (search.foundNobody() && session.isDue(due, now, context)) {
                begin(session.end());
                return;
            }
            free();
        }
    }

    private void onChangeAsked(Input.ChangeAsked asked) {
        StoredSession known = session.stored();
        State.Open before = open();
        Holder holder = before.holder();
        boolean isHolder = holder != null && holder.id() == asked.from().id();
        if (known != null && isHolder && requests.isNext(asked.from().id(), asked.request())) {
            state = new State.Changing(new Change.Subscriptions(before));
            effects.accept(new Effect.Change(asked.change(), known));
        }
    }

    /** Connections claim again from the next actor. */
    private void stop() {
        Holder holder = state instanceof State.Open open ? open.holder() : null;
        Claim next = state instanceof State.Open open ? open.next() : null;
        Input.Detached detached = holder == null ? null : waiting.detached(holder.id());
        if (detached != null) {
            session.left(now, detached);
            session.note(effects);
        }
        waiting.handOver(holder == null ? null : holder.claim(), next, effects);
        state = new State.Leaving(Moment.NEVER);
        effects.accept(new Effect.Stop());
    }

    private State.Open open() {
        if (state instanceof State.Open open) {
            return open;
        }
        throw new IllegalStateException("state: " + state + " (expected: one in which inputs are handled)");
    }
}
