package dev.skein.node.delivery;

import dev.skein.node.link.Frame;
import dev.skein.node.observe.DropReason;
import dev.skein.node.route.Match;
import dev.skein.node.route.Peer;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.SessionRoute;
import dev.skein.node.route.Subscriber;
import dev.skein.node.route.actor.TableKeeper;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.OnceMark;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what comes to one event loop, of whatever protocol or origin: matched, handed to the loops of live
 * connections, given to the store for persistent sessions. Confined to one event loop.
 */
public final class LoopIngress {
    private final Delivery delivery;
    private final LoopContext loop;
    private final int loops;
    private final RetainedWrites retained;
    private final SharedDelivery shared;
    private final LoopOutlets outlets;
    private final ActorQuestions questions;

    LoopIngress(Delivery delivery, LoopContext loop, int loops) {
        this.delivery = delivery;
        this.loop = loop;
        this.loops = loops;
        this.shared = new SharedDelivery(
                delivery, loop, loops, new SharedMembers(this::isConnected, delivery.sharedStrategy()));
        this.outlets = new LoopOutlets(loop.index(), loop::execute);
        this.questions = new ActorQuestions(
                delivery.actors().sessions(),
                delivery.actors().routers(),
                delivery.actors().scheduler(),
                loop::execute);
        this.retained = new RetainedWrites(loop::execute, questions::router, this::notRetained);
    }

    /**
     * Whether nothing may be published now: the node has to be confirmed as a member first. Then {@code again} runs on
     * this loop, later, when it is worth another try.
     */
    public boolean mustWait(Runnable again) {
        boolean waits = loop.standstill().mustWait();
        if (waits) {
            loop.standstill().await(again);
        }
        return waits;
    }

    /**
     * Everyone that gets what is published to {@code routes} now. Null while a route table has to be opened: then
     * {@code again} runs on this loop, later.
     */
    public @Nullable Match match(TopicRoutes routes, Runnable again) {
        Match match = routes.match(loops);
        if (match == null) {
            open(routes, again);
        }
        return match;
    }

    /** Opens the table that {@code routes} lack; {@code opened} runs on this loop, later. */
    public void open(TopicRoutes routes, Runnable opened) {
        RouteTable missing = routes.missing();
        delivery.actors()
                .keeper()
                .tell(new TableKeeper.Open(missing.instance(), missing.parent(), () -> loop.execute(opened)));
    }

    /** As {@link #match(TopicRoutes, Runnable)}, but opens nothing. */
    public @Nullable Match match(TopicRoutes routes) {
        return routes.match(loops);
    }

    /**
     * Publishes by subscriptions to those of {@code match}, made for this message on this loop just now. Live
     * connections have the message when this returns or, on other loops, at the end of this round; what the
     * acknowledgement has to wait for is counted in {@code tally}.
     *
     * @param mark of a QoS 2 PUBLISH of a persistent session or of a will, or null
     */
    public void publish(Message message, TopicRoutes routes, Match match, @Nullable OnceMark mark, PublishTally tally) {
        routes.table().used(loop.standstill().lastAsked());
        List<SharedPick> picks = shared.pick(match, message);
        if (mark == null) {
            liveHere(message, match);
            live(message, routes, match, tally);
            shared.deliver(message, routes, picks, tally);
            retain(message, tally);
            offer(message, routes, tally);
            durable(message, routes, SharedMembers.sessions(match, picks), null, tally, LoopIngress::nothing);
            if (match.isEmpty() && routes.outlets() == null) {
                routes.observer().dropped(message, DropReason.NO_SUBSCRIBER, 1);
            }
        } else {
            // Only the commit of its mark tells which message it is: perhaps one that another node has committed.
            durable(
                    message,
                    routes,
                    SharedMembers.sessions(match, picks),
                    mark,
                    marked(message, tally),
                    (committed, handed) -> {
                        if (!handed) {
                            shared.deliver(committed, routes, picks, tally);
                            if (delivery.seen().first(committed, Frame.Kind.LIVE)) {
                                liveHere(committed, match);
                            }
                            live(committed, routes, match, tally);
                        }
                        retain(committed, tally);
                        offer(committed, routes, tally); // also one that was handed on: perhaps it is not taken yet
                    });
        }
    }

    private void offer(Message message, TopicRoutes routes, PublishTally tally) {
        List<Outlet> wanted = routes.outlets();
        if (wanted != null) {
            outlets.offer(wanted, message, tally);
        }
    }

    /** What is to be retained counts as underway from its match on, though it is written after its commit. */
    private PublishTally marked(Message message, PublishTally tally) {
        if (!message.retain()) {
            return tally;
        }
        RetainedWrites.Underway underway = retained.matched(message);
        tally.expect();
        return new PublishTally() {
            @Override
            protected void settled(boolean ok) {
                underway.end();
                tally.done(ok);
            }

            @Override
            protected void identified(MessageId id) {
                tally.identified(id);
            }

            @Override
            protected boolean isWanted() {
                return tally.isWanted();
            }
        };
    }

    /**
     * To a persistent session that was chosen of a shared subscription, {@code tally} counts what there is to wait for.
     */
    void toSession(Message message, TopicRoutes routes, SessionRoute session, PublishTally tally) {
        durable(message, routes, List.of(session), null, tally, LoopIngress::nothing);
    }

    /** Messages of shared subscriptions and their members. */
    public SharedDelivery shared() {
        return shared;
    }

    /** Asks the actors that know where a client is, and what is retained. */
    public ActorQuestions questions() {
        return questions;
    }

    /**
     * Whether the store, a router or a link has more to do than it should.
     *
     * @param max bytes that the store and all loops may have in hand
     */
    public boolean isBacklogged(long max) {
        return loop.links().isCongested() || delivery.store().pendingBytes() > max || retained.bytes() > max / loops;
    }

    /** Retained messages of this loop on their way to their routers. */
    public RetainedWrites retained() {
        return retained;
    }

    private void notRetained(String instance, RetainedMessage message, String limit) {
        delivery.log()
                .line(
                        "message on " + message.topic() + " of instance " + instance + " from " + message.origin()
                                + " is not retained",
                        limit + "; 'skein retained' lists and deletes what is");
        Instance known = delivery.instance(instance);
        if (known != null) {
            known.retainedRefused();
        }
    }

    private static void nothing(Message message, boolean handed) {}

    private void liveHere(Message message, Match match) {
        for (int to = 0; to < loops; to++) {
            Subscriber[] subscribers = match.subscribers(to);
            if (subscribers.length > 0) {
                loop.send(to, message, subscribers, match.qos(to));
            }
        }
    }

    private void live(Message message, TopicRoutes routes, Match match, PublishTally tally) {
        for (Peer peer : match.peers()) {
            loop.links().live(peer, message, routes.observer(), tally);
        }
    }

    private void retain(Message message, PublishTally tally) {
        if (message.retain()) {
            retained.write(message, tally);
        }
    }

    private void durable(
            Message message,
            TopicRoutes routes,
            List<SessionRoute> sessions,
            @Nullable OnceMark mark,
            PublishTally tally,
            StoreBridge.Committed committed) {
        if (!sessions.isEmpty() || mark != null) {
            store(message, routes, sessions, mark, tally, committed);
        }
    }

    private void store(
            Message message,
            TopicRoutes routes,
            List<SessionRoute> sessions,
            @Nullable OnceMark mark,
            PublishTally tally,
            StoreBridge.Committed committed) {
        List<Receiver> receivers = new ArrayList<>(sessions.size());
        List<Attachment> here = mark == null ? null : new ArrayList<>();
        RemoteTargets elsewhere = null;
        for (SessionRoute session : sessions) {
            int qos = Math.min(message.qos(), session.qos());
            if (qos > 0) {
                receivers.add(new Receiver(session.sessionId(), qos, message.retain() && session.keepsRetain()));
                continue;
            }
            Peer peer = elsewhere(session.sessionId());
            if (peer == null) {
                once(message, routes, session.sessionId(), receivers, here);
            } else {
                elsewhere = elsewhere == null ? new RemoteTargets() : elsewhere;
                elsewhere.add(peer, session.sessionId(), 0, false);
            }
        }
        if (here == null) {
            toSessions(elsewhere, message, routes, tally);
            if (!receivers.isEmpty()) {
                append(message, routes, receivers, null, tally, committed);
            }
            return;
        }
        RemoteTargets others = elsewhere;
        append(message, routes, receivers, mark, tally, (stored, handed) -> {
            committed.run(stored, handed);
            if (handed) {
                return;
            }
            if (!here.isEmpty() && delivery.seen().first(stored, Frame.Kind.SESSION)) {
                here.forEach(online -> loop.send(online, stored, 0));
            }
            toSessions(others, stored, routes, tally);
        });
    }

    private void toSessions(
            @Nullable RemoteTargets elsewhere, Message message, TopicRoutes routes, PublishTally tally) {
        if (elsewhere != null) {
            elsewhere.forEach((peer, targets) ->
                    loop.links().targets(peer, Frame.Kind.SESSION, message, targets, routes.observer(), tally));
        }
    }

    private boolean isConnected(long sessionId) {
        return delivery.attachments().session(sessionId) != null
                || delivery.links().sessions().find(sessionId) != null;
    }

    /** The other node that has the session's connection, or null. */
    private @Nullable Peer elsewhere(long sessionId) {
        return delivery.attachments().session(sessionId) != null
                ? null
                : delivery.links().sessions().find(sessionId);
    }

    /**
     * QoS 0 to a persistent session: one push when it is online, kept only where the instance says so.
     *
     * @param held takes who is to have it after a commit; null: it is sent now
     */
    private void once(
            Message message,
            TopicRoutes routes,
            long sessionId,
            List<Receiver> receivers,
            @Nullable List<Attachment> held) {
        Attachment online = delivery.attachments().session(sessionId);
        if (online != null && held != null) {
            held.add(online);
        } else if (online != null) {
            loop.send(online, message, 0);
        } else if (routes.instance().view().sessions().offlineQos0()) {
            receivers.add(new Receiver(sessionId, 0));
        } else {
            routes.observer().dropped(message, DropReason.OFFLINE_QOS0, 1);
        }
    }

    private void append(
            Message message,
            TopicRoutes routes,
            List<Receiver> receivers,
            @Nullable OnceMark mark,
            PublishTally tally,
            StoreBridge.Committed committed) {
        tally.expect();
        if (mark != null) {
            message.markOnce();
        }
        StoreBridge.Committed then = (stored, handed) -> {
            if (!handed) {
                routes.observer().stored(message.id(), stored, receivers.size());
            }
            committed.run(stored, handed);
        };
        StoreBridge.Appended appended = delivery.bridge().appended(loop, message, receivers, tally, then);
        delivery.store()
                .submit(new StoreCommand.Append(
                        message.instance(),
                        message.topic().value(),
                        message.content(),
                        message.origin(),
                        receivers,
                        mark,
                        appended));
    }

    /**
     * Publishes to one client, whatever it has subscribed to.
     *
     * @param wanted whether the message is still to be published when its client was found
     * @param located runs on this loop when {@code tally} counts everything there is to wait for; at once when the
     *     client is online on this node
     */
    public void publishToClient(
            Message message,
            TopicRoutes routes,
            String clientId,
            @Nullable OnceMark mark,
            PublishTally tally,
            BooleanSupplier wanted,
            Runnable located) {
        Attachment here = delivery.attachments().client(new SessionKey(message.instance(), clientId));
        if (here != null) {
            toClient(message, routes, new Receiving(here.sessionId(), here, null, 0), mark, tally);
            located.run();
            return;
        }
        questions.locate(message.instance(), clientId, location -> {
            if (location == null || !wanted.getAsBoolean()) { // nothing is promised, and the publisher sends it again
                tally.expect();
                tally.done(false);
            } else {
                toClient(message, routes, receiving(location), mark, tally);
            }
            located.run();
        });
    }

    /** The one receiver of a message: its persistent session or 0, and its connection, here or on a peer. */
    private record Receiving(
            long sessionId,
            @Nullable Attachment here,
            @Nullable Peer peer,
            long connectionId) {
        boolean online() {
            return here != null || peer != null;
        }
    }

    private Receiving receiving(SessionCommand.Location location) {
        // Were its connection on this node, it would have been found at once: it is leaving.
        Links.Linked linked = delivery.links().find(location.node());
        return new Receiving(
                location.sessionId(), null, linked == null ? null : linked.peer(), location.connectionId());
    }

    private void toClient(
            Message message, TopicRoutes routes, Receiving to, @Nullable OnceMark mark, PublishTally tally) {
        if (mark == null) {
            offer(message, routes, tally);
        }
        if (to.sessionId() != 0 && durable(message.qos(), routes, to.online())) {
            List<Receiver> receiver = List.of(new Receiver(to.sessionId(), message.qos()));
            append(message, routes, receiver, mark, tally, (committed, _) -> {
                if (mark != null) {
                    offer(committed, routes, tally);
                }
            });
        } else if (mark == null) {
            toConnection(message, routes, to, tally);
        } else {
            append(message, routes, List.of(), mark, tally, (committed, handed) -> {
                offer(committed, routes, tally);
                if (!handed && (to.here() == null || delivery.seen().first(committed, Frame.Kind.CONNECTION))) {
                    toConnection(committed, routes, to, tally);
                }
            });
        }
    }

    private void toConnection(Message message, TopicRoutes routes, Receiving to, PublishTally tally) {
        if (to.here() != null) {
            loop.send(to.here(), message, message.qos());
        } else if (to.peer() != null) {
            Frame.Targets target = Frame.Targets.of(to.connectionId(), message.qos(), false);
            loop.links().targets(to.peer(), Frame.Kind.CONNECTION, message, target, routes.observer(), tally);
        } else {
            DropReason why = message.qos() == 0 ? DropReason.OFFLINE_QOS0 : DropReason.OFFLINE_CLEAN_SESSION;
            routes.observer().dropped(message, why, 1);
        }
    }

    private static boolean durable(int qos, TopicRoutes routes, boolean online) {
        return switch (qos) {
            case 0 -> !online && routes.instance().view().sessions().offlineQos0();
            case 1 -> true;
            default -> routes.instance().view().sessions().persistentQos2();
        };
    }
}
