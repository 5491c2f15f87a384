package dev.skein.node.cluster;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.cluster.typed.Subscribe;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes the cluster has, as this node knows it: from the moment that a node joins until it has left or was put
 * down. Reading is thread-safe and takes no lock; listeners run one after another on one actor.
 */
public final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    /** How long after the loss of a node it counts as recent. */
    private static final long UNSETTLED_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final ActorSystem<?> system;
    private final Cluster cluster;
    private final UniqueAddress self;
    private final ClusterNode selfNode;
    private final Map<Long, ClusterNode> others = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Duration removalMargin;
    private volatile CompletableFuture<Void> settled = CompletableFuture.completedFuture(null);
    private volatile long lastLoss = System.nanoTime() - UNSETTLED_NANOS;
    private final AtomicLong losses = new AtomicLong();
    private final CompletableFuture<Void> up = new CompletableFuture<>();
    private boolean out;
    private final ActorRef<Watched> watcher;

    /**
     * One incarnation of a node.
     *
     * @param uid unique over nodes and restarts
     * @param address {@code host:port}
     * @param frames version of the frames that it reads
     */
    public record ClusterNode(long uid, String address, int frames) {
        @Override
        public String toString() {
            return address + "#" + Long.toHexString(uid);
        }
    }

    /** Hears of other nodes. */
    public interface Listener {
        /** A node joins; told once for each incarnation of a node. */
        default void joined(ClusterNode node) {}

        /** It has left or was downed; nothing more comes from it that counts. */
        default void left(ClusterNode node) {}

        /**
         * It was downed, by a decision that this node shares; {@link #left} follows. A node that is downed itself hears
         * nothing more of the others.
         */
        default void downed(ClusterNode node) {}
    }

    private Membership(ActorSystem<?> system) {
        this.system = system;
        this.cluster = Cluster.get(system);
        this.self = cluster.selfMember().uniqueAddress();
        this.selfNode = node(cluster.selfMember());
        this.removalMargin = removalMargin(system.settings().config());
        this.watcher = system.systemActorOf(watcher(), "membership", Props.empty());
    }

    private static Duration removalMargin(Config config) {
        String key = "pekko.cluster.down-removal-margin";
        return config.getString(key).equals("off") ? Duration.ZERO : config.getDuration(key);
    }

    /** Watches the cluster that {@code system} belongs to, or will. */
    public static Membership of(ActorSystem<?> system) {
        return new Membership(system);
    }

    /** Adds a listener; it hears of the nodes that are there first. */
    public void listen(Listener listener) {
        watcher.tell(new Listen(listener));
    }

    /**
     * Joins the cluster of {@code settings.seeds()}, or begins one of its own when there are none.
     *
     * @param mayBegin whether this node, when it is the first seed and nobody answers, may begin a cluster
     */
    public void join(ClusterSettings settings, boolean mayBegin) {
        if (!settings.many()) {
            cluster.manager().tell(Join.create(self.address()));
            return;
        }
        List<Address> seeds = new ArrayList<>();
        for (ClusterSettings.Seed seed : settings.seeds()) {
            seeds.add(new Address(self.address().protocol(), system.name(), seed.host(), seed.port()));
        }
        if (!mayBegin && seeds.size() > 1 && seeds.getFirst().equals(self.address())) {
            seeds.add(seeds.removeFirst()); // Pekko lets the first of the list begin one after a while
        }
        LOG.info("joining {} as {}", settings.seeds(), self.address().hostPort());
        cluster.manager().tell(new JoinSeedNodes(seeds));
    }

    /** Completes when the cluster has taken this node in. */
    public CompletionStage<Void> up() {
        return up;
    }

    /** This incarnation of this node. */
    public ClusterNode self() {
        return selfNode;
    }

    /** Whether there is no other node. */
    public boolean isAlone() {
        return others.isEmpty();
    }

    /** Whether a node was lost lately, so that others may still hold what its actors knew. */
    public boolean isUnsettled() {
        return System.nanoTime() - lastLoss < UNSETTLED_NANOS;
    }

    /** How many nodes were lost until now: counted before {@link #isMember} forgets one. */
    public long losses() {
        return losses.get();
    }

    /**
     * Completes when each node that was downed until now has had the time to find that out: one that is cut off comes
     * to the same decision as the others at about the same moment, and acknowledges until then what its clients
     * publish. Whoever has waited for a node and does so no longer, as it is gone, waits for this. As long as
     * {@code pekko.cluster.down-removal-margin}, after which its shards start elsewhere, too. Any thread.
     */
    public CompletionStage<Void> settled() {
        return settled;
    }

    /** Whether {@code uid} is this node or one that has joined and not left. */
    public boolean isMember(long uid) {
        return uid == self.longUid() || others.containsKey(uid);
    }

    /**
     * Whether {@code uid} is another node that has joined and not left, and that nobody has lost touch with or begun to
     * down.
     */
    public boolean isInTouch(long uid) {
        var state = cluster.state();
        return others.containsKey(uid)
                && StreamSupport.stream(state.getMembers().spliterator(), false)
                        .anyMatch(member -> member.uniqueAddress().longUid() == uid
                                && !isGone(member)
                                && !state.getUnreachable().contains(member));
    }

    /** The other node of that incarnation, or null. */
    public @Nullable ClusterNode find(long uid) {
        return others.get(uid);
    }

    /** The other nodes. */
    public Collection<ClusterNode> others() {
        return List.copyOf(others.values());
    }

    /**
     * The system actor {@code name} of another node. What is sent to it reaches whatever incarnation of the node runs
     * then.
     *
     * @param node one that has joined
     * @param name of an actor made by {@code systemActorOf}
     */
    public <T> ActorRef<T> actorOn(ClusterNode node, String name) {
        String path = self.address().protocol() + "://" + system.name() + "@" + node.address() + "/system/" + name;
        return ActorRefResolver.get(system).resolveActorRef(path);
    }

    /** State of every member as gossip has it, this node among them. */
    public List<MemberInfo> members() {
        List<MemberInfo> members = new ArrayList<>();
        var state = cluster.state();
        for (Member member : state.getMembers()) {
            members.add(new MemberInfo(
                    node(member),
                    member.status().toString(),
                    WireVersion.build(member.appVersion().version()),
                    !state.getUnreachable().contains(member),
                    member.uniqueAddress().equals(self)));
        }
        return members;
    }

    /**
     * One member.
     *
     * @param status Pekko's word: Joining, Up, Leaving, Exiting, Down
     * @param version what the node was built as
     */
    public record MemberInfo(ClusterNode node, String status, String version, boolean reachable, boolean self) {}

    private static ClusterNode node(Member member) {
        UniqueAddress address = member.uniqueAddress();
        return new ClusterNode(
                address.longUid(),
                address.address().hostPort().replaceFirst("^[^@]*@", ""),
                WireVersion.frames(member.appVersion().version()));
    }

    private sealed interface Watched {}

    private record Event(ClusterEvent.ClusterDomainEvent event) implements Watched {}

    private record Listen(Listener listener) implements Watched {}

    private Behavior<Watched> watcher() {
        return Behaviors.setup(context -> {
            cluster.subscriptions()
                    .tell(Subscribe.create(
                            context.messageAdapter(ClusterEvent.ClusterDomainEvent.class, Event::new),
                            ClusterEvent.ClusterDomainEvent.class));
            cluster.state().getMembers().forEach(member -> onMember(member, false));
            return Behaviors.receiveMessage(message -> {
                switch (message) {
                    case Event(var event) -> {
                        // A node that is downed, or leaves, is shown every other one as removed: they go on, and
                        // what it waits for from them has not come.
                        out |= event == ClusterEvent.getClusterShuttingDownInstance();
                        if (!out && event instanceof ClusterEvent.MemberEvent change) {
                            boolean downed = event instanceof ClusterEvent.MemberRemoved removed
                                    && removed.previousStatus().equals(MemberStatus.down());
                            onMember(change.member(), downed);
                        }
                    }
                    case Listen(var listener) -> {
                        others.values().forEach(listener::joined);
                        listeners.add(listener);
                    }
                }
                return Behaviors.same();
            });
        });
    }

    /** @param downed whether a member that is removed was downed, which may not have been told before */
    private void onMember(Member member, boolean downed) {
        if (member.uniqueAddress().equals(self)) {
            if (member.status().equals(MemberStatus.up())) {
                up.complete(null);
            }
        } else if (isGone(member)) {
            left(member, downed || member.status().equals(MemberStatus.down()));
        } else {
            ClusterNode node = node(member);
            if (others.putIfAbsent(node.uid(), node) == null) {
                LOG.info("node {} joins", node);
                listeners.forEach(each -> each.joined(node));
            }
        }
    }

    private static boolean isGone(Member member) {
        MemberStatus status = member.status();
        return status.equals(MemberStatus.down()) || status.equals(MemberStatus.removed());
    }

    private void left(Member member, boolean downed) {
        ClusterNode node = others.get(member.uniqueAddress().longUid());
        if (node != null) {
            lastLoss = System.nanoTime();
            losses.incrementAndGet();
            if (downed) {
                CompletableFuture<Void> after = new CompletableFuture<>();
                settled = after; // first: who sees that the node is gone has to find it
                system.scheduler().scheduleOnce(removalMargin, () -> after.complete(null), system.executionContext());
            }
            others.remove(node.uid());
            if (downed) {
                listeners.forEach(each -> each.downed(node));
            }
            LOG.info("node {} is gone ({})", node, member.status());
            listeners.forEach(each -> each.left(node));
        }
    }
}
