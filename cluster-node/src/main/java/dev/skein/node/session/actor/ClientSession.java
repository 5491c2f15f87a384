package dev.skein.node.session.actor;

import dev.skein.node.session.actor.SessionCommand.Attach;
import dev.skein.node.session.actor.SessionCommand.Detach;
import dev.skein.node.session.actor.SessionCommand.Expire;
import dev.skein.node.session.actor.SessionCommand.Subscribe;
import dev.skein.node.session.actor.SessionCommand.Unsubscribe;
import dev.skein.node.session.actor.SessionEvents.Done;
import dev.skein.node.session.actor.SessionEvents.Evict;
import dev.skein.node.session.actor.SessionEvents.HolderCheck;
import dev.skein.node.session.actor.SessionEvents.HolderOverdue;
import dev.skein.node.session.actor.SessionEvents.Idle;
import dev.skein.node.session.actor.SessionEvents.LoadFailed;
import dev.skein.node.session.actor.SessionEvents.Loaded;
import dev.skein.node.session.actor.SessionEvents.Next;
import dev.skein.node.session.actor.SessionEvents.SearchOver;
import dev.skein.node.session.actor.SessionEvents.WillsSettled;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.StashBuffer;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.jspecify.annotations.Nullable;

/**
 * One client ID of one instance: the lock that lets one connection have it at a time, and the home of its session.
 *
 * <p>It decides who is connected and what is subscribed; messages never pass through it. Changes that need the store or
 * the routers are done one after another, and what arrives meanwhile waits. Every wait has a deadline.
 */
public final class ClientSession extends AbstractMatchingBehavior<SessionCommand> {
    /** Entity type of sessions. */
    public static final EntityTypeKey<SessionCommand> TYPE_KEY =
            EntityTypeKey.create(SessionCommand.class, "ClientSession");

    private static final int STASH_MAX = 1000;
    private static final String TAKE_OVER = "take-over";
    private static final String IDLE = "idle";
    private static final String HOLDER_CHECK = "holder-check";
    private static final Duration HOLDER_CHECK_EVERY = Duration.ofMinutes(5);

    private final TimerScheduler<SessionCommand> timers;
    private final StashBuffer<SessionCommand> stash;
    private final SessionContext shared;
    private final SessionKey key;
    private final ActorRef<ClusterSharding.ShardCommand> shard;
    private final SessionChanges changes;
    private final AwaitedWills wills;
    private final HolderSearch search;
    private final Evictions evictions;
    private final LastRequest requests = new LastRequest();
    private final SubscribedFilters subscriptions = new SubscribedFilters();
    private @Nullable StoredSession stored;
    private @Nullable Attach holder;
    private @Nullable Attach pending;
    private long lastSeen;
    private boolean present;
    private boolean busy = true;
    private boolean loaded;
    private boolean begun;
    private boolean passivating;
    private boolean stopping;

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
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> Behaviors.withStash(
                STASH_MAX, stash -> new ClientSession(context, timers, stash, shared, key, shard))));
    }

    private ClientSession(
            ActorContext<SessionCommand> context,
            TimerScheduler<SessionCommand> timers,
            StashBuffer<SessionCommand> stash,
            SessionContext shared,
            SessionKey key,
            ActorRef<ClusterSharding.ShardCommand> shard) {
        super(context);
        this.timers = timers;
        this.stash = stash;
        this.shared = shared;
        this.key = key;
        this.shard = shard;
        this.changes = new SessionChanges(context, shared, key, subscriptions);
        this.wills = new AwaitedWills(context, shared.wills(), key);
        this.evictions = new Evictions(timers, shared.membership());
        this.search = new HolderSearch(shared.membership(), key, shared.shards().isYoung(shard), context, timers);
        changes.load();
    }

    @Override
    public Behavior<SessionCommand> onMessage(SessionCommand command) {
        if ((busy || passivating) && SessionEvents.mustWait(command)) {
            if (stash.isFull()) {
                Answers.passedOver(command, ConnectionEvent.Refusal.BUSY);
            } else {
                stash.stash(command);
            }
            return this;
        }
        boolean unknown = holder == null && pending == null && (stored == null || command instanceof Expire);
        if (unknown && search.beginsFor(command, shared.membership(), key, getContext(), timers)) {
            busy = true;
            begun = false;
            stash.stash(command);
            return this;
        }
        switch (command) {
            case Loaded(var session) -> onLoaded(session);
            case LoadFailed(var why) -> onLoadFailed(why);
            case SessionCommand.Holder answer -> {
                search.answered(answer);
                beginWhenKnown();
            }
            case SearchOver _ -> {
                search.end();
                beginWhenKnown();
            }
            case Done(var failure, var next) -> onDone(failure, next);
            case Attach attach -> onAttach(attach);
            case Detach detach -> onDetach(detach.connectionId());
            case Subscribe subscribe -> onSubscribe(subscribe);
            case Unsubscribe unsubscribe -> onUnsubscribe(unsubscribe);
            case SessionCommand.ProbeResult result -> onProbeResult(result);
            case SessionCommand.Locate locate -> locate.replyTo().tell(location());
            case SessionCommand.Kick kick -> onKick(kick);
            case Expire expire -> onExpire(expire.beforeMillis());
            case HolderOverdue(var connectionId) -> onHolderOverdue(connectionId);
            case WillsSettled settled -> onWillsSettled(settled);
            case HolderCheck _ -> onHolderCheck();
            case Evict _ -> evictions.again();
            case Idle _ -> onIdle();
            case Stop _ -> stopping = true;
            case SessionCommand.Local other ->
                throw new IllegalArgumentException("command: " + other + " (expected: one of the session's own)");
        }
        if (busy) {
            return this; // also when it is to stop: what the store was asked for has to be done first
        }
        if (stopping) {
            return leave();
        }
        return passivating ? this : stash.unstashAll(this);
    }

    /** The shard stops this actor soon; what comes until then is for the next one, which must know who is admitted. */
    private void passivate() {
        passivating = true;
        shard.tell(new ClusterSharding.Passivate<>(getContext().getSelf()));
    }

    /** The shard is handed over, or a claim came while it was stopped: connections claim again from the next actor. */
    private Behavior<SessionCommand> leave() {
        stash.forEach(command -> {
            if (command instanceof Detach detach) {
                onDetach(detach.connectionId());
            }
        });
        Answers.leaving(stash, holder, pending, command -> shared.tell(key, command));
        return Behaviors.stopped();
    }

    private void onLoaded(Optional<StoredSession> session) {
        stored = session.orElse(null);
        session.ifPresent(found -> {
            lastSeen = Math.max(found.createdAt(), found.disconnectedAt());
            subscriptions.put(found.subscriptions());
        });
        loaded = true;
        beginWhenKnown();
    }

    private void beginWhenKnown() {
        if (!loaded || begun || !search.isOver()) {
            return;
        }
        begun = true;
        busy = false;
        timers.cancel(SearchOver.INSTANCE);
        if (search.found() != null) {
            onAttach(search.found());
        } else {
            idleAgain();
        }
    }

    private void onLoadFailed(String why) {
        getContext().getLog().warn("session {} could not be read: {}", key, why);
        stash.forEach(each -> Answers.passedOver(each, ConnectionEvent.Refusal.STORE_UNAVAILABLE));
        stash.clear();
        shard.tell(new ClusterSharding.Passivate<>(getContext().getSelf()));
        busy = false;
        stopping = true; // the next command finds a new actor, which reads again
    }

    private void onDone(@Nullable Throwable failure, Next next) {
        busy = false;
        if (failure != null) {
            getContext().getLog().warn("session {}: the store refused: {}", key, failure.toString());
        }
        next.run(failure);
    }

    private void onAttach(Attach attach) {
        timers.cancel(IDLE);
        if (isHolder(attach.connection().id())) {
            again(attach);
            return;
        }
        if (pending != null && pending.connection().id() == attach.connection().id()) {
            return; // it asks again, and still waits for the holder to leave
        }
        if (attach.resumed()) {
            onResumed(attach);
            return;
        }
        if (pending != null) {
            Answers.refuse(pending, ConnectionEvent.Refusal.SUPERSEDED);
        }
        pending = attach;
        if (holder == null) {
            admitPending();
        } else if (!shared.membership().isMember(holder.connection().node())) {
            lost();
        } else {
            contest(holder.connection(), attach);
        }
    }

    private void contest(ConnectionRef old, Attach attach) {
        if (attach.takeOver()) {
            evictions.begin(old);
        }
        old.gateway().tell(new ConnectionEvent.Probe(old.id(), getContext().getSelf()));
        if (!timers.isTimerActive(TAKE_OVER)) { // it was told to leave when the first of those that wait came
            timers.startSingleTimer(TAKE_OVER, new HolderOverdue(old.id()), shared.takeOverDeadline());
        }
    }

    /** Admits the one that waits, now that nobody has the client ID, when the wills of former connections are out. */
    private void admitPending() {
        Attach next = pending;
        if (next == null || wills.awaited()) {
            return;
        }
        if (wills.possible()) {
            wills.await(0);
        } else {
            pending = null;
            admit(next);
        }
    }

    /** The old connection does not leave. Its node may have stalled: then its will is published from here. */
    private void onHolderOverdue(long connectionId) {
        Attach old = holder;
        if (pending != null && old != null && isHolder(connectionId)) {
            evictions.begin(old.connection());
            wills.await(connectionId);
        }
    }

    private void onWillsSettled(WillsSettled settled) {
        wills.settled(settled.failure());
        Attach next = pending;
        if (next != null && settled.failure() != null) {
            Answers.refuse(next, ConnectionEvent.Refusal.STORE_UNAVAILABLE);
            pending = null;
            next = null;
        }
        if (next == null) {
            if (holder == null) {
                free();
            }
        } else if (holder == null || isHolder(settled.overdue())) {
            timers.cancel(HOLDER_CHECK);
            pending = null;
            admit(next);
        } else {
            contest(holder.connection(), next);
        }
    }

    /** The holder asks once more: the answer was lost, or it heard that an actor went away. */
    private void again(Attach attach) {
        if (attach.resumed()) {
            Answers.resumed(attach, self());
        } else {
            attached(attach, present);
        }
    }

    /** A connection that an earlier actor admitted, perhaps on a node that is gone. */
    private void onResumed(Attach attach) {
        boolean sessionIsGone = !attach.cleanSession() && stored == null;
        if (holder != null || sessionIsGone) {
            Answers.takenOver(attach);
            idleAgain();
            return;
        }
        holder = attach;
        holderChecks();
        Answers.resumed(attach, self());
    }

    private long self() {
        return shared.membership().self().uid();
    }

    /** The node of the holder is gone. */
    private void lost() {
        getContext().getLog().debug("session {}: its connection was on a node that is gone", key);
        left();
    }

    private void holderChecks() {
        Attach now = holder;
        if (now != null && now.connection().node() != self()) {
            timers.startTimerWithFixedDelay(HOLDER_CHECK, HolderCheck.INSTANCE, HOLDER_CHECK_EVERY);
        }
    }

    private void onHolderCheck() {
        Attach now = holder;
        if (now == null) {
            timers.cancel(HOLDER_CHECK);
        } else if (!shared.membership().isMember(now.connection().node())) {
            lost();
        }
    }

    private void onProbeResult(SessionCommand.ProbeResult result) {
        Attach waiting = pending;
        if (result.disconnected()) {
            wills.disconnected(result.connectionId());
        }
        if (waiting != null && isHolder(result.connectionId()) && result.alive() && !waiting.takeOver()) {
            timers.cancel(TAKE_OVER);
            pending = null;
            Answers.refuse(waiting, ConnectionEvent.Refusal.IN_USE);
        }
    }

    private boolean isHolder(long connectionId) {
        return holder != null && holder.connection().id() == connectionId;
    }

    private void onDetach(long connectionId) {
        evictions.over(connectionId);
        if (pending != null && pending.connection().id() == connectionId) {
            pending = null; // it left before it was admitted
        }
        if (isHolder(connectionId)) {
            left();
        }
    }

    private void left() {
        holder = null;
        timers.cancel(TAKE_OVER);
        timers.cancel(HOLDER_CHECK);
        if (pending != null) {
            admitPending();
        } else {
            if (stored != null) {
                seen(stored);
            }
            free();
        }
    }

    /** Nobody has the client ID, and nobody waits for it. */
    private void free() {
        if (stored == null) {
            passivate();
        } else {
            idleAgain();
        }
    }

    private void seen(StoredSession session) {
        lastSeen = shared.clock().millis();
        var _ = shared.sessions().disconnectedAt(session, lastSeen);
    }

    private void admit(Attach attach) {
        holder = attach;
        holderChecks();
        if (attach.cleanSession()) {
            if (stored == null) {
                attached(attach, false);
            } else {
                discard(stored, failure -> attachedOrRefused(attach, false, failure));
            }
        } else if (stored == null) {
            busy = true;
            changes.create(made -> stored = made, failure -> attachedOrRefused(attach, false, failure));
        } else {
            seen(stored);
            attached(attach, true);
        }
    }

    private void attachedOrRefused(Attach attach, boolean present, @Nullable Throwable failure) {
        if (failure == null) {
            attached(attach, present);
        } else {
            holder = null;
            Answers.refuse(attach, ConnectionEvent.Refusal.STORE_UNAVAILABLE);
            idleAgain();
        }
    }

    private void attached(Attach attach, boolean sessionPresent) {
        present = sessionPresent;
        Answers.attached(attach, sessionPresent, stored, subscriptions, shared);
    }

    private void discard(StoredSession session, Next next) {
        busy = true;
        stored = null;
        changes.discard(session, next);
    }

    private void onSubscribe(Subscribe subscribe) {
        StoredSession session = stored;
        if (session != null && requests.isNext(holder, subscribe.connection(), subscribe.request())) {
            busy = true;
            changes.subscribe(session, subscribe);
        }
    }

    private void onUnsubscribe(Unsubscribe unsubscribe) {
        StoredSession session = stored;
        if (session != null && requests.isNext(holder, unsubscribe.connection(), unsubscribe.request())) {
            busy = changes.unsubscribe(session, unsubscribe);
        }
    }

    private SessionCommand.Location location() {
        idleAgain();
        return Answers.location(stored, holder, shared.membership());
    }

    private void onKick(SessionCommand.Kick kick) {
        Answers.kick(kick, holder, shared.membership());
        idleAgain();
    }

    private void onExpire(long beforeMillis) {
        StoredSession session = stored;
        if (session != null && (holder != null || pending != null)) {
            seen(session);
        } else if (session != null && lastSeen < beforeMillis && search.foundNobody()) {
            getContext().getLog().info("session {} expired: not connected since {} ms", key, lastSeen);
            discard(session, _ -> idleAgain());
        } else {
            idleAgain();
        }
    }

    private void idleAgain() {
        if (holder == null && pending == null) {
            timers.startSingleTimer(IDLE, Idle.INSTANCE, shared.idleDeadline());
        }
    }

    private void onIdle() {
        if (holder == null && pending == null && !busy) {
            passivate();
        } else if (busy) {
            timers.startSingleTimer(IDLE, Idle.INSTANCE, shared.idleDeadline());
        }
    }
}
