package dev.skein.node.delivery;

import dev.skein.node.link.Frame;
import dev.skein.node.observe.DropReason;
import dev.skein.node.route.Match;
import dev.skein.node.route.Peer;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.SharedMatch;
import dev.skein.node.route.actor.TableKeeper;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.TopicName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands messages to members of shared subscriptions, and on to others when a member or its node goes. A message of QoS
 * 1 or 2 that goes to a live member of another node is kept here until that node says that the member has taken it:
 * acknowledged it, or that no other is to have it [MQTT-4.8.2-5, 4.8.2-6]. Confined to one event loop.
 */
public final class SharedDelivery {
    /** What may be kept in all loops: that part of the heap. */
    private static final int HEAP_PART = 32;

    private final Delivery delivery;
    private final LoopContext loop;
    private final SharedMembers members;
    private final SharedKept kept;
    /** Publishers that were acknowledged already. */
    private final PublishTally nobody = new PublishTally() {
        @Override
        protected void settled(boolean ok) {
            // There is nothing to tell.
        }
    };

    SharedDelivery(Delivery delivery, LoopContext loop, int loops, SharedMembers members) {
        this.delivery = delivery;
        this.loop = loop;
        this.members = members;
        this.kept = new SharedKept(Runtime.getRuntime().maxMemory() / HEAP_PART / loops);
    }

    /** Who gets {@code message} of each shared subscription of {@code match}. */
    List<SharedPick> pick(Match match, Message message) {
        return members.pick(match, message);
    }

    /** To the live members that were chosen; {@code tally} counts what the acknowledgement has to wait for. */
    void deliver(Message message, TopicRoutes routes, List<SharedPick> picks, PublishTally tally) {
        for (SharedPick pick : picks) {
            switch (pick) {
                case SharedPick.Here(var filter, var member) ->
                    loop.send(member.subscriber(), message.by(filter), Math.min(message.qos(), member.qos()));
                case SharedPick.There(var filter, var peer) -> toNode(peer, message.by(filter), routes, tally);
                case SharedPick.Session _ -> {
                    // It is among those of the store.
                }
            }
        }
    }

    private void toNode(Peer peer, Message message, TopicRoutes routes, PublishTally tally) {
        if (loop.links().reaches(peer)) {
            boolean keeps = message.qos() > 0 && Frame.answersTickets(peer.frames());
            long ticket = keeps ? kept.keep(peer, message, tally) : 0;
            loop.links().shared(peer, message, ticket, routes.observer(), tally);
        } else { // it is gone, and its routes are about to go
            tally.expect();
            hand(routes, message, Where.ANYWHERE, tally);
        }
    }

    /** Another node has handed {@code message} to a member here. */
    void arrived(Instance instance, Message message) {
        nobody.expect();
        hand(TopicRoutes.of(delivery, instance, message.topic()), message, Where.HERE, nobody);
    }

    /**
     * Hands {@code message} to another member of its shared subscription: the one that it was for has gone and has not
     * acknowledged it.
     */
    public void handOn(Instance instance, Message message) {
        nobody.expect();
        handOn(instance, message, nobody);
    }

    /** As {@link #handOn(Instance, Message)}; {@code done} runs when whoever gets it has it. */
    void handOn(Instance instance, Message message, Runnable done) {
        PublishTally tally = new PublishTally() {
            @Override
            protected void settled(boolean ok) {
                done.run();
            }
        };
        tally.expect();
        handOn(instance, message, tally);
    }

    /** A connection has ended before it could take {@code message}: another member gets it, if it is for any. */
    public void notTaken(Message message) {
        Instance instance = delivery.instance(message.instance());
        if (message.isShared() && message.qos() > 0 && instance != null) {
            loop.execute(() -> handOn(instance, message)); // when the routes of the connection are gone
        } else {
            delivery.observers()
                    .topic(message.instance(), message.topic().parent())
                    .dropped(message, DropReason.CLOSED, 1);
        }
    }

    private void handOn(Instance instance, Message message, PublishTally tally) {
        // Its topic may be one of another event loop.
        TopicName topic = TopicName.of(message.topic().value());
        hand(TopicRoutes.of(delivery, instance, topic), message, Where.ANYWHERE, tally);
    }

    /** A member of another node has taken the message of that ticket. */
    void taken(long ticket) {
        kept.taken(ticket);
    }

    /** That node is gone: what its members had not taken goes to others. */
    void left(Peer peer) {
        for (SharedKept.Kept each : kept.left(peer)) {
            Instance instance = delivery.instance(each.message().instance());
            if (instance != null) {
                PublishTally publisher = each.tally();
                if (publisher == null) {
                    handOn(instance, each.message());
                } else {
                    handOn(instance, each.message(), publisher); // which has expected it since it was kept
                }
            }
        }
    }

    /** Called some times a second. */
    void sweep() {
        kept.sweep();
    }

    /** Where a member is looked for. */
    private enum Where {
        /** Live members of this node and persistent sessions; others when there is none. */
        HERE,
        ANYWHERE,
        /** As {@link #ANYWHERE}; the persistent sessions are known by now, if they can be. */
        ANYWHERE_OPENED
    }

    /** Once the next node or the store has a message, the node that has kept it until now is told. */
    private final class Handing extends PublishTally {
        private final Message message;
        private final PublishTally before;

        private Handing(Message message, PublishTally before) {
            this.message = message;
            this.before = before;
        }

        @Override
        protected boolean isWanted() {
            return before.isWanted();
        }

        @Override
        protected void settled(boolean ok) {
            loop.links().taken(message);
            before.done(ok);
        }
    }

    /** @param tally has expected it, and is done when whoever gets it has it */
    private void hand(TopicRoutes routes, Message message, Where where, PublishTally tally) {
        String filter = String.valueOf(message.via());
        RouteTable table = routes.instance().tables().table(RouteTable.parentOf(filter));
        SharedPick pick = choose(table, filter, message, where);
        switch (pick) {
            case SharedPick.Here(var _, var member) -> {
                loop.send(member.subscriber(), message, Math.min(message.qos(), member.qos()));
                tally.done(true);
            }
            case SharedPick.There(var _, var peer) -> {
                Handing handing = new Handing(message, tally);
                handing.expect();
                toNode(peer, message.by(filter), routes, handing);
                handing.done(true);
            }
            case SharedPick.Session(var _, var session) -> {
                Handing handing = new Handing(message, tally);
                handing.expect();
                loop.ingress().toSession(message, routes, session, handing);
                handing.done(true);
            }
            case null -> {
                if (table.isOpen() || where == Where.ANYWHERE_OPENED) {
                    routes.observer().dropped(message, DropReason.NO_SUBSCRIBER, 1);
                    loop.links().taken(message);
                    tally.done(true);
                } else {
                    open(table, () -> hand(routes, message, Where.ANYWHERE_OPENED, tally));
                }
            }
        }
    }

    private @Nullable SharedPick choose(RouteTable table, String filter, Message message, Where where) {
        SharedMatch group = table.shared(filter);
        SharedPick here = where == Where.HERE ? members.pick(group, message, _ -> false) : null;
        return here == null ? members.pick(group, message, loop.links()::reaches) : here;
    }

    private void open(RouteTable table, Runnable opened) {
        delivery.actors()
                .keeper()
                .tell(new TableKeeper.Open(table.instance(), table.parent(), () -> loop.execute(opened)));
    }
}
