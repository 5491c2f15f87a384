package dev.skein.node.route.actor;

import dev.skein.node.cluster.Membership;
import dev.skein.node.cluster.Membership.ClusterNode;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.Peer;
import dev.skein.node.route.PeerRoutes;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.RouteTables;
import dev.skein.protocol.mqtt.topic.TopicFilters;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Tells every other node which filters have live subscribers here and which persistent sessions have their connection
 * here, and keeps what the others tell. One for each node.
 *
 * <p>A filter is told once, however many subscribe it. Who asks to be told when a change is in force hears of it when
 * every other node has applied it, or has left the cluster.
 */
public final class RouteSync extends AbstractMatchingBehavior<SyncCommand> {
    /** Name of the actor on each node. */
    public static final String NAME = "route-sync";

    private static final Duration RESEND_EVERY = Duration.ofMillis(500);

    private final Membership membership;
    private final NodeTables tables;
    private final RemoteSessions sessions;
    private final Supplier<? extends Collection<Long>> attachedHere;
    private final CompletableFuture<Void> synced;
    private final Map<Long, Other> others = new HashMap<>();
    /** Filters that the others were told of; kept only while there are others. */
    private final Map<String, Set<String>> told = new HashMap<>();

    /** What is known of another node and what it is still to hear. */
    private static final class Other {
        private final ActorRef<SyncCommand> actor;
        private final Peer peer;
        private final PeerChanges changes;
        private final PeerRoutes routes;
        private long applied;
        private boolean complete;

        private Other(ActorRef<SyncCommand> actor, Peer peer, PeerChanges changes, PeerRoutes routes) {
            this.actor = actor;
            this.peer = peer;
            this.changes = changes;
            this.routes = routes;
        }
    }

    /**
     * A live subscription came or went: the table shows it already.
     *
     * @param inForce runs when every node knows, on the actor's thread; null when nobody waits
     */
    public record Changed(
            String instance, String filter, @Nullable Runnable inForce) implements SyncCommand.Local {}

    /** A persistent session has its connection here; {@code inForce} as in {@link Changed}. */
    public record Attached(long sessionId, Runnable inForce) implements SyncCommand.Local {}

    /** It has not any more. */
    public record Detached(long sessionId) implements SyncCommand.Local {}

    private record Joined(ClusterNode node, Peer peer) implements SyncCommand.Local {}

    private record Left(ClusterNode node) implements SyncCommand.Local {}

    private enum Tick implements SyncCommand.Local {
        INSTANCE
    }

    /** What the rest of the node uses of it. */
    public static final class Handle {
        private final ActorRef<SyncCommand> actor;
        private final CompletionStage<Void> synced;

        private Handle(ActorRef<SyncCommand> actor, CompletionStage<Void> synced) {
            this.actor = actor;
            this.synced = synced;
        }

        /** The actor. */
        public ActorRef<SyncCommand> actor() {
            return actor;
        }

        /** Completes when this node and every other know each other's routes; only then may it serve. */
        public CompletionStage<Void> synced() {
            return synced;
        }

        /** A node joins; {@code peer} stands for it in the tables. */
        public void joined(ClusterNode node, Peer peer) {
            actor.tell(new Joined(node, peer));
        }

        /** It is gone. */
        public void left(ClusterNode node) {
            actor.tell(new Left(node));
        }
    }

    /** Makes the handle of an actor that runs {@link #create} with the same future. */
    public static Handle handle(ActorRef<SyncCommand> actor, CompletableFuture<Void> synced) {
        return new Handle(actor, synced);
    }

    /**
     * Knows of no other node yet.
     *
     * @param sessions filled with what others tell
     * @param attachedHere persistent sessions with their connection on this node now; any thread
     * @param synced completed by the actor, see {@link Handle#synced}
     */
    public static Behavior<SyncCommand> create(
            Membership membership,
            NodeTables tables,
            RemoteSessions sessions,
            Supplier<? extends Collection<Long>> attachedHere,
            CompletableFuture<Void> synced) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.INSTANCE, RESEND_EVERY);
            return new RouteSync(context, membership, tables, sessions, attachedHere, synced);
        }));
    }

    private RouteSync(
            ActorContext<SyncCommand> context,
            Membership membership,
            NodeTables tables,
            RemoteSessions sessions,
            Supplier<? extends Collection<Long>> attachedHere,
            CompletableFuture<Void> synced) {
        super(context);
        this.membership = membership;
        this.tables = tables;
        this.sessions = sessions;
        this.attachedHere = attachedHere;
        this.synced = synced;
    }

    @Override
    public Behavior<SyncCommand> onMessage(SyncCommand command) {
        switch (command) {
            case Changed changed -> onChanged(changed);
            case Attached attached -> onSession(attached.sessionId(), true, attached.inForce());
            case Detached detached -> onSession(detached.sessionId(), false, null);
            case SyncCommand.Delta delta -> onDelta(delta);
            case SyncCommand.DeltaApplied applied -> onApplied(applied);
            case Joined joined -> onJoined(joined);
            case Left left -> onLeft(left.node());
            case Tick _ -> onTick();
            case SyncCommand.Local other ->
                throw new IllegalArgumentException("command: " + other + " (expected: one of the actor's own)");
        }
        return this;
    }

    private void onChanged(Changed changed) {
        if (!others.isEmpty()) {
            String parent = Objects.requireNonNullElse(TopicFilters.parent(changed.filter()), RouteTable.ROOT);
            boolean present = tables.of(changed.instance()).table(parent).hasLocal(changed.filter());
            Set<String> known = told.computeIfAbsent(changed.instance(), _ -> new HashSet<>());
            if (present ? known.add(changed.filter()) : known.remove(changed.filter())) {
                others.values().forEach(each -> each.changes.filter(changed.instance(), changed.filter(), present));
            }
        }
        whenInForce(changed.inForce());
    }

    private void onSession(long sessionId, boolean attached, @Nullable Runnable inForce) {
        others.values().forEach(each -> each.changes.session(sessionId, attached));
        whenInForce(inForce);
    }

    private void whenInForce(@Nullable Runnable inForce) {
        if (inForce != null && others.isEmpty()) {
            inForce.run();
        } else if (inForce != null) {
            AtomicInteger missing = new AtomicInteger(others.size());
            others.values()
                    .forEach(each -> each.changes.whenApplied(() -> {
                        if (missing.decrementAndGet() == 0) {
                            inForce.run();
                        }
                    }));
        }
        others.values().forEach(this::flush);
    }

    private void flush(Other other) {
        other.changes.flush(other.actor::tell);
    }

    private void onJoined(Joined joined) {
        ClusterNode node = joined.node();
        Other other = new Other(
                membership.actorOn(node, NAME),
                joined.peer(),
                new PeerChanges(membership.self().uid(), node.uid()),
                new PeerRoutes(joined.peer(), tables));
        if (others.isEmpty()) {
            // Whoever subscribes from now on sees that there is another node and tells; all before are in the tables.
            told.clear();
            for (RouteTables ofInstance : tables.all()) {
                Set<String> known = told.computeIfAbsent(ofInstance.instance(), _ -> new HashSet<>());
                for (RouteTable table : ofInstance.all()) {
                    table.forEachLocalFilter(known::add);
                }
            }
        }
        others.put(node.uid(), other);
        told.forEach((instance, filters) -> filters.forEach(each -> other.changes.filter(instance, each, true)));
        attachedHere.get().forEach(each -> other.changes.session(each, true));
        flush(other);
    }

    private void onLeft(ClusterNode node) {
        Other other = others.remove(node.uid());
        if (other != null) {
            other.routes.clear();
            sessions.left(other.peer);
            other.changes.end();
            checkSynced();
        }
    }

    private void onDelta(SyncCommand.Delta delta) {
        Other other = others.get(delta.from());
        if (other == null || delta.to() != membership.self().uid()) {
            return; // from a node that this one has not seen join: it is sent again
        }
        if (delta.version() == other.applied + 1) {
            apply(other, delta);
            other.applied = delta.version();
            other.complete |= delta.complete();
        }
        if (delta.version() <= other.applied) {
            other.actor.tell(new SyncCommand.DeltaApplied(delta.to(), delta.from(), other.applied));
        }
        checkSynced();
    }

    private void apply(Other other, SyncCommand.Delta delta) {
        for (SyncCommand.Filters filters : delta.filters()) {
            filters.added().forEach(filter -> other.routes.add(filters.instance(), filter));
            filters.removed().forEach(filter -> other.routes.remove(filters.instance(), filter));
        }
        delta.attached().forEach(session -> sessions.attached(session, other.peer));
        delta.detached().forEach(session -> sessions.detached(session, other.peer));
    }

    private void onApplied(SyncCommand.DeltaApplied applied) {
        Other other = others.get(applied.from());
        if (other != null && applied.to() == membership.self().uid()) {
            other.changes.applied(applied.version());
            flush(other);
            checkSynced();
        }
    }

    private void checkSynced() {
        if (!synced.isDone()
                && membership.up().toCompletableFuture().isDone()
                && others.values().stream().allMatch(each -> each.complete && each.changes.isSynced())) {
            synced.complete(null);
        }
    }

    private void onTick() {
        for (Other each : others.values()) {
            int again = each.changes.resend(each.actor::tell);
            if (again > 0) {
                getContext().getLog().info("{} changes of routes sent to {} again", again, each.peer);
            }
        }
        checkSynced();
    }
}
