package dev.skein.node.route.actor;

import dev.skein.node.cluster.FrameParts;
import dev.skein.node.cluster.Membership;
import dev.skein.node.route.RouteTable;
import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.RetainedStore;
import dev.skein.persistence.api.SessionStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
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
 * The router of one parent topic (or of the root): brings the subscriptions of persistent sessions into every open
 * route table, and is the single writer of the retained messages of its topics.
 *
 * <p>What it routes is derived from the subscriptions in the store, so it keeps no journal: a new incarnation asks the
 * keepers who has the table open, and gives each the whole table again. Changes wait while a table is being read, so a
 * removal cannot be undone by an older page; and of each change it tells what the store has at that time, so that a
 * copy that was held up on its way undoes nothing newer.
 */
public final class TopicRouter extends AbstractMatchingBehavior<RouterCommand> {
    /** Entity type of routers. */
    public static final EntityTypeKey<RouterCommand> TYPE_KEY =
            EntityTypeKey.create(RouterCommand.class, "TopicRouter");

    private static final int PAGE = 1000;
    /** What a route is on a page beside its texts: names of fields and numbers. */
    private static final int ROUTE_CHARS = 64;

    private static final int STASH_MAX = 100_000;
    private static final Duration IDLE = Duration.ofMinutes(2);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final TimerScheduler<RouterCommand> timers;
    private final StashBuffer<RouterCommand> stash;
    private final Shared shared;
    private final String instance;
    private final String parent;
    private final ActorRef<ClusterSharding.ShardCommand> shard;
    private final RetainedIndex retained;
    private final Map<Long, ActorRef<KeeperCommand>> keepers = new HashMap<>();
    /** Nodes that have not yet said whether they have the table open. */
    private final Set<Long> unanswered = new HashSet<>();

    private final Map<Long, Unapplied> unapplied = new TreeMap<>();
    private @Nullable Reading reading;
    /** Filled until it is read; what comes while it is read waits. */
    private final ChangeBatch changes = new ChangeBatch();

    private boolean readingChanges;
    private long version;
    private long oldestUnapplied;

    /**
     * What every router of a node shares.
     *
     * @param membership whose keepers are asked at start, and told of changes
     * @param keeper the keeper of this node
     * @param memory what their retained messages may take
     * @param passedOver counts what was not taken because too much waited
     */
    public record Shared(
            SessionStore sessions,
            RetainedStore retained,
            Membership membership,
            ActorRef<KeeperCommand> keeper,
            RetainedMemory memory,
            LongAdder passedOver) {

        private Map<Long, ActorRef<KeeperCommand>> keepers() {
            Map<Long, ActorRef<KeeperCommand>> all = new HashMap<>();
            all.put(membership.self().uid(), keeper);
            membership.others().forEach(node -> all.put(node.uid(), membership.actorOn(node, TableKeeper.NAME)));
            return all;
        }
    }

    private record Unapplied(Set<Long> waitingFor, ActorRef<RouterCommand.RouteApplied> replyTo) {}

    /** A table on its way to one keeper, page by page. */
    private record Reading(long node, ActorRef<KeeperCommand> keeper, AtomicInteger page) {}

    private record RoutesPage(Reading of, List<PersistentRoute> routes) implements RouterCommand.Local {}

    private record RoutesFailed(Reading of, long after) implements RouterCommand.Local {}

    private record ReadAgain(Reading of, long after) implements RouterCommand.Local {}

    private record ChangesRead(List<PersistentRoute> stored) implements RouterCommand.Local {}

    private enum ChangesFailed implements RouterCommand.Local {
        INSTANCE
    }

    private enum ReadChanges implements RouterCommand.Local {
        INSTANCE
    }

    private enum ReadChangesAgain implements RouterCommand.Local {
        INSTANCE
    }

    record RetainedLoaded(List<RetainedMessage> page) implements RouterCommand.Local {}

    record RetainedLoadFailed(String after) implements RouterCommand.Local {}

    private record LoadAgain(String after) implements RouterCommand.Local {}

    private record RetainDone(RouterCommand.Retain retain, boolean committed) implements RouterCommand.Local {}

    private record RetainedBefore(RouterCommand.Retain retain, boolean committed) implements RouterCommand.Local {}

    private enum Idle implements RouterCommand.Local {
        INSTANCE
    }

    private enum Check implements RouterCommand.Local {
        INSTANCE
    }

    /** Sent by the shard when the router may stop. */
    public enum Stop implements RouterCommand.Local {
        /** The only one. */
        INSTANCE
    }

    /** The sharding id of a router. */
    public static String entityId(String instance, String parent) {
        return instance + "|" + parent;
    }

    /** The sharding id of the root's router in the instance of the router with {@code entityId}. */
    public static String rootOf(String entityId) {
        return entityId(entityId.substring(0, entityId.indexOf('|')), RouteTable.ROOT);
    }

    /** A router that first asks who has its table open and reads its retained messages. */
    public static Behavior<RouterCommand> create(
            String entityId, Shared shared, ActorRef<ClusterSharding.ShardCommand> shard) {
        int bar = entityId.indexOf('|');
        String instance = entityId.substring(0, bar);
        String parent = entityId.substring(bar + 1);
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> Behaviors.withStash(
                STASH_MAX, stash -> new TopicRouter(context, timers, stash, shared, instance, parent, shard).start())));
    }

    private TopicRouter(
            ActorContext<RouterCommand> context,
            TimerScheduler<RouterCommand> timers,
            StashBuffer<RouterCommand> stash,
            Shared shared,
            String instance,
            String parent,
            ActorRef<ClusterSharding.ShardCommand> shard) {
        super(context);
        this.timers = timers;
        this.stash = stash;
        this.shared = shared;
        this.instance = instance;
        this.parent = parent;
        this.shard = shard;
        this.retained = new RetainedIndex(shared.retained(), instance, parent, shared.memory());
    }

    private Behavior<RouterCommand> start() {
        unanswered.addAll(shared.keepers().keySet());
        announce();
        timers.startTimerWithFixedDelay(Check.INSTANCE, RETRY);
        loadRetained("");
        idleAgain();
        return this;
    }

    private void announce() {
        Map<Long, ActorRef<KeeperCommand>> all = shared.keepers();
        unanswered.retainAll(all.keySet());
        unanswered.forEach(node -> Objects.requireNonNull(all.get(node))
                .tell(new KeeperCommand.Announce(instance, parent, getContext().getSelf())));
    }

    /** Nodes that are gone are waited for no longer; one that lags gets the whole table once more. */
    private Behavior<RouterCommand> onCheck() {
        announce();
        for (long node : List.copyOf(keepers.keySet())) {
            if (!shared.membership().isMember(node)) {
                forget(node);
            }
        }
        Reading now = reading;
        if (now != null && !shared.membership().isMember(now.node())) {
            reading = null;
        }
        long oldest =
                unapplied.keySet().stream().mapToLong(Long::longValue).min().orElse(0);
        if (oldest != 0 && oldest == oldestUnapplied && reading == null) {
            for (long node : Objects.requireNonNull(unapplied.get(oldest)).waitingFor()) {
                getContext()
                        .getSelf()
                        .tell(new RouterCommand.OpenTable(node, Objects.requireNonNull(keepers.get(node))));
            }
        }
        oldestUnapplied = oldest;
        return unstashWhenReady();
    }

    private void forget(long node) {
        keepers.remove(node);
        applied(node, Long.MAX_VALUE);
    }

    @Override
    public Behavior<RouterCommand> onMessage(RouterCommand command) {
        if (mustWait(command)) {
            if (stash.isFull()) {
                shared.passedOver().increment(); // who asks, asks again
            } else {
                stash.stash(command);
            }
            return this;
        }
        return switch (command) {
            case RouterCommand.OpenTable open -> onOpen(open);
            case RouterCommand.CloseTable close -> onClose(close);
            case RouterCommand.Put put -> onChange(ChangeBatch.Change.of(put));
            case RouterCommand.Remove remove -> onChange(ChangeBatch.Change.of(remove));
            case ReadChanges _ -> readingChanges || changes.isEmpty() ? this : readChanges();
            case ChangesRead read -> onChangesRead(read);
            case ChangesFailed _ -> later(ReadChangesAgain.INSTANCE);
            case ReadChangesAgain _ -> readChanges();
            case RouterCommand.Applied applied -> onApplied(applied);
            case RouterCommand.Retain retain -> onRetain(retain);
            case RouterCommand.FindRetained find -> onFind(find);
            case RoutesPage page -> onRoutes(page);
            case RoutesFailed failed -> later(new ReadAgain(failed.of(), failed.after()));
            case ReadAgain again -> read(again.of(), again.after());
            case RetainedLoaded page -> onRetainedLoaded(page);
            case RetainedLoadFailed failed -> later(new LoadAgain(failed.after()));
            case LoadAgain again -> loadRetained(again.after());
            case RetainDone done -> onRetainDone(done);
            case RetainedBefore before -> onRetainedBefore(before);
            case Check _ -> onCheck();
            case Idle _ -> onIdle();
            case Stop _ -> Behaviors.stopped(retained::end);
            case RouterCommand.Local other ->
                throw new IllegalArgumentException("command: " + other + " (expected: one of the router's own)");
        };
    }

    private boolean ready() {
        return unanswered.isEmpty() && retained.loaded() && reading == null;
    }

    private boolean mustWait(RouterCommand command) {
        return switch (command) {
            case RouterCommand.Put _, RouterCommand.Remove _ -> !ready() || readingChanges;
            case RouterCommand.Retain _, RouterCommand.FindRetained _ -> !retained.loaded();
            case RouterCommand.OpenTable _ -> reading != null || !changes.isEmpty();
            case RouterCommand _ -> false;
        };
    }

    private Behavior<RouterCommand> unstashWhenReady() {
        return ready() && !readingChanges ? stash.unstashAll(this) : this;
    }

    private Behavior<RouterCommand> onOpen(RouterCommand.OpenTable open) {
        unanswered.remove(open.node());
        if (!shared.membership().isMember(open.node())) {
            return unstashWhenReady();
        }
        keepers.put(open.node(), open.keeper());
        Reading begun = new Reading(open.node(), open.keeper(), new AtomicInteger());
        reading = begun;
        return read(begun, 0);
    }

    private Behavior<RouterCommand> read(Reading of, long after) {
        getContext()
                .pipeToSelf(
                        shared.sessions().routes(instance, parent, after, PAGE),
                        (routes, failure) ->
                                failure == null ? new RoutesPage(of, routes) : new RoutesFailed(of, after));
        return this;
    }

    private Behavior<RouterCommand> onRoutes(RoutesPage page) {
        Reading now = page.of();
        if (!now.equals(reading)) {
            return this; // given up: its keeper is gone, or has closed the table
        }
        boolean last = page.routes().isEmpty();
        for (List<PersistentRoute> part : FrameParts.cut(page.routes(), TopicRouter::chars)) {
            int number = now.page().getAndIncrement();
            now.keeper()
                    .tell(new KeeperCommand.Page(
                            instance,
                            parent,
                            version,
                            number,
                            last,
                            part,
                            getContext().getSelf()));
        }
        if (!last) {
            return read(now, page.routes().getLast().sessionId());
        }
        reading = null;
        return unstashWhenReady();
    }

    private static long chars(PersistentRoute route) {
        return (long) route.filter().length()
                + route.key().clientId().length()
                + route.key().instance().length()
                + ROUTE_CHARS;
    }

    private Behavior<RouterCommand> onClose(RouterCommand.CloseTable close) {
        unanswered.remove(close.node());
        forget(close.node());
        Reading now = reading;
        if (now != null && now.node() == close.node()) {
            reading = null;
        }
        return unstashWhenReady();
    }

    private Behavior<RouterCommand> onChange(ChangeBatch.Change change) {
        idleAgain();
        if (keepers.isEmpty()) {
            answer(change.replyTo());
            return this;
        }
        if (changes.isEmpty()) {
            getContext().getSelf().tell(ReadChanges.INSTANCE); // with what has arrived by then
        }
        changes.add(change);
        return changes.isFull() ? readChanges() : this;
    }

    /** One reading at a time: no older one ends after a newer. */
    private Behavior<RouterCommand> readChanges() {
        readingChanges = true;
        getContext()
                .pipeToSelf(
                        shared.sessions().routes(instance, changes.wanted()),
                        (stored, failure) -> failure == null ? new ChangesRead(stored) : ChangesFailed.INSTANCE);
        return this;
    }

    private Behavior<RouterCommand> onChangesRead(ChangesRead read) {
        readingChanges = false;
        changes.told(read.stored(), this::tell);
        return unstashWhenReady();
    }

    private void tell(ChangeBatch.Change change, List<PersistentRoute> present, List<String> gone) {
        ActorRef<RouterCommand> self = getContext().getSelf();
        long session = change.sessionId();
        if (!present.isEmpty()) {
            String clientId = present.getFirst().key().clientId();
            List<RouterCommand.FilterQos> subscriptions = present.stream()
                    .map(route -> new RouterCommand.FilterQos(route.filter(), route.qos()))
                    .toList();
            tell(new KeeperCommand.Put(instance, parent, ++version, session, clientId, subscriptions, self));
        }
        if (!gone.isEmpty()) {
            tell(new KeeperCommand.Remove(instance, parent, ++version, session, gone, self));
        }
        if (keepers.isEmpty() || change.filters().isEmpty()) {
            answer(change.replyTo());
        } else {
            unapplied.put(version, new Unapplied(new HashSet<>(keepers.keySet()), change.replyTo()));
        }
    }

    private void answer(ActorRef<RouterCommand.RouteApplied> replyTo) {
        RouterCommand.RouteApplied applied = new RouterCommand.RouteApplied(parent);
        shared.membership().settled().thenRun(() -> replyTo.tell(applied));
    }

    private void tell(KeeperCommand command) {
        keepers.values().forEach(keeper -> keeper.tell(command));
    }

    private Behavior<RouterCommand> onApplied(RouterCommand.Applied done) {
        applied(done.node(), done.version());
        return this;
    }

    private void applied(long node, long upTo) {
        for (long each : List.copyOf(unapplied.keySet())) {
            Unapplied change = Objects.requireNonNull(unapplied.get(each));
            if (each <= upTo
                    && change.waitingFor().remove(node)
                    && change.waitingFor().isEmpty()) {
                unapplied.remove(each);
                answer(change.replyTo());
            }
        }
    }

    private Behavior<RouterCommand> loadRetained(String after) {
        getContext()
                .pipeToSelf(
                        retained.nextPage(after),
                        (page, failure) -> failure == null ? new RetainedLoaded(page) : new RetainedLoadFailed(after));
        return this;
    }

    private Behavior<RouterCommand> onRetainedLoaded(RetainedLoaded loaded) {
        String next = retained.take(loaded.page());
        return retained.loaded() ? unstashWhenReady() : loadRetained(next);
    }

    private Behavior<RouterCommand> onRetain(RouterCommand.Retain retain) {
        idleAgain();
        if (retained.isOvertaken(retain.message())) {
            retain.replyTo().tell(new RouterCommand.Retained(true)); // kept, and replaced since
            return this;
        }
        CompletionStage<Void> before = retained.written(retain.message());
        if (before != null) { // asked again, or its publisher has sent it again: others may have set the topic since
            getContext().pipeToSelf(before, (_, failure) -> new RetainedBefore(retain, failure == null));
            return this;
        }
        if (!retained.hasRoom(retain.message())) {
            retain.replyTo().tell(new RouterCommand.Retained(false));
            return this;
        }
        getContext()
                .pipeToSelf(retained.write(retain.message()), (_, failure) -> new RetainDone(retain, failure == null));
        return this;
    }

    private Behavior<RouterCommand> onRetainDone(RetainDone done) {
        if (done.committed()) {
            retained.committed(done.retain().message());
        } else {
            retained.refused(done.retain().message());
            getContext()
                    .getLog()
                    .warn(
                            "{} of instance {} was refused by the store",
                            done.retain().message(),
                            instance);
        }
        done.retain().replyTo().tell(new RouterCommand.Retained(done.committed()));
        return this;
    }

    private Behavior<RouterCommand> onRetainedBefore(RetainedBefore before) {
        before.retain().replyTo().tell(new RouterCommand.Retained(before.committed()));
        return this;
    }

    private Behavior<RouterCommand> onFind(RouterCommand.FindRetained find) {
        idleAgain();
        retained.find(find);
        return this;
    }

    private Behavior<RouterCommand> later(RouterCommand command) {
        timers.startSingleTimer(command, command, RETRY);
        return this;
    }

    private void idleAgain() {
        timers.startSingleTimer(Idle.INSTANCE, Idle.INSTANCE, IDLE);
    }

    private Behavior<RouterCommand> onIdle() {
        if (keepers.isEmpty() && ready() && unapplied.isEmpty() && changes.isEmpty()) {
            shard.tell(new ClusterSharding.Passivate<>(getContext().getSelf()));
        } else {
            idleAgain();
        }
        return this;
    }
}
