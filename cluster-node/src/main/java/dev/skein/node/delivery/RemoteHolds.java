package dev.skein.node.delivery;

import dev.skein.node.link.LinkMessage;
import dev.skein.node.route.Match;
import dev.skein.node.route.Peer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How publishers of one node wait for receivers of another, topic by topic, so that nothing else on the link waits. The
 * receivers' node says so when the first message finds a receiver that has too much before it, repeats it while that
 * lasts, and says when it is over; what it said holds for {@link #VALID_NANOS} only, should the end of it get lost.
 * Confined to one event loop.
 */
final class RemoteHolds {
    /** Topics that publishers elsewhere are told of at the most; more are not waited for. */
    private static final int TOPICS_MAX = 10_000;

    private static final long REPEAT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(4);

    private final Delivery delivery;
    private final LoopContext loop;
    private final int loops;
    /** What this node has told others, by who is told. */
    private final Map<Topic, Told> told = new HashMap<>();
    /** What others have told this node, by who told it. */
    private final Map<Topic, RemoteObstacle> obstacles = new HashMap<>();

    private record Topic(long node, int stream, String instance, String name) {}

    private static final class Told {
        private final long since = System.nanoTime();
        private int level;
        private long at;
    }

    private static final class RemoteObstacle extends Obstacle {
        private long validUntil;

        private RemoteObstacle(HeldPublishers held) {
            super(held);
        }
    }

    RemoteHolds(Delivery delivery, LoopContext loop, int loops) {
        this.delivery = delivery;
        this.loop = loop;
        this.loops = loops;
    }

    /** A message of QoS 1 or 2 that came from event loop {@code stream} of {@code node} was handed to its receivers. */
    void delivered(long node, int stream, TopicRoutes routes) {
        if (delivery.held().any() && told.size() < TOPICS_MAX) {
            Topic topic = new Topic(
                    node, stream, routes.instance().id(), routes.topic().value());
            if (!told.containsKey(topic)) {
                look(topic, routes);
            }
        }
    }

    private void look(Topic topic, TopicRoutes routes) {
        Match match = routes.matchLive(loops);
        boolean alone = Obstacles.isAlone(match);
        Obstacle pressure = delivery.pressure();
        Obstacle obstacle = pressure.blocks(alone) ? pressure : loop.obstacles().find(match, null);
        Links.Linked linked = delivery.links().find(topic.node());
        if (obstacle == null || linked == null) {
            if (told.remove(topic) != null && linked != null) {
                tell(linked, topic, Obstacle.OPEN);
            }
            return;
        }
        int level = obstacle.blocks(false) ? Obstacle.ALL : Obstacle.ALONE;
        long now = System.nanoTime();
        Told known = told.computeIfAbsent(topic, _ -> new Told());
        if (known.level != level || now - known.at > REPEAT_NANOS) {
            known.level = level;
            known.at = now;
            tell(linked, topic, level);
        }
        obstacle.await(alone, known.since, () -> loop.execute(() -> look(topic, routes)));
    }

    private void tell(Links.Linked linked, Topic topic, int level) {
        linked.actor()
                .tell(new LinkMessage.Hold(
                        delivery.links().self(), topic.node(), topic.stream(), topic.instance(), topic.name(), level));
    }

    /** Another node says whether its receivers are to be waited for. */
    void on(LinkMessage.Hold hold) {
        Topic topic = new Topic(hold.from(), hold.stream(), hold.instance(), hold.topic());
        if (hold.level() == Obstacle.OPEN || delivery.links().find(hold.from()) == null) {
            RemoteObstacle over = obstacles.remove(topic);
            if (over != null) {
                over.set(Obstacle.OPEN);
            }
            return;
        }
        RemoteObstacle obstacle = obstacles.computeIfAbsent(topic, _ -> new RemoteObstacle(delivery.held()));
        obstacle.validUntil = System.nanoTime() + VALID_NANOS;
        obstacle.set(hold.level());
    }

    /** What a message waits for at {@code peer}, or null. */
    @Nullable
    Obstacle find(Peer peer, TopicRoutes routes, boolean alone) {
        if (obstacles.isEmpty()) {
            return null;
        }
        Obstacle known = obstacles.get(new Topic(
                peer.uid(), loop.index(), routes.instance().id(), routes.topic().value()));
        return known != null && known.blocks(alone) ? known : null;
    }

    /** Called some times a second. */
    void sweep() {
        long now = System.nanoTime();
        obstacles.values().removeIf(each -> {
            boolean over = now - each.validUntil > 0;
            if (over) {
                each.set(Obstacle.OPEN);
            } else {
                each.release(); // who is gone is forgotten
            }
            return over;
        });
    }

    /** That node is gone. */
    void left(long node) {
        told.keySet().removeIf(topic -> topic.node() == node);
        obstacles.entrySet().removeIf(each -> {
            boolean gone = each.getKey().node() == node;
            if (gone) {
                each.getValue().set(Obstacle.OPEN);
            }
            return gone;
        });
    }
}
