package dev.skein.node.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The receivers of one topic at one moment: live connections grouped by event loop, and persistent sessions. Each
 * client stands in it once, with the greatest QoS of its matching subscriptions [MQTT-3.3.5-1]. Immutable once built.
 */
public final class Match {
    private static final Subscriber[] NOBODY = new Subscriber[0];
    private static final Peer[] NO_PEERS = new Peer[0];

    private final Subscriber[][] subscribers;
    private final byte[][] qos;
    private final List<SessionRoute> sessions;
    private final Peer[] peers;
    private final List<SharedMatch> shared;
    private final int liveCount;

    private Match(
            Subscriber[][] subscribers,
            byte[][] qos,
            List<SessionRoute> sessions,
            Peer[] peers,
            List<SharedMatch> shared,
            int liveCount) {
        this.subscribers = subscribers;
        this.qos = qos;
        this.sessions = sessions;
        this.peers = peers;
        this.shared = shared;
        this.liveCount = liveCount;
    }

    /** The live connections on event loop {@code loop}; the array must not be written to. */
    public Subscriber[] subscribers(int loop) {
        return subscribers[loop];
    }

    /** Maximum QoS granted to each of {@link #subscribers}, by index. */
    public byte[] qos(int loop) {
        return qos[loop];
    }

    /** Persistent sessions, each once. */
    public List<SessionRoute> sessions() {
        return sessions;
    }

    /** The other nodes with live connections that get the topic, each once; the array must not be written to. */
    public Peer[] peers() {
        return peers;
    }

    /** Whether nobody gets the topic. */
    public boolean isEmpty() {
        return receivers() == 0;
    }

    /** Receivers of a message, a node or a shared subscription as one. */
    public int receivers() {
        return liveCount + sessions.size() + peers.length + shared.size();
    }

    /** Shared subscriptions, each once. */
    public List<SharedMatch> shared() {
        return shared;
    }

    /** Number of live connections on all loops of this node. */
    public int liveCount() {
        return liveCount;
    }

    /** Collects matches of one topic; confined to one thread. */
    static final class Builder {
        private final List<LocalRoute> live = new ArrayList<>();
        private final List<SessionRoute> durable = new ArrayList<>();
        private final List<Peer> nodes = new ArrayList<>(0);
        private @Nullable Map<String, SharedMatch> groups;

        void add(LocalRoute route) {
            live.add(route);
        }

        void add(SessionRoute route) {
            durable.add(route);
        }

        void add(RemoteRoute route) {
            if (!nodes.contains(route.peer())) { // as many as there are nodes
                nodes.add(route.peer());
            }
        }

        void addShared(SharedGroup group) {
            groups().merge(
                            group.filter(),
                            new SharedMatch(group, null),
                            (a, b) -> new SharedMatch(b.live(), a.stored()));
        }

        void addSharedSessions(SharedGroup group) {
            groups().merge(
                            group.filter(),
                            new SharedMatch(null, group),
                            (a, b) -> new SharedMatch(a.live(), b.stored()));
        }

        private Map<String, SharedMatch> groups() {
            Map<String, SharedMatch> made = groups;
            if (made == null) {
                made = new LinkedHashMap<>();
                groups = made;
            }
            return made;
        }

        Match build(int loops) {
            IdentityHashMap<Subscriber, LocalRoute> unique = uniqueLive();
            int[] counts = new int[loops];
            unique.keySet().forEach(subscriber -> counts[subscriber.loop()]++);
            Subscriber[][] subscribers = new Subscriber[loops][];
            byte[][] qos = new byte[loops][];
            for (int loop = 0; loop < loops; loop++) {
                subscribers[loop] = counts[loop] == 0 ? NOBODY : new Subscriber[counts[loop]];
                qos[loop] = new byte[counts[loop]];
                counts[loop] = 0;
            }
            for (LocalRoute route : live) {
                LocalRoute best = unique.remove(route.subscriber());
                if (best != null) {
                    int loop = best.subscriber().loop();
                    int at = counts[loop]++;
                    subscribers[loop][at] = best.subscriber();
                    qos[loop][at] = (byte) best.qos();
                }
            }
            Peer[] peers = nodes.isEmpty() ? NO_PEERS : nodes.toArray(NO_PEERS);
            List<SharedMatch> shared = groups == null ? List.of() : List.copyOf(groups.values());
            return new Match(subscribers, qos, uniqueSessions(), peers, shared, liveTotal(subscribers));
        }

        private static int liveTotal(Subscriber[][] subscribers) {
            int total = 0;
            for (Subscriber[] ofLoop : subscribers) {
                total += ofLoop.length;
            }
            return total;
        }

        private IdentityHashMap<Subscriber, LocalRoute> uniqueLive() {
            IdentityHashMap<Subscriber, LocalRoute> unique = new IdentityHashMap<>(live.size());
            for (LocalRoute route : live) {
                unique.merge(route.subscriber(), route, (a, b) -> a.qos() >= b.qos() ? a : b);
            }
            return unique;
        }

        private List<SessionRoute> uniqueSessions() {
            if (durable.size() < 2) {
                return List.copyOf(durable);
            }
            Map<Long, SessionRoute> unique = HashMap.newHashMap(durable.size());
            for (SessionRoute route : durable) {
                unique.merge(route.sessionId(), route, (a, b) -> a.qos() >= b.qos() ? a : b);
            }
            return List.copyOf(unique.values());
        }
    }
}
