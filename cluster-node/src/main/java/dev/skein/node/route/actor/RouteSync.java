package dev.skein.node.route.actor;

import dev.skein.node.cluster.Membership;
import dev.skein.node.cluster.Membership.ClusterNode;
import dev.skein.node.route.NodeTables;
import dev.skein.node.route.Peer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * every other node has applied it, or has left the cluster and knows it ({@link Membership#settled}). From time to time
 * the nodes compare what they know of each other: no error, whatever made it, stays.
 */
public final class RouteSync extends AbstractMatchingBehavior<SyncCommand> {
    /** Name of the actor on each node. */
    public static final String NAME = "route-sync";

    private static final Duration RESEND_EVERY = Duration.ofMillis(500);

    private final Membership membership;
    private final NodeTables tables;
    private final RemoteSessions sessions;
    private final Supplier<? extends Collection<Long>> attachedHere;
    private final Unpushed unpushed;
    private final CompletableFuture<Void> synced;
    private final Map<Long, Other> others = new HashMap<>();
    private final ToldRoutes told;
    private final SyncFigures figures;
    private final PeerView.Moves moves = new Moves();

    /** What is known of another node and what it is still to hear. */
    private record Other(ActorRef<SyncCommand> actor, PeerChanges changes, PeerView view) {}

    /** Where the sessions of the others are: the last word counts, unless it is taken back. */
    private final class Moves implements PeerView.Moves {
        @Override
        public void attached(long sessionId, Peer peer) {
            sessions.attached(sessionId, peer);
        }

        @Override
        public void detached(long sessionId, Peer peer) {
            sessions.detached(sessionId, peer);
            if (sessions.find(sessionId) == null) {
                others.values().stream()
                        .map(Other::view)
                        .filter(view -> view.has(sessionId))
                        .findFirst()
                        .ifPresent(view -> sessions.attached(sessionId, view.peer()));
            }
        }
    }

    /**
     * A live subscription came or went: the table shows it already.
     *
     * @param inForce runs when every node knows, on any thread; null when nobody waits
     */
    public record Changed(
            String instance, String filter, @Nullable Runnable inForce) implements SyncCommand.Local {}

    /** A persistent session was attached here just now. {@code inForce} as in {@link Changed}. */
    public record Attached(long sessionId, Runnable inForce) implements SyncCommand.Local {}

    /** A persistent session was detached here just now; a later connection of it may be here. */
    public record Detached(long sessionId) implements SyncCommand.Local {}

    private record Joined(ClusterNode node, Peer peer) implements SyncCommand.Local {}

    private record Left(ClusterNode node) implements SyncCommand.Local {}

    private enum AuditNow implements SyncCommand.Local {
        INSTANCE
    }

    private enum Tick implements SyncCommand.Local {
        INSTANCE
    }

    /** Hears of sessions attached here that others did not push to, as they did not know of them. Any thread. */
    public interface Unpushed {
        /** The others push to them from now on, which must not be taken before the store is read. */
        void missed(List<Long> sessions);

        /** The others push to them by now: the store is to be read. */
        void lookAgain(List<Long> sessions);
    }

    /** What the rest of the node uses of it. */
    public static final class Handle {
        private final ActorRef<SyncCommand> actor;
        private final CompletionStage<Void> synced;
        private final SyncFigures figures;

        private Handle(ActorRef<SyncCommand> actor, CompletionStage<Void> synced, SyncFigures figures) {
            this.actor = actor;
            this.synced = synced;
            this.figures = figures;
        }

        /** The actor. */
        public ActorRef<SyncCommand> actor() {
            return actor;
        }

        /** Completes when this node and every other know each other's routes; only then may it serve. */
        public CompletionStage<Void> synced() {
            return synced;
        }

        /** What the actor shows of itself. */
        public SyncFigures figures() {
            return figures;
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

    /** Makes the handle of an actor that runs {@link #create} with the same parts. */
    public static Handle handle(ActorRef<SyncCommand> actor, Parts parts) {
        return new Handle(actor, parts.synced(), parts.figures());
    }

    /**
     * What the actor works on.
     *
     * @param sessions filled with what others tell
     * @param attachedHere persistent sessions with their connection on this node now; any thread
     * @param unpushed told of what the others may not have pushed
     * @param auditEvery how often what the nodes know of each other is compared
     * @param synced completed by the actor, see {@link Handle#synced}
     * @param figures filled by the actor
     */
    public record Parts(
            Membership membership,
            NodeTables tables,
            RemoteSessions sessions,
            Supplier<? extends Collection<Long>> attachedHere,
            Unpushed unpushed,
            Duration auditEvery,
            CompletableFuture<Void> synced,
            SyncFigures figures) {}

    /** Knows of no other node yet. */
    public static Behavior<SyncCommand> create(Parts parts) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.INSTANCE, RESEND_EVERY);
            timers.startTimerWithFixedDelay(AuditNow.INSTANCE, parts.auditEvery());
            return new RouteSync(context, parts);
        }));
    }

    private RouteSync(ActorContext<SyncCommand> context, Parts parts) {
        super(context);
        this.membership = parts.membership();
        this.tables = parts.tables();
        this.sessions = parts.sessions();
        this.attachedHere = parts.attachedHere();
        this.unpushed = parts.unpushed();
        this.synced = parts.synced();
        this.figures = parts.figures();
        this.told = new ToldRoutes(tables);
    }

    @Override
    public Behavior<SyncCommand> onMessage(SyncCommand command) {
        switch (command) {
            case Changed changed -> onChanged(changed);
            case Attached attached -> {
                tellSession(attached.sessionId(), true);
                whenInForce(attached.inForce());
            }
            case Detached detached -> {
                tellSession(detached.sessionId(), false);
                whenInForce(null);
            }
            case SyncCommand.Delta delta -> onDelta(delta);
            case SyncCommand.DeltaApplied applied -> onApplied(applied);
            case Joined joined -> onJoined(joined);
            case Left left -> onLeft(left.node());
            case SyncCommand.Audit audit -> onAudit(audit);
            case SyncCommand.Differs differs -> onDiffers(differs);
            case Tick _ -> onTick();
            case AuditNow _ -> onAuditNow();
            case SyncCommand.Local other ->
                throw new IllegalArgumentException("command: " + other + " (expected: one of the actor's own)");
        }
        return this;
    }

    private void onChanged(Changed changed) {
        if (!others.isEmpty()) {
            tell(changed.instance(), changed.filter());
        }
        whenInForce(changed.inForce());
    }

    private void tell(String instance, String filter) {
        boolean present = told.isLocal(instance, filter);
        if (told.filter(instance, filter, present)) {
            others.values().forEach(each -> each.changes.filter(instance, filter, present));
        }
    }

    /**
     * Tells whether the session has a connection here now: an earlier one may detach after a later one has attached.
     *
     * @param again even when that is no news: the last node that says it has the session has it
     */
    private void tellSession(long sessionId, boolean again) {
        boolean attached = attachedHere.get().contains(sessionId);
        if (!others.isEmpty() && (told.session(sessionId, attached) || again)) {
            others.values().forEach(each -> each.changes.session(sessionId, attached));
        }
    }

    private void whenInForce(@Nullable Runnable inForce) {
        if (inForce != null && others.isEmpty()) {
            membership.settled().thenRun(inForce);
        } else if (inForce != null) {
            AtomicInteger missing = new AtomicInteger(others.size());
            others.values()
                    .forEach(each -> each.changes.whenApplied(() -> {
                        if (missing.decrementAndGet() == 0) {
                            membership.settled().thenRun(inForce);
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
                new PeerChanges(membership.self().uid(), node.uid()),
                new PeerView(joined.peer(), tables));
        if (others.isEmpty()) {
            // Whoever subscribes from now on sees that there is another node and tells; all before are in the tables.
            told.begin(attachedHere.get());
        }
        others.put(node.uid(), other);
        tellAll(other);
    }

    private void tellAll(Other other) {
        told.forEachFilter((instance, filter) -> other.changes.filter(instance, filter, true));
        told.forEachSession(each -> other.changes.session(each, true));
        flush(other);
    }

    private void onLeft(ClusterNode node) {
        Other other = others.remove(node.uid());
        if (other != null) {
            other.view.clear(moves);
            other.changes.end();
            checkSynced();
        }
    }

    private void onDelta(SyncCommand.Delta delta) {
        Other other = others.get(delta.from());
        if (other == null || !isForThis(delta)) {
            return; // from a node that this one has not seen join: it is sent again
        }
        other.view.take(delta, moves);
        if (delta.version() <= other.view.applied()) {
            other.actor.tell(new SyncCommand.DeltaApplied(delta.to(), delta.from(), other.view.applied()));
        }
        checkSynced();
    }

    private boolean isForThis(SyncCommand.Remote command) {
        return command.to() == membership.self().uid();
    }

    private void onApplied(SyncCommand.DeltaApplied applied) {
        Other other = others.get(applied.from());
        if (other != null && isForThis(applied)) {
            other.changes.applied(applied.version());
            flush(other);
            checkSynced();
        }
    }

    private void checkSynced() {
        if (!synced.isDone()
                && membership.up().toCompletableFuture().isDone()
                && others.values().stream().allMatch(each -> each.view.isComplete() && each.changes.isSynced())) {
            synced.complete(null);
        }
    }

    private void onTick() {
        for (Other each : others.values()) {
            int again = each.changes.resend(each.actor::tell);
            if (again > 0) {
                getContext().getLog().info("{} changes of routes sent to {} again", again, each.view.peer());
            }
        }
        checkSynced();
        long routes = 0;
        long pending = 0;
        for (Other each : others.values()) {
            routes += each.view.size();
            pending += each.changes.pending();
        }
        figures.show(routes, pending);
    }

    /** Looks whether what was told is true, and tells the others what they should know by now. */
    private void onAuditNow() {
        if (others.isEmpty()) {
            return;
        }
        List<ToldRoutes.Route> filters = told.wrongFilters();
        List<Long> attached = told.wrongSessions(attachedHere.get());
        if (!filters.isEmpty() || !attached.isEmpty()) {
            repaired(filters.size() + attached.size(), "this node had told the others wrongly");
            filters.forEach(route -> tell(route.instance(), route.filter()));
            List<Long> here =
                    attached.stream().filter(attachedHere.get()::contains).toList();
            unpushed.missed(here);
            attached.forEach(id -> tellSession(id, true));
            whenInForce(() -> unpushed.lookAgain(here));
        }
        RouteSum filterSum = told.filterSum();
        RouteSum sessionSum = told.sessionSum();
        long self = membership.self().uid();
        others.forEach((uid, other) -> {
            if (other.changes.isIdle()) {
                other.actor.tell(new SyncCommand.Audit(
                        self,
                        uid,
                        other.changes.version(),
                        filterSum.count(),
                        filterSum.hash(),
                        sessionSum.count(),
                        sessionSum.hash()));
            }
        });
    }

    private void onAudit(SyncCommand.Audit audit) {
        Other other = others.get(audit.from());
        if (other != null && isForThis(audit) && other.view.differs(audit)) {
            repaired(1, "node " + other.view.peer() + " has told something else than this node knows of it");
            other.actor.tell(new SyncCommand.Differs(audit.to(), audit.from()));
        }
    }

    private void onDiffers(SyncCommand.Differs differs) {
        Other other = others.get(differs.from());
        if (other != null && isForThis(differs)) {
            List<Long> here = List.copyOf(attachedHere.get());
            unpushed.missed(here);
            other.changes.anew();
            tellAll(other);
            other.changes.whenApplied(() -> unpushed.lookAgain(here));
        }
    }

    private void repaired(int differences, String what) {
        getContext().getLog().warn("routes: {} differences: {}; they are told anew", differences, what);
        figures.repaired(differences);
    }
}
