package dev.skein.node.delivery;

import dev.skein.node.link.Frame;
import dev.skein.node.route.LocalRoute;
import dev.skein.node.route.Match;
import dev.skein.node.route.Peer;
import dev.skein.node.route.RemoteRoute;
import dev.skein.node.route.SessionRoute;
import dev.skein.node.route.SharedGroup;
import dev.skein.node.route.SharedMatch;
import dev.skein.protocol.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses members of shared subscriptions (MQTT 5 section 4.8.2), one for each message.
 *
 * <p>Who can take it now comes first: a live member, or a persistent session that is connected. When there is none, a
 * session keeps it. In turn, members of this node come before those of others, which get every {@value #REMOTE_EVERY}th
 * message beside them. With a key, the same key goes to the same member as long as the members stay. Confined to one
 * event loop.
 */
final class SharedMembers {
    /** Of so many messages of a group that has members here, one goes to a member of another node. */
    private static final int REMOTE_EVERY = 8;

    private final LongPredicate connected;
    private final SharedStrategy strategy;

    /** @param connected whether a persistent session has a connection, on whichever node */
    SharedMembers(LongPredicate connected, SharedStrategy strategy) {
        this.connected = connected;
        this.strategy = strategy;
    }

    /** Who gets {@code message} of each shared subscription of {@code match}. */
    List<SharedPick> pick(Match match, Message message) {
        if (match.shared().isEmpty()) {
            return List.of();
        }
        List<SharedPick> picks = new ArrayList<>(match.shared().size());
        for (SharedMatch group : match.shared()) {
            SharedPick pick = pick(group, message, _ -> true);
            if (pick != null) {
                picks.add(pick);
            }
        }
        return picks;
    }

    /** Persistent sessions that get a message, by subscriptions of their own and by {@code picks}, each once. */
    static List<SessionRoute> sessions(Match match, List<SharedPick> picks) {
        List<SessionRoute> all = match.sessions();
        for (SharedPick pick : picks) {
            SessionRoute chosen = pick.session();
            if (chosen != null) {
                all = with(all, chosen);
            }
        }
        return all;
    }

    /** With the greatest QoS when it is among them already. */
    private static List<SessionRoute> with(List<SessionRoute> sessions, SessionRoute more) {
        List<SessionRoute> all = new ArrayList<>(sessions.size() + 1);
        SessionRoute best = more;
        for (SessionRoute each : sessions) {
            if (each.sessionId() != more.sessionId()) {
                all.add(each);
            } else if (each.qos() > best.qos()) {
                best = each;
            }
        }
        all.add(best);
        return all;
    }

    /**
     * Who gets {@code message} of {@code group}; null when nobody is left.
     *
     * @param elsewhere whether live members of that other node may be chosen
     */
    @Nullable
    SharedPick pick(SharedMatch group, Message message, Predicate<Peer> elsewhere) {
        LocalRoute[] here =
                group.live() == null ? new LocalRoute[0] : group.live().local();
        List<Peer> peers = peers(group.live(), elsewhere);
        SessionRoute[] sessions =
                group.stored() == null ? new SessionRoute[0] : group.stored().sessions();
        List<SessionRoute> online = online(sessions);
        long key = strategy.key(message);
        if (key != SharedStrategy.NO_KEY) {
            return byKey(group.filter(), key, here, peers, online.isEmpty() ? List.of(sessions) : online);
        }
        int turn = group.nextTurn();
        int near = here.length + online.size();
        if (near > 0 && (peers.isEmpty() || turn % REMOTE_EVERY != REMOTE_EVERY - 1)) {
            return near(group.filter(), turn, here, online);
        }
        if (!peers.isEmpty()) {
            return new SharedPick.There(group.filter(), peers.get(turn / REMOTE_EVERY % peers.size()));
        }
        return sessions.length == 0 ? null : new SharedPick.Session(group.filter(), sessions[turn % sessions.length]);
    }

    private SharedPick near(String filter, int turn, LocalRoute[] here, List<SessionRoute> online) {
        int near = here.length + online.size();
        LocalRoute best = null;
        int load = Integer.MAX_VALUE;
        for (int i = 0; i < near; i++) {
            int at = (turn + i) % near;
            if (at >= here.length) {
                if (i == 0 || best == null) {
                    return new SharedPick.Session(filter, online.get(at - here.length));
                }
                continue;
            }
            LocalRoute member = here[at];
            boolean blocked = member.subscriber().isBehind();
            if (!blocked && strategy != SharedStrategy.LEAST_IN_FLIGHT) {
                return new SharedPick.Here(filter, member);
            }
            int its = blocked ? Integer.MAX_VALUE - 1 : member.subscriber().load();
            if (its < load) {
                best = member;
                load = its;
            }
        }
        return new SharedPick.Here(filter, best == null ? here[turn % here.length] : best);
    }

    /** Highest random weight: when a member goes, only its keys go to others. */
    private static @Nullable SharedPick byKey(
            String filter, long key, LocalRoute[] here, List<Peer> peers, List<SessionRoute> sessions) {
        SharedPick best = null;
        long most = Long.MIN_VALUE;
        for (LocalRoute member : here) {
            long weight = SharedStrategy.weight(key, System.identityHashCode(member.subscriber()));
            if (weight > most) {
                best = new SharedPick.Here(filter, member);
                most = weight;
            }
        }
        for (SessionRoute session : sessions) {
            long weight = SharedStrategy.weight(key, session.sessionId());
            if (weight > most) {
                best = new SharedPick.Session(filter, session);
                most = weight;
            }
        }
        for (Peer peer : peers) {
            long weight = SharedStrategy.weight(key, peer.uid());
            if (weight > most) {
                best = new SharedPick.There(filter, peer);
                most = weight;
            }
        }
        return best;
    }

    private static List<Peer> peers(@Nullable SharedGroup live, Predicate<Peer> elsewhere) {
        if (live == null || live.remote().length == 0) {
            return List.of();
        }
        List<Peer> peers = new ArrayList<>(live.remote().length);
        for (RemoteRoute route : live.remote()) {
            // One that does not read them is not upgraded yet.
            if (Frame.readsShared(route.peer().frames()) && elsewhere.test(route.peer())) {
                peers.add(route.peer());
            }
        }
        return peers;
    }

    private List<SessionRoute> online(SessionRoute[] sessions) {
        if (sessions.length == 0) {
            return List.of();
        }
        List<SessionRoute> online = new ArrayList<>(sessions.length);
        for (SessionRoute session : sessions) {
            if (connected.test(session.sessionId())) {
                online.add(session);
            }
        }
        return online;
    }
}
