package dev.skein.node.delivery;

import dev.skein.node.cluster.Membership;
import dev.skein.node.cluster.Membership.ClusterNode;
import dev.skein.node.link.LinkMessage;
import dev.skein.node.route.Peer;
import dev.skein.node.route.actor.RemoteSessions;
import dev.skein.node.route.actor.RouteSync;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** The other nodes as the edge knows them. Thread-safe. */
public final class Links {
    /** Name of the link actor on each node. */
    static final String NAME = "link";

    private final Membership membership;
    private final RouteSync.Handle sync;
    private final RemoteSessions sessions;
    private final long self;
    private final LinkFigures figures = new LinkFigures();
    private final Map<Long, Linked> byUid = new ConcurrentHashMap<>();

    /** Another node: what stands for it in the tables, and its link actor. */
    record Linked(Peer peer, ActorRef<LinkMessage> actor) {}

    Links(Membership membership, RouteSync.Handle sync, RemoteSessions sessions) {
        this.membership = membership;
        this.sync = sync;
        this.sessions = sessions;
        this.self = membership.self().uid();
    }

    /** The incarnation of this node. */
    public long self() {
        return self;
    }

    /** Whether no other node is there: whatever is in this node's tables is in force everywhere. */
    public boolean alone() {
        return membership.isAlone();
    }

    Membership membership() {
        return membership;
    }

    public RouteSync.Handle sync() {
        return sync;
    }

    /** Where persistent sessions have their connections, if not here. */
    public RemoteSessions sessions() {
        return sessions;
    }

    LinkFigures figures() {
        return figures;
    }

    /** The node of that incarnation, or null when it is not there any more. */
    @Nullable
    Linked find(long uid) {
        return byUid.get(uid);
    }

    /** Hears of nodes, and tells the event loops. */
    void follow(Delivery delivery) {
        membership.listen(new Membership.Listener() {
            @Override
            public void joined(ClusterNode node) {
                Peer peer = new Peer(node.uid(), node.address(), node.frames());
                add(delivery, new Linked(peer, membership.actorOn(node, NAME)));
                sync.joined(node, peer);
            }

            @Override
            public void left(ClusterNode node) {
                Linked gone = forget(node.uid());
                sync.left(node);
                if (gone != null) {
                    remove(delivery, gone.peer());
                }
            }
        });
    }

    /** Messages go to {@code node} from now on. */
    void add(Delivery delivery, Linked node) {
        Peer peer = node.peer();
        byUid.put(peer.uid(), node);
        figures.joined(peer, delivery.loops().size());
        delivery.metrics().link(peer.address(), () -> figures.pendingTo(peer.address()));
    }

    /** The node of that incarnation is not found any more; returns what it was. */
    @Nullable
    Linked forget(long uid) {
        return byUid.remove(uid);
    }

    private void remove(Delivery delivery, Peer gone) {
        figures.left(gone);
        if (!figures.knows(gone.address())) {
            delivery.metrics().linkGone(gone.address());
        }
        delivery.loops()
                .forEach(loop -> loop.execute(() -> {
                    loop.links().left(gone);
                    loop.attachments().reclaimFrom(gone.uid());
                }));
    }

    /** The actor that segments and acknowledgements arrive at; it hands them to their event loops. */
    static Behavior<LinkMessage> actor(Delivery delivery) {
        return Behaviors.receiveMessage(message -> {
            if (message.to() == delivery.links().self()) {
                int loops = delivery.loops().size();
                switch (message) {
                    case LinkMessage.Segment segment -> {
                        LoopContext loop = delivery.loops().get(segment.stream() % loops);
                        loop.execute(() -> loop.links().on(segment));
                    }
                    case LinkMessage.Barrier barrier -> {
                        AtomicInteger left = new AtomicInteger(loops);
                        delivery.loops()
                                .forEach(loop -> loop.execute(() -> loop.links().on(barrier, left)));
                    }
                    case LinkMessage.Acknowledged acknowledged -> {
                        LoopContext loop = delivery.loops().get(acknowledged.stream() % loops);
                        loop.execute(() -> loop.links().on(acknowledged));
                    }
                    case LinkMessage.Hold hold -> {
                        LoopContext loop = delivery.loops().get(hold.stream() % loops);
                        loop.execute(() -> loop.links().holds().on(hold));
                    }
                }
            }
            return Behaviors.same();
        });
    }
}
