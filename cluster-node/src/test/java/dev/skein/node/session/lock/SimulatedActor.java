package dev.skein.node.session.lock;

import dev.skein.persistence.api.StoredSession;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The shell of a lock: does what the lock returns, and brings it the answers. */
final class SimulatedActor {
    private final LockSimulation world;
    private final LockRules rules;
    private final long number;
    private final SessionLock lock;
    private final Set<Question> answered = new HashSet<>();
    private int loads;
    private int changes;
    private int settling;
    private boolean loaded;
    private boolean settled;

    SimulatedActor(LockSimulation world, LockRules rules, long number) {
        this.world = world;
        this.rules = rules;
        this.number = number;
        this.lock = new SessionLock(world, world.now());
    }

    void start(boolean young) {
        lock.start(young).forEach(effect -> perform(null, effect));
    }

    void on(Input input) {
        if (input instanceof Input.Claimed(var claim)) {
            rules.claimed(lock.state(), claim);
        } else if (input instanceof Input.NodeAnswered(var _, var claim) && claim != null) {
            rules.claimed(lock.state(), claim);
        }
        State before = lock.state();
        boolean stale = rules.isStale(before, input);
        switch (input) {
            case Input.WillsSettled(var failed) -> settled = !failed;
            case Input.Detached detached -> {
                rules.detached(detached.connection());
                if (lock.state() instanceof State.Open open
                        && open.holder() != null
                        && open.holder().id() == detached.connection()) {
                    rules.ends().left(detached, world.stored());
                }
            }
            case Input _ -> {
                // Nothing to note.
            }
        }
        boolean foreign = rules.isForeign(before, input);
        List<Effect> effects = lock.on(input, world.now());
        world.note(input);
        if (foreign) {
            rules.check(
                    effects.getFirst() instanceof Effect.NotOwner && effects.size() == 1,
                    "a claim of a stranger, " + input + ", led to " + effects);
        }
        if (stale) {
            rules.check(
                    effects.isEmpty() && lock.state().equals(before),
                    "a stale " + input + " led to " + effects + " and " + lock.state());
        }
        effects.forEach(effect -> perform(input, effect));
        world.note(lock.state());
        if (input instanceof Input.TimePassed && world.isCurrent(this)) {
            rules.check(lock.wakeAt() > world.now().nanos(), "a deadline is over and nothing came of it: " + state());
        }
    }

    void wake() {
        on(new Input.TimePassed());
    }

    State state() {
        return lock.state();
    }

    long wakeAt() {
        return lock.wakeAt();
    }

    boolean isLoading() {
        return loads > 0;
    }

    boolean isChanging() {
        return changes > 0;
    }

    boolean isSettling() {
        return settling > 0;
    }

    @Nullable
    Connection holder() {
        return switch (lock.state()) {
            case State.Held(var holder) -> holder.claim().connection();
            case State.Contested(var holder, var _) -> holder.claim().connection();
            case State _ -> null;
        };
    }

    /** An answer of the store or of the wills: late, but never lost, and only for this actor. */
    private void answer(String text, Runnable delivery) {
        world.send(0, text, new Unlosable(() -> {
            if (world.isCurrent(this)) {
                delivery.run();
            }
        }));
    }

    /** A delivery that is not lost on its way. */
    record Unlosable(Runnable delivery) implements Runnable {
        @Override
        public void run() {
            delivery.run();
        }
    }

    private void perform(@Nullable Input input, Effect effect) {
        world.note(effect);
        rules.told(effect);
        switch (effect) {
            case Effect.Load _ -> load();
            case Effect.Search(var nodes) -> nodes.forEach(this::search);
            case Effect.Grant grant -> {
                rules.granted(this, grant, input);
                StoredSession granted = grant.session();
                world.tell(
                        grant.claim().connection(),
                        "grant",
                        to -> world.granted(to, granted == null ? 0 : granted.id()));
            }
            case Effect.Resume(var to) -> {
                rules.resumed(this, to);
                world.tell(to, "resume", world::resumed);
            }
            case Effect.Refuse(var to, var why) -> {
                rules.refused(to, why, input);
                world.tell(to, "refusal", world::refused);
            }
            case Effect.Evict(var connection) -> world.tell(connection, "eviction", world::evicted);
            case Effect.Probe(var holder) -> world.tell(holder, "probe", world::probed);
            case Effect.HolderLost(var holder) ->
                rules.check(!world.isMember(holder.node()), "lost: " + holder + " (expected: its node is gone)");
            case Effect.Reclaim(var to) -> world.tell(to, "reclaim", world::reclaimed);
            case Effect.Answer(var question, var _, var _) ->
                rules.check(answered.add(question), "a question is answered twice");
            case Effect.Forward(var question) -> rules.check(answered.add(question), "a question is answered twice");
            case Effect.NotOwner(var to, var owner) -> {
                rules.notOwner(to, owner);
                world.tell(to, "refusal of a stranger", world::refused);
            }
            case Effect.Create(var next) -> {
                rules.decided(settled || input instanceof Input.Committed); // with the discard of another
                change(() -> world.create(next));
            }
            case Effect.TakeUp(var session, var owner) -> {
                rules.decided(settled);
                rules.ends().takenUp(session, lock.state());
                change(() -> {
                    world.note(session);
                    return owner == null ? world.stored() : world.own(owner);
                });
            }
            case Effect.Discard(var session) -> discard(session, input);
            case Effect.Expire(var session, var _) -> discard(session, input);
            case Effect.Change _ -> change(world::stored);
            case Effect.Seen(var session) -> {
                if (world.fails()) {
                    rules.ends().notNoted(session);
                    answer("not noted", () -> on(new Input.NotNoted()));
                } else {
                    world.note(session);
                }
            }
            case Effect.SettleWills(var overdue, var _, var _) -> settle(overdue);
            case Effect.Passivate _ -> answer("stop", () -> on(new Input.StopAsked()));
            case Effect.Stop _ -> {
                rules.check(changes == 0, "stopped while the store changes the session");
                world.stopped();
            }
        }
    }

    private void discard(StoredSession session, @Nullable Input input) {
        rules.ends().discarded(session, lock.state(), input);
        change(this::discard);
    }

    boolean isLoaded() {
        return loaded;
    }

    boolean hasSettled() {
        return settled;
    }

    long number() {
        return number;
    }

    private @Nullable StoredSession discard() {
        world.discard();
        return null;
    }

    private void load() {
        loads++;
        answer("the store is read", () -> {
            StoredSession found = world.stored();
            answer("loaded", () -> {
                loads--;
                boolean fails = world.fails();
                loaded = !fails;
                on(fails ? new Input.LoadFailed() : new Input.Loaded(found));
            });
        });
    }

    private void search(long node) {
        world.send(node, "who holds? to " + node, () -> {
            Claim held = world.held(node);
            world.send(0, "node " + node + " has " + held, () -> {
                if (world.isCurrent(this)) {
                    on(new Input.NodeAnswered(node, held));
                }
            });
        });
    }

    private void change(Supplier<@Nullable StoredSession> what) {
        changes++;
        rules.check(changes == 1, "changes at once: " + changes + " (expected: 1)");
        answer("the store changes", () -> {
            boolean fails = world.fails();
            StoredSession now = fails && world.chance() ? null : what.get();
            answer("changed", () -> {
                changes--;
                on(fails ? new Input.ChangeFailed() : new Input.Committed(now));
            });
        });
    }

    private void settle(long overdue) {
        settling++;
        rules.check(settling == 1, "wills are asked for: " + settling + " times (expected: once)");
        answer("wills", () -> {
            settling--;
            boolean failed = world.fails();
            if (!failed) {
                world.willsSettled();
            }
            if (!failed && overdue != 0) {
                world.connections().stream()
                        .filter(each -> each.id() == overdue)
                        .forEach(each -> each.overdue = true);
            }
            on(new Input.WillsSettled(failed));
        });
    }
}
