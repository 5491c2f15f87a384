package dev.skein.node.route.actor;

import dev.skein.node.cluster.FrameParts;
import dev.skein.node.cluster.Membership;
import dev.skein.node.route.InstanceQuotas;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.actor.RouterRetained.Write;
import dev.skein.node.route.actor.RouterRoutes.Reading;
import dev.skein.persistence.api.PersistentRoute;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.RetainedStore;
import dev.skein.persistence.api.SessionStore;
import dev.skein.protocol.message.Subscription;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
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
    /** When nobody has the table open any more. */
    private static final Duration CLOSED = Duration.ofSeconds(10);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final TimerScheduler<RouterCommand> timers;
    private final StashBuffer<RouterCommand> stash;
    private final Shared shared;
    private final String instance;
    private final String parent;
    private final ActorRef<ClusterSharding.ShardCommand> shard;
    private final RetainedReads store;
    private final RouterRetained<ActorRef<RouterCommand.Retained>> retained;
    private final RouterRoutes<ActorRef<RouterCommand.RouteApplied>> routes;
    /** How to reach those that have the table open, or had it. */
    private final Map<Long, ActorRef<KeeperCommand>> keepers = new HashMap<>();

    /**
     * What every router of a node shares.
     *
     * @param membership whose keepers are asked at start, and told of changes
     * @param keeper the keeper of this node
     * @param memory what their retained messages may take
     * @param quotas what an instance may have
     * @param passedOver counts what was not taken because too much waited
     */
    public record Shared(
            SessionStore sessions,
            RetainedStore retained,
            Membership membership,
            ActorRef<KeeperCommand> keeper,
            RetainedMemory memory,
            Function<String, InstanceQuotas> quotas,
            LongAdder passedOver) {

        private Map<Long, ActorRef<KeeperCommand>> keepers() {
            Map<Long, ActorRef<KeeperCommand>> all = new HashMap<>();
            all.put(membership.self().uid(), keeper);
            membership.others().forEach(node -> all.put(node.uid(), membership.actorOn(node, TableKeeper.NAME)));
            return all;
        }
    }

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

    private record RetainedLoaded(List<RetainedMessage> page) implements RouterCommand.Local {}

    private record RetainedLoadFailed(String after) implements RouterCommand.Local {}

    private record LoadAgain(String after) implements RouterCommand.Local {}

    private record RetainDone(Write<ActorRef<RouterCommand.Retained>> write, boolean committed)
            implements RouterCommand.Local {}

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
        this.store = new RetainedReads(shared.retained(), instance, parent);
        this.retained = new RouterRetained<>(shared.memory(), shared.quotas().apply(instance), new RetainedOutput());
        this.routes = new RouterRoutes<>(new RoutesOutput());
    }

    private Behavior<RouterCommand> start() {
        routes.start(shared.keepers().keySet());
        checkAgain();
        loadRetained("");
        idleAgain();
        return this;
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
        switch (command) {
            case RouterCommand.OpenTable open -> onOpen(open);
            case RouterCommand.CloseTable close -> onClose(close);
            case RouterCommand.Put put -> onPut(put);
            case RouterCommand.Remove remove -> onRemove(remove);
            case ReadChanges _ -> routes.readChanges();
            case ChangesRead read -> routes.changesRead(read.stored());
            case ChangesFailed _ -> later(ReadChangesAgain.INSTANCE);
            case ReadChangesAgain _ -> routes.readChangesAgain();
            case RouterCommand.Applied applied -> routes.appliedBy(applied.node(), applied.version());
            case RouterCommand.Retain retain -> onRetain(retain);
            case RouterCommand.FindRetained find -> onFind(find);
            case RoutesPage page -> routes.tableRead(page.of(), page.routes());
            case RoutesFailed failed -> later(new ReadAgain(failed.of(), failed.after()));
            case ReadAgain again -> routes.readTableAgain(again.of(), again.after());
            case RetainedLoaded page -> onRetainedLoaded(page);
            case RetainedLoadFailed failed -> later(new LoadAgain(failed.after()));
            case LoadAgain again -> loadRetained(again.after());
            case RetainDone done -> onRetainDone(done);
            case Check _ -> onCheck();
            case Idle _ -> onIdle();
            case Stop _ -> {
                return Behaviors.stopped(retained::end);
            }
            case RouterCommand.Local other ->
                throw new IllegalArgumentException("command: " + other + " (expected: one of the router's own)");
        }
        checkAgain();
        return mayEndWaiting(command) && routes.mayChange() && retained.isLoaded() ? stash.unstashAll(this) : this;
    }

    private boolean mustWait(RouterCommand command) {
        return switch (command) {
            case RouterCommand.Put _, RouterCommand.Remove _ -> !routes.mayChange() || !retained.isLoaded();
            case RouterCommand.Retain _, RouterCommand.FindRetained _ -> !retained.isLoaded();
            case RouterCommand.OpenTable _ -> !routes.mayOpen();
            case RouterCommand _ -> false;
        };
    }

    /** Whether others that wait may go on after {@code command}. */
    private static boolean mayEndWaiting(RouterCommand command) {
        return switch (command) {
            case RouterCommand.OpenTable _, RouterCommand.CloseTable _, RoutesPage _, ChangesRead _ -> true;
            case RetainedLoaded _, Check _ -> true;
            case RouterCommand _ -> false;
        };
    }

    /** What routes ask for. */
    private final class RoutesOutput implements RouterRoutes.Output<ActorRef<RouterCommand.RouteApplied>> {
        @Override
        public void announce(long node) {
            ActorRef<KeeperCommand> keeper = shared.keepers().get(node);
            if (keeper != null) { // it may have gone since
                keeper.tell(new KeeperCommand.Announce(instance, parent, self()));
            }
        }

        @Override
        public void readTable(Reading of, long after) {
            getContext()
                    .pipeToSelf(
                            shared.sessions().routes(instance, parent, after, PAGE),
                            (page, failure) ->
                                    failure == null ? new RoutesPage(of, page) : new RoutesFailed(of, after));
        }

        @Override
        public void tellPage(Reading to, long version, List<PersistentRoute> page) {
            for (List<PersistentRoute> part : FrameParts.cut(page, TopicRouter::chars)) {
                tell(
                        to.node(),
                        new KeeperCommand.Page(instance, parent, version, to.nextPart(), page.isEmpty(), part, self()));
            }
        }

        @Override
        public void readChangesSoon() {
            self().tell(ReadChanges.INSTANCE);
        }

        @Override
        public void readChanges(Map<Long, Set<String>> wanted) {
            getContext()
                    .pipeToSelf(
                            shared.sessions().routes(instance, wanted),
                            (stored, failure) -> failure == null ? new ChangesRead(stored) : ChangesFailed.INSTANCE);
        }

        @Override
        public void tellPresent(Set<Long> nodes, long version, List<PersistentRoute> present) {
            PersistentRoute first = present.getFirst();
            List<Subscription> subscriptions =
                    present.stream().map(PersistentRoute::subscription).toList();
            KeeperCommand put = new KeeperCommand.Put(
                    instance, parent, version, first.sessionId(), first.key().clientId(), subscriptions, self());
            nodes.forEach(node -> tell(node, put));
        }

        @Override
        public void tellGone(Set<Long> nodes, long version, long session, List<String> filters) {
            KeeperCommand remove = new KeeperCommand.Remove(instance, parent, version, session, filters, self());
            nodes.forEach(node -> tell(node, remove));
        }

        @Override
        public void answer(ActorRef<RouterCommand.RouteApplied> to) {
            RouterCommand.RouteApplied applied = new RouterCommand.RouteApplied(parent);
            shared.membership().settled().thenRun(() -> to.tell(applied));
        }

        @Override
        public void openAgain(long node) {
            self().tell(new RouterCommand.OpenTable(node, Objects.requireNonNull(keepers.get(node))));
        }

        private ActorRef<RouterCommand> self() {
            return getContext().getSelf();
        }

        private void tell(long node, KeeperCommand command) {
            Objects.requireNonNull(keepers.get(node)).tell(command);
        }
    }

    /** What retained messages ask for. */
    private final class RetainedOutput implements RouterRetained.Output<ActorRef<RouterCommand.Retained>> {
        @Override
        public void write(Write<ActorRef<RouterCommand.Retained>> write) {
            getContext()
                    .pipeToSelf(store.write(write.message()), (_, failure) -> new RetainDone(write, failure == null));
        }

        @Override
        public void answer(ActorRef<RouterCommand.Retained> to, boolean kept, @Nullable String refused) {
            to.tell(new RouterCommand.Retained(kept, refused));
        }
    }

    private static long chars(PersistentRoute route) {
        return (long) route.subscription().fullFilter().length()
                + route.key().clientId().length()
                + route.key().instance().length()
                + ROUTE_CHARS;
    }

    /** There may be a million idle routers: only one that waits for others has a timer to look after them. */
    private void checkAgain() {
        if (!routes.isSettled() && !timers.isTimerActive(Check.INSTANCE)) {
            timers.startSingleTimer(Check.INSTANCE, Check.INSTANCE, RETRY);
        }
    }

    private void onCheck() {
        Set<Long> members = shared.keepers().keySet();
        routes.check(members);
        keepers.keySet().retainAll(members);
    }

    private void onOpen(RouterCommand.OpenTable open) {
        boolean isMember = shared.membership().isMember(open.node());
        if (isMember) {
            keepers.put(open.node(), open.keeper());
        }
        routes.open(open.node(), isMember);
    }

    private void onClose(RouterCommand.CloseTable close) {
        routes.close(close.node());
        if (routes.isIdle()) {
            timers.startSingleTimer(Idle.INSTANCE, Idle.INSTANCE, CLOSED);
        }
    }

    private void onPut(RouterCommand.Put put) {
        idleAgain();
        List<String> filters =
                put.subscriptions().stream().map(Subscription::fullFilter).toList();
        routes.change(put.sessionId(), filters, put.replyTo());
    }

    private void onRemove(RouterCommand.Remove remove) {
        idleAgain();
        routes.change(remove.sessionId(), remove.filters(), remove.replyTo());
    }

    private void loadRetained(String after) {
        getContext()
                .pipeToSelf(
                        store.page(after),
                        (page, failure) -> failure == null ? new RetainedLoaded(page) : new RetainedLoadFailed(after));
    }

    private void onRetainedLoaded(RetainedLoaded page) {
        String next = retained.take(page.page());
        if (retained.isUnlisted()) {
            getContext()
                    .getLog()
                    .warn(
                            "Retained messages of parent topic {} of instance {} are not held in memory: their topics"
                                    + " do not fit. They are found in the database, and none is added; `skein retained"
                                    + " delete` removes some, a larger heap has room for more",
                            parent,
                            instance);
        }
        if (!retained.isLoaded()) {
            loadRetained(next);
        }
    }

    private void onRetain(RouterCommand.Retain retain) {
        idleAgain();
        retained.retain(retain.message(), retain.replyTo());
    }

    private void onRetainDone(RetainDone done) {
        if (!done.committed()) {
            getContext()
                    .getLog()
                    .warn(
                            "{} of instance {} was refused by the store",
                            done.write().message(),
                            instance);
        }
        retained.written(done.write(), done.committed());
    }

    private void onFind(RouterCommand.FindRetained find) {
        idleAgain();
        RetainedSearch search = new RetainedSearch(find.filter(), find.afterTopic(), find.limit());
        if (store.isRoot() || retained.isUnlisted()) {
            store.find(search, find);
        } else {
            store.answer(retained.find(search), find);
        }
    }

    private void later(RouterCommand command) {
        timers.startSingleTimer(command, command, RETRY);
    }

    private void idleAgain() {
        timers.startSingleTimer(Idle.INSTANCE, Idle.INSTANCE, IDLE);
    }

    private void onIdle() {
        onCheck();
        if (routes.isIdle() && retained.isLoaded()) {
            shard.tell(new ClusterSharding.Passivate<>(getContext().getSelf()));
        } else {
            idleAgain();
        }
    }
}
