package dev.skein.node.edge.mqtt;

import dev.skein.node.route.Match;
import dev.skein.node.route.Peer;
import dev.skein.node.route.SessionRoute;
import dev.skein.node.route.Subscriber;
import dev.skein.persistence.api.SessionKey;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a message of QoS 1 or 2 has to wait for. Asked only while something blocks at all. Confined to one event
 * loop.
 */
final class Obstacles {
    private final EdgeShared shared;
    private final LoopContext loop;
    private final int loops;

    Obstacles(EdgeShared shared, LoopContext loop, int loops) {
        this.shared = shared;
        this.loop = loop;
        this.loops = loops;
    }

    /** Whether a message has one receiver, so that nobody else waits for it. */
    static boolean isAlone(Match match) {
        return match.liveCount() + match.sessions().size() + match.peers().length == 1;
    }

    /**
     * What a message to all of {@code match} waits for, or null.
     *
     * @param routes of its topic; null: receivers on other nodes are left out
     */
    @Nullable
    Obstacle find(Match match, @Nullable TopicRoutes routes) {
        boolean alone = isAlone(match);
        for (int to = 0; to < loops; to++) {
            Subscriber[] subscribers = match.subscribers(to);
            if (subscribers.length > 0 && to != loop.index()) {
                UnderWay underWay = shared.loops().get(to).underWay();
                if (underWay.blocks(alone)) {
                    return underWay;
                }
            }
            for (Subscriber subscriber : subscribers) {
                if (subscriber instanceof MqttConnection receiver
                        && receiver.congestion().blocks(alone)) {
                    return receiver.congestion();
                }
            }
        }
        for (SessionRoute session : match.sessions()) {
            // With a QoS the message goes to the store, whose bounds are its own.
            MqttConnection online = session.qos() == 0 ? shared.attached(session.sessionId()) : null;
            if (online != null && online.congestion().blocks(alone)) {
                return online.congestion();
            }
        }
        if (routes != null) {
            for (Peer peer : match.peers()) {
                Obstacle there = loop.links().holds().find(peer, routes, alone);
                if (there != null) {
                    return there;
                }
            }
        }
        return null;
    }

    /** What a message on the topic of {@code routes} waits for, or null; {@code match} is null for one client alone. */
    @Nullable
    Obstacle find(TopicRoutes routes, @Nullable Match match) {
        String target = routes.topic().p2pTarget();
        if (match != null || target == null) {
            return match == null ? null : find(match, routes);
        }
        // What a persistent session gets goes to the store.
        MqttConnection here =
                shared.clients().get(new SessionKey(routes.instance().id(), target));
        return here != null && here.sessionId() == 0 && here.congestion().blocks(true) ? here.congestion() : null;
    }
}
