package dev.skein.node.delivery;

import dev.skein.node.route.LocalRoute;
import dev.skein.node.route.Match;
import dev.skein.node.route.Peer;
import dev.skein.node.route.SessionRoute;
import dev.skein.node.route.SharedMatch;
import dev.skein.node.route.Subscriber;
import dev.skein.persistence.api.SessionKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what a message has to wait for. Asked only while something blocks at all. Confined to one event loop. */
public final class Obstacles {
    private final Delivery delivery;
    private final LoopContext loop;
    private final int loops;

    Obstacles(Delivery delivery, LoopContext loop, int loops) {
        this.delivery = delivery;
        this.loop = loop;
        this.loops = loops;
    }

    /** Whether a message has one receiver, so that nobody else waits for it. */
    public static boolean isAlone(Match match) {
        return match.receivers() == 1;
    }

    /** The event loop that a message of QoS 0 waits for, or null: receivers that are behind are not waited for. */
    @Nullable
    public Obstacle findLoop(Match match) {
        for (int to = 0; to < loops; to++) {
            UnderWay underWay = delivery.loops().get(to).underWay();
            if (underWay.blocks(false) && match.subscribers(to).length > 0) {
                return underWay;
            }
        }
        return null;
    }

    /**
     * What a message of QoS 1 or 2 to all of {@code match} waits for, or null.
     *
     * @param routes of its topic; null: receivers on other nodes are left out
     */
    @Nullable
    public Obstacle find(Match match, @Nullable TopicRoutes routes) {
        boolean alone = isAlone(match);
        for (int to = 0; to < loops; to++) {
            Subscriber[] subscribers = match.subscribers(to);
            if (subscribers.length > 0) {
                UnderWay underWay = delivery.loops().get(to).underWay();
                if (underWay.blocks(alone)) {
                    return underWay;
                }
            }
            for (Subscriber subscriber : subscribers) {
                if (subscriber instanceof Attachment receiver
                        && receiver.congestion().blocks(alone)) {
                    return receiver.congestion();
                }
            }
        }
        for (SessionRoute session : match.sessions()) {
            // With a QoS the message goes to the store, whose bounds are its own.
            Attachment online = session.qos() == 0 ? delivery.attachments().session(session.sessionId()) : null;
            if (online != null && online.congestion().blocks(alone)) {
                return online.congestion();
            }
        }
        for (SharedMatch group : match.shared()) {
            Obstacle all = findShared(group, alone);
            if (all != null) {
                return all;
            }
        }
        if (routes != null) {
            Obstacle outlet = findOutlet(routes);
            if (outlet != null) {
                return outlet;
            }
            for (Peer peer : match.peers()) {
                Obstacle there = loop.links().holds().find(peer, routes, alone);
                if (there != null) {
                    return there;
                }
            }
        }
        return null;
    }

    /** A shared subscription is waited for when all its members are live ones of this node that are behind. */
    private static @Nullable Obstacle findShared(SharedMatch group, boolean alone) {
        if (group.stored() != null || group.live() == null || group.live().remote().length > 0) {
            return null;
        }
        Obstacle found = null;
        for (LocalRoute member : group.live().local()) {
            if (!(member.subscriber() instanceof Attachment receiver)
                    || !receiver.congestion().blocks(alone)) {
                return null;
            }
            found = receiver.congestion();
        }
        return found;
    }

    /** A rule whose spool is full is waited for. */
    private static @Nullable Obstacle findOutlet(TopicRoutes routes) {
        List<Outlet> outlets = routes.outlets();
        if (outlets == null) {
            return null;
        }
        for (Outlet outlet : outlets) {
            Obstacle obstacle = outlet.obstacle();
            if (obstacle != null && obstacle.blocks(false)) {
                return obstacle;
            }
        }
        return null;
    }

    /** What a message on the topic of {@code routes} waits for, or null; {@code match} is null for one client alone. */
    @Nullable
    public Obstacle find(TopicRoutes routes, @Nullable Match match) {
        String target = routes.topic().p2pTarget();
        if (match != null || target == null) {
            return match == null ? null : find(match, routes);
        }
        Obstacle outlet = findOutlet(routes);
        if (outlet != null) {
            return outlet;
        }
        // What a persistent session gets goes to the store.
        Attachment here =
                delivery.attachments().client(new SessionKey(routes.instance().id(), target));
        return here != null && here.sessionId() == 0 && here.congestion().blocks(true) ? here.congestion() : null;
    }
}
