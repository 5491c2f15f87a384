package dev.skein.node.route.actor;

import dev.skein.node.route.NodeTables;
import dev.skein.node.route.RouteMemory;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.RouteTables;
import dev.skein.node.route.SessionRoute;
import dev.skein.node.route.SessionRoutes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the session halves of this node's route tables in step with their routers: opens a table when a publish first
 * needs it, applies the router's changes, closes it when it was not used for a while.
 */
public final class TableKeeper extends AbstractMatchingBehavior<KeeperCommand> {
    /** Name of the actor on each node. */
    public static final String NAME = "table-keeper";

    /** How an instance of the node's own begins, which is in no registry. */
    private static final String OWN = "$";

    private static final Duration SWEEP_EVERY = Duration.ofSeconds(30);
    private static final Duration REOPEN_EVERY = Duration.ofSeconds(2);
    /** How long a table stays open without a publish when there are too many. */
    private static final Duration IDLE_WHEN_FULL = Duration.ofSeconds(10);

    private final NodeTables tables;
    private final ActorRef<ShardingEnvelope<RouterCommand>> routers;
    private final Bounds bounds;
    private final LongSupplier clock;
    private final long self;
    private final Map<Key, Opening> opening = new HashMap<>();
    private final Map<Key, Loading> loading = new HashMap<>();
    private final Map<Key, Followed> followed = new HashMap<>();
    /** Tables that there was no room for; they are asked for again with the next {@link Sweep}. */
    private final Set<Key> refused = new HashSet<>();

    /** Tables that wait until others were closed, in the order of their coming. */
    private final Set<Key> parked = new LinkedHashSet<>();

    private boolean full;

    private record Key(String instance, String parent) {}

    /**
     * What stays open.
     *
     * @param tables open at once, but for the roots
     * @param idle how long one stays open without a publish
     */
    public record Bounds(int tables, Duration idle) {
        private static final int BYTES_OF_HEAP_EACH = 16 * 1024;

        /** One table with its router for each 16 KiB of this JVM's heap. */
        public static Bounds ofThisJvm(Duration idle) {
            return new Bounds(
                    Math.toIntExact(
                            Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / BYTES_OF_HEAP_EACH)),
                    idle);
        }
    }

    private record Opening(List<Runnable> waiting) {}

    /** A table on its way from {@code router}, of which page {@code next} is to come. */
    private record Loading(
            ActorRef<RouterCommand> router, SessionRoutes routes, AtomicInteger next, AtomicInteger seen) {
        Loading(ActorRef<RouterCommand> router, RouteMemory memory) {
            this(router, new SessionRoutes(memory), new AtomicInteger(), new AtomicInteger());
        }

        /** Whether a page has come since the last call. */
        boolean cameOn() {
            int now = next.get();
            return seen.getAndSet(now) != now;
        }
    }

    /** Whose changes an open table takes, and the last of them. */
    private record Followed(ActorRef<RouterCommand> router, long version) {}

    /**
     * A publish waits for the table.
     *
     * @param opened runs once the table is open, or there is no room for it; on the keeper's thread, must not block
     */
    public record Open(String instance, String parent, Runnable opened) implements KeeperCommand.Local {}

    private enum Sweep implements KeeperCommand.Local {
        INSTANCE
    }

    private enum Reopen implements KeeperCommand.Local {
        INSTANCE
    }

    /**
     * Starts without an open table.
     *
     * @param self the incarnation of this node
     * @param tables every table of the node
     * @param clock milliseconds, the one that {@link RouteTable#used} is called with
     */
    public static Behavior<KeeperCommand> create(
            long self,
            NodeTables tables,
            ActorRef<ShardingEnvelope<RouterCommand>> routers,
            Bounds bounds,
            LongSupplier clock) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Sweep.INSTANCE, SWEEP_EVERY);
            timers.startTimerWithFixedDelay(Reopen.INSTANCE, REOPEN_EVERY);
            return new TableKeeper(context, self, tables, routers, bounds, clock);
        }));
    }

    private TableKeeper(
            ActorContext<KeeperCommand> context,
            long self,
            NodeTables tables,
            ActorRef<ShardingEnvelope<RouterCommand>> routers,
            Bounds bounds,
            LongSupplier clock) {
        super(context);
        this.self = self;
        this.tables = tables;
        this.routers = routers;
        this.bounds = bounds;
        this.clock = clock;
    }

    @Override
    public Behavior<KeeperCommand> onMessage(KeeperCommand command) {
        switch (command) {
            case Open open -> onOpen(open);
            case KeeperCommand.Announce announce -> onAnnounce(announce);
            case KeeperCommand.Page page -> onPage(page);
            case KeeperCommand.Put put -> onPut(put);
            case KeeperCommand.Remove remove -> onRemove(remove);
            case Sweep _ -> onSweep();
            case Reopen _ -> onReopen();
            case KeeperCommand.Local other ->
                throw new IllegalArgumentException("command: " + other + " (expected: one of the keeper's own)");
        }
        return this;
    }

    private void onOpen(Open open) {
        if (table(open.instance(), open.parent()).isOpen()) {
            open.opened().run();
            return;
        }
        Key key = new Key(open.instance(), open.parent());
        Opening known = opening.get(key);
        if (known == null) {
            boolean noRoom = !isNeeded(key) && isFull();
            known = new Opening(new ArrayList<>());
            opening.put(key, known);
            if (noRoom) {
                park(key);
            } else if (!refused.contains(key)) {
                askToOpen(key);
            }
        }
        known.waiting().add(open.opened());
    }

    /** Every publish needs the root; and what the node publishes to itself tells whether it works at all. */
    private static boolean isNeeded(Key key) {
        return key.parent().equals(RouteTable.ROOT) || key.instance().startsWith(OWN);
    }

    private boolean isFull() {
        return followed.size() + opening.size() - parked.size() >= bounds.tables();
    }

    private void park(Key key) {
        parked.add(key);
        if (!full) {
            full = true;
            getContext()
                    .getLog()
                    .warn(
                            "{} parent topics are published to at once on this node (limit: one for each 16 KiB of the"
                                    + " heap); publishes to further ones wait until some were not used for {} s",
                            bounds.tables(),
                            IDLE_WHEN_FULL.toSeconds());
        }
    }

    /** Closes what was not used lately, and opens what waits for it. */
    private void unpark() {
        if (parked.isEmpty()) {
            full = false;
            return;
        }
        closeUnused(IDLE_WHEN_FULL);
        Iterator<Key> next = parked.iterator();
        while (next.hasNext() && !isFull()) {
            Key key = next.next();
            next.remove();
            askToOpen(key);
        }
    }

    /** What is on its way is not asked for again: the router would read the table once for each question. */
    private void onReopen() {
        for (Key key : opening.keySet()) {
            Loading now = loading.get(key);
            if (!parked.contains(key) && !refused.contains(key) && (now == null || !now.cameOn())) {
                askToOpen(key);
            }
        }
        unpark();
    }

    /**
     * An open table needs to be read again; one that was asked for already is asked for in a while, and not at once.
     */
    private void askAgain(Key key) {
        if (opening.putIfAbsent(key, new Opening(new ArrayList<>())) == null) {
            askToOpen(key);
        }
    }

    private void askToOpen(Key key) {
        routers.tell(new ShardingEnvelope<>(
                TopicRouter.entityId(key.instance(), key.parent()),
                new RouterCommand.OpenTable(self, getContext().getSelf())));
    }

    private void onAnnounce(KeeperCommand.Announce announce) {
        RouteTable table = tables.of(announce.instance()).find(announce.parent());
        boolean wanted = opening.containsKey(new Key(announce.instance(), announce.parent()));
        announce.router()
                .tell(
                        wanted || (table != null && table.isOpen())
                                ? new RouterCommand.OpenTable(self, getContext().getSelf())
                                : new RouterCommand.CloseTable(self));
    }

    private void onPage(KeeperCommand.Page page) {
        Key key = new Key(page.instance(), page.parent());
        RouteTable table = tables.of(page.instance()).find(page.parent());
        boolean open = table != null && table.isOpen();
        if (!open && !opening.containsKey(key)) {
            page.router().tell(new RouterCommand.CloseTable(self)); // the router should know, or was not reached
            return;
        }
        if (page.number() == 0) {
            drop(loading.put(key, new Loading(page.router(), tables.memory())));
        }
        Loading now = loading.get(key);
        if (now != null && !now.router().equals(page.router())) {
            return; // of a router that is gone
        }
        if (now == null || now.next().get() != page.number()) {
            drop(loading.remove(key));
            askAgain(key); // a page was lost
            return;
        }
        if (!tables.memory().mayLoad()) {
            refuse(key, page.router());
            return;
        }
        now.next().incrementAndGet();
        page.routes()
                .forEach(route -> now.routes()
                        .put(
                                route.subscription().fullFilter(),
                                SessionRoute.of(route.sessionId(), route.key().clientId(), route.subscription())));
        if (page.last()) {
            loading.remove(key);
            opened(key, page, now.routes());
        }
    }

    private static void drop(@Nullable Loading given) {
        if (given != null) {
            given.routes().discard();
        }
    }

    /** What is stored does not fit: its publishers wait, and the others go on. */
    private void refuse(Key key, ActorRef<RouterCommand> router) {
        long used = tables.memory().used();
        drop(loading.remove(key));
        table(key.instance(), key.parent()).close();
        followed.remove(key);
        if (refused.add(key)) {
            getContext()
                    .getLog()
                    .error(
                            "Route table {} of instance {} does not open: subscriptions of persistent sessions take {}"
                                    + " bytes (limit: a quarter of the heap, {}); publishes to it wait. Delete sessions"
                                    + " that have too many topic filters, or give the node a larger heap",
                            key.parent(),
                            key.instance(),
                            used,
                            2 * tables.memory().max());
        }
        settle(key);
        router.tell(new RouterCommand.CloseTable(self));
    }

    private void settle(Key key) {
        Opening waited = opening.remove(key);
        if (waited != null) {
            waited.waiting().forEach(Runnable::run);
        }
    }

    private void opened(Key key, KeeperCommand.Page page, SessionRoutes routes) {
        RouteTable table = table(page.instance(), page.parent());
        table.used(clock.getAsLong());
        table.open(routes);
        followed.put(key, new Followed(page.router(), page.version()));
        settle(key);
        page.router().tell(new RouterCommand.Applied(self, page.version()));
    }

    /** Whether a change is the next one of the router that this table follows; a later one asks for the whole table. */
    private boolean follows(Key key, ActorRef<RouterCommand> router, long version) {
        Followed now = followed.get(key);
        if (now == null || !now.router().equals(router)) {
            return false; // the table is closed or has another router by now
        }
        if (version <= now.version()) {
            router.tell(new RouterCommand.Applied(self, now.version()));
            return false;
        }
        if (version > now.version() + 1) {
            askAgain(key);
            return false;
        }
        followed.put(key, new Followed(router, version));
        return true;
    }

    private void onPut(KeeperCommand.Put put) {
        if (follows(new Key(put.instance(), put.parent()), put.router(), put.version())) {
            RouteTable table = table(put.instance(), put.parent());
            put.subscriptions()
                    .forEach(each ->
                            table.put(each.fullFilter(), SessionRoute.of(put.sessionId(), put.clientId(), each)));
            put.router().tell(new RouterCommand.Applied(self, put.version()));
        }
    }

    private void onRemove(KeeperCommand.Remove remove) {
        if (follows(new Key(remove.instance(), remove.parent()), remove.router(), remove.version())) {
            RouteTable table = table(remove.instance(), remove.parent());
            remove.filters().forEach(filter -> table.remove(filter, remove.sessionId()));
            remove.router().tell(new RouterCommand.Applied(self, remove.version()));
        }
    }

    private void onSweep() {
        refused.removeIf(key -> tables.memory().mayLoad());
        closeUnused(bounds.idle());
    }

    private void closeUnused(Duration idle) {
        long before = clock.getAsLong() - idle.toMillis();
        for (RouteTables ofInstance : tables.all()) {
            for (RouteTable table : ofInstance.all()) {
                boolean root = table == ofInstance.root();
                if (!root && table.lastUsedMillis() < before) {
                    retire(ofInstance, table);
                }
            }
        }
    }

    private void retire(RouteTables ofInstance, RouteTable table) {
        if (table.isOpen()) {
            Key key = new Key(table.instance(), table.parent());
            table.close();
            followed.remove(key);
            opening.remove(key);
            parked.remove(key);
            drop(loading.remove(key));
            routers.tell(new ShardingEnvelope<>(
                    TopicRouter.entityId(table.instance(), table.parent()), new RouterCommand.CloseTable(self)));
        }
        ofInstance.removeIfEmpty(table);
    }

    private RouteTable table(String instance, String parent) {
        return tables.of(instance).table(parent);
    }
}
