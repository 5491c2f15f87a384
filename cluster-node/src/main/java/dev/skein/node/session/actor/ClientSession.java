package dev.skein.node.session.actor;

import dev.skein.node.session.actor.SessionCommand.Attach;
import dev.skein.node.session.actor.SessionCommand.Detach;
import dev.skein.node.session.actor.SessionCommand.Expire;
import dev.skein.node.session.actor.SessionCommand.Holder;
import dev.skein.node.session.actor.SessionCommand.Kick;
import dev.skein.node.session.actor.SessionCommand.Locate;
import dev.skein.node.session.actor.SessionCommand.ProbeResult;
import dev.skein.node.session.actor.SessionCommand.Subscribe;
import dev.skein.node.session.actor.SessionCommand.Unsubscribe;
import dev.skein.node.session.actor.SessionEvents.Answered;
import dev.skein.node.session.actor.SessionEvents.Changed;
import dev.skein.node.session.actor.SessionEvents.Wake;
import dev.skein.node.session.lock.Effect;
import dev.skein.node.session.lock.Input;
import dev.skein.node.session.lock.Moment;
import dev.skein.node.session.lock.Question;
import dev.skein.node.session.lock.SessionLock;
import dev.skein.persistence.api.SessionKey;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.slf4j.event.Level;

/**
 * The session of one client ID of one instance. {@link SessionLock} decides who is connected; this actor brings it what
 * arrives and does what it returns. Messages never pass through it.
 */
public final class ClientSession extends AbstractMatchingBehavior<SessionCommand> {
    /** Entity type of sessions. */
    public static final EntityTypeKey<SessionCommand> TYPE_KEY =
            EntityTypeKey.create(SessionCommand.class, "ClientSession");

    /** Of the clock that locks are told; their deadlines are after it. */
    private static final long ORIGIN = System.nanoTime();

    private final TimerScheduler<SessionCommand> timers;
    private final SessionContext shared;
    private final SessionKey key;
    private final ActorRef<ClusterSharding.ShardCommand> shard;
    private final SubscribedFilters subscriptions = new SubscribedFilters();
    private final SessionChanges changes;
    private final SessionLock lock;
    /** When {@link Wake} comes. */
    private long wakeAt = Moment.NEVER;

    /** Sent by the shard when the session may leave the memory. */
    public enum Stop implements SessionCommand.Local {
        /** The only one. */
        INSTANCE
    }

    /** The sharding id of a session. */
    public static String entityId(String instance, String clientId) {
        return instance + "|" + clientId;
    }

    /** A session that first looks whether the store has it. */
    public static Behavior<SessionCommand> create(
            String entityId, SessionContext shared, ActorRef<ClusterSharding.ShardCommand> shard) {
        int bar = entityId.indexOf('|');
        SessionKey key = new SessionKey(entityId.substring(0, bar).intern(), entityId.substring(bar + 1));
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new ClientSession(context, timers, shared, key, shard).start()));
    }

    private ClientSession(
            ActorContext<SessionCommand> context,
            TimerScheduler<SessionCommand> timers,
            SessionContext shared,
            SessionKey key,
            ActorRef<ClusterSharding.ShardCommand> shard) {
        super(context);
        this.timers = timers;
        this.shared = shared;
        this.key = key;
        this.shard = shard;
        this.changes = new SessionChanges(context, shared, key, subscriptions);
        this.lock = new SessionLock(shared, now());
    }

    private Behavior<SessionCommand> start() {
        return perform(lock.start(shared.shards().isYoung(shard)));
    }

    private Moment now() {
        return new Moment(System.nanoTime() - ORIGIN, shared.clock().millis());
    }

    @Override
    public Behavior<SessionCommand> onMessage(SessionCommand command) {
        return switch (command) {
            case Attach attach -> tell(new Input.Claimed(attach));
            case Detach(var connection, var expiry, var willWaits) ->
                tell(new Input.Detached(connection, expiry, willWaits));
            case Subscribe subscribe ->
                tell(new Input.ChangeAsked(subscribe.connection(), subscribe.request(), subscribe));
            case Unsubscribe unsubscribe ->
                tell(new Input.ChangeAsked(unsubscribe.connection(), unsubscribe.request(), unsubscribe));
            case ProbeResult(var connection, var alive, var disconnected) ->
                tell(new Input.Probed(connection, alive, disconnected));
            case Holder(var node, var claim) -> tell(new Input.NodeAnswered(node, claim));
            case Locate locate -> tell(new Input.Asked(locate));
            case Kick kick -> tell(new Input.Asked(kick));
            case Expire(var beforeMillis) -> tell(new Input.ExpiryDue(beforeMillis));
            case Answered(var input) -> tell(input);
            case Changed(var first, var input) -> {
                first.run();
                yield tell(input);
            }
            case Wake _ -> {
                wakeAt = Moment.NEVER;
                yield tell(new Input.TimePassed());
            }
            case Stop _ -> tell(new Input.StopAsked());
            case SessionCommand.Local other ->
                throw new IllegalArgumentException("command: " + other + " (expected: one of the session's own)");
        };
    }

    private Behavior<SessionCommand> tell(Input input) {
        return perform(lock.on(input, now()));
    }

    private Behavior<SessionCommand> perform(List<Effect> effects) {
        boolean stops = false;
        for (Effect effect : effects) {
            stops |= effect instanceof Effect.Stop;
            perform(effect);
        }
        if (stops) {
            return Behaviors.stopped();
        }
        wake();
        return this;
    }

    private void wake() {
        long at = lock.wakeAt();
        if (at == wakeAt) {
            return;
        }
        wakeAt = at;
        if (at == Moment.NEVER) {
            timers.cancel(Wake.INSTANCE);
        } else {
            timers.startSingleTimer(Wake.INSTANCE, Wake.INSTANCE, Duration.ofNanos(Math.max(0, at - now().nanos())));
        }
    }

    private void perform(Effect effect) {
        switch (effect) {
            case Effect.Load _ -> changes.load();
            case Effect.Search(var nodes) -> changes.search(nodes);
            case Effect.Grant(var claim, var present, var session) ->
                Answers.attached(claim, present, session, subscriptions, shared);
            case Effect.Resume(var to) -> Answers.resumed(to, shared.here(), key);
            case Effect.Refuse(var to, var why) -> Answers.refuse(to, why);
            case Effect.NotOwner(var to, var owner) -> Answers.notOwner(to, owner);
            case Effect.Evict(var connection) -> Answers.takenOver(connection);
            case Effect.Probe(var holder) -> Answers.probe(holder, getContext().getSelf());
            case Effect.HolderLost _ ->
                getContext().getLog().debug("session {}: the node of its connection is gone", key);
            case Effect.Reclaim(var to) -> Answers.reclaim(to);
            case Effect.Answer(var question, var session, var holder) -> Answers.answer(question, session, holder);
            case Effect.Forward(var question) -> forward(question);
            case Effect.Create(var next) -> changes.create(next);
            case Effect.TakeUp(var session, var owner) -> changes.takeUp(session, owner);
            case Effect.Discard(var session) -> changes.discard(session, "clean-session");
            case Effect.Expire(var session, var lastSeen) -> {
                boolean bySettings = session.expirySeconds() == null; // else its client knows
                getContext()
                        .getLog()
                        .atLevel(bySettings ? Level.INFO : Level.DEBUG)
                        .log("session {} is discarded: not connected since {} ms", key, lastSeen);
                changes.discard(session, "away");
            }
            case Effect.Change(var change, var session) -> changes.change(session, change);
            case Effect.Seen(var session) -> changes.note(session);
            case Effect.SettleWills settle -> changes.settleWills(settle);
            case Effect.Passivate _ ->
                shard.tell(new ClusterSharding.Passivate<>(getContext().getSelf()));
            case Effect.Stop _ -> {
                // The behavior ends when the rest is done.
            }
        }
    }

    private void forward(Question question) {
        if (question instanceof SessionCommand command) {
            shared.tell(key, command);
        }
    }
}
