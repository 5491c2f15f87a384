package dev.skein.node.delivery;

import dev.skein.node.link.Frame;
import dev.skein.node.link.InboundStream;
import dev.skein.node.link.LinkMessage;
import dev.skein.node.link.MalformedFrameException;
import dev.skein.node.link.OutboundStream;
import dev.skein.node.observe.DropReason;
import dev.skein.node.observe.MessageObserver;
import dev.skein.node.route.Match;
import dev.skein.node.route.Peer;
import dev.skein.node.route.Subscriber;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Handover;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.TopicName;
import dev.skein.protocol.mqtt.codec.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop's ends of the links: a stream to each other node, and those streams from other nodes that this loop
 * reads. Confined to the loop.
 */
public final class LoopLinks implements Frame.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(LoopLinks.class);

    private static final Frame.Header NO_MESSAGE = new Frame.Header(0, 0, 0, false, false);
    private static final byte[] NO_TOPIC = new byte[Short.BYTES];
    private static final byte[] NO_PAYLOAD = new byte[0];

    private final Delivery delivery;
    private final LoopContext loop;
    private final int loops;
    private final IdentityHashMap<Peer, OutboundStream> outbound = new IdentityHashMap<>();
    private final List<OutboundStream> dirty = new ArrayList<>();
    private final Map<StreamId, InboundStream> inbound = new HashMap<>();
    private final Map<StreamId, InboundStream> unacknowledged = new LinkedHashMap<>();
    private final RemoteHolds holds;
    private boolean congested;
    /** The stream whose frames are being read. */
    private StreamId reading = new StreamId(0, 0);

    private record StreamId(long from, int stream) {}

    LoopLinks(Delivery delivery, LoopContext loop, int loops) {
        this.delivery = delivery;
        this.loop = loop;
        this.loops = loops;
        this.holds = new RemoteHolds(delivery, loop, loops);
    }

    /** What publishers here, and elsewhere, wait for at the other end of a link. */
    RemoteHolds holds() {
        return holds;
    }

    /** Whether publishers at QoS 1 and 2 should wait: too much is on its way to some node. */
    public boolean isCongested() {
        return congested;
    }

    /** To the live subscribers that another node has. A QoS 0 message is dropped when the link is full. */
    void live(Peer peer, Message message, MessageObserver observer, PublishTally tally) {
        send(peer, Frame.Kind.LIVE, message, Frame.Targets.NONE, 0, observer, tally);
    }

    /** Whether messages can be sent to {@code peer}: it is not gone, as far as this loop knows. */
    boolean reaches(Peer peer) {
        return outbound.containsKey(peer) || delivery.links().find(peer.uid()) != null;
    }

    /**
     * To a live member of the shared subscription of {@code message} that another node has; as {@link #live}.
     *
     * @param ticket by which the other node says when the member has taken it, 0 when that is not asked for
     */
    void shared(Peer peer, Message message, long ticket, MessageObserver observer, PublishTally tally) {
        send(peer, Frame.Kind.SHARED, message, Frame.Targets.NONE, ticket, observer, tally);
    }

    /** A member here has taken {@code message}, or nobody is to have it: the node that keeps it, if any, is told. */
    public void taken(Message message) {
        Handover handover = message.handover();
        Links.Linked keeper = handover == null ? null : delivery.links().find(handover.node());
        OutboundStream stream = keeper == null ? null : stream(keeper.peer());
        if (handover != null && stream != null) {
            willWrite(stream);
            Frame.Header header = new Frame.Header(handover.loop(), 0, 0, false, false);
            Frame.Targets ticket = Frame.Targets.of(handover.ticket(), 0, false);
            stream.write(Frame.Kind.TAKEN, header, "", ticket, NO_TOPIC, NO_PAYLOAD);
        }
    }

    /** To connections that another node has; as {@link #live}. */
    void targets(
            Peer peer,
            Frame.Kind kind,
            Message message,
            Frame.Targets targets,
            MessageObserver observer,
            PublishTally tally) {
        send(peer, kind, message, targets, 0, observer, tally);
    }

    /**
     * To persistent sessions, right after the commit; nobody waits for it. When the link is full it is left out, and
     * the other node looks into the store once there is room again.
     */
    void stored(Peer peer, Message message, Frame.Targets targets) {
        OutboundStream stream = stream(peer);
        if (stream == null) {
            return;
        }
        if (stream.isFull()) {
            stream.leaveOut();
            delivery.links().figures().leftOut();
        } else {
            write(peer, stream, Frame.Kind.STORED, message, targets, 0);
        }
    }

    /** Persistent sessions are to look into the store, in the order of what is written with {@link #stored}. */
    void lookAgain(Peer peer, Frame.Targets targets) {
        OutboundStream stream = stream(peer);
        if (stream != null) {
            lookAgain(stream, targets);
        }
    }

    private void lookAgain(OutboundStream stream, Frame.Targets targets) {
        willWrite(stream);
        stream.write(Frame.Kind.LOOK_AGAIN, NO_MESSAGE, "", targets, NO_TOPIC, NO_PAYLOAD);
    }

    private void send(
            Peer peer,
            Frame.Kind kind,
            Message message,
            Frame.Targets targets,
            long ticket,
            MessageObserver observer,
            PublishTally tally) {
        OutboundStream stream = stream(peer);
        if (stream == null) {
            return; // the node is gone, and its connections with it
        }
        if (message.qos() == 0 && stream.isFull()) {
            observer.dropped(message, DropReason.LINK_FULL, Math.max(1, targets.size()));
            return;
        }
        write(peer, stream, kind, message, targets, ticket);
        if (message.qos() > 0 || message.isOnce()) { // a will of any QoS is there before the next CONNACK
            tally.expect();
            stream.whenAccepted(() -> tally.done(true));
        }
    }

    private void write(
            Peer peer, OutboundStream stream, Frame.Kind kind, Message message, Frame.Targets targets, long ticket) {
        willWrite(stream);
        MessageId id = message.id();
        boolean more = Frame.readsMore(peer.frames()); // else it is not upgraded yet
        Frame.Header header = new Frame.Header(
                id.sequence(),
                id.writer(),
                message.qos(),
                message.retain(),
                message.isOnce(),
                more ? message.origin() : null,
                more ? message.content().properties() : null,
                kind == Frame.Kind.SHARED ? message.via() : null,
                ticket);
        stream.write(kind, header, message.instance(), targets, message.topic().wire(), message.payload());
    }

    private void willWrite(OutboundStream stream) {
        if (!stream.isDirty()) {
            dirty.add(stream);
            loop.scheduleEnd();
        }
    }

    private @Nullable OutboundStream stream(Peer peer) {
        OutboundStream known = outbound.get(peer);
        if (known != null) {
            return known;
        }
        Links.Linked linked = delivery.links().find(peer.uid());
        if (linked == null) {
            return null;
        }
        long self = delivery.links().self();
        OutboundStream made = new OutboundStream((sequence, bytes, awaited) ->
                linked.actor().tell(new LinkMessage.Segment(self, peer.uid(), loop.index(), sequence, bytes, awaited)));
        outbound.put(peer, made);
        return made;
    }

    /** Sends what the round has collected. */
    void flush() {
        if (!dirty.isEmpty()) {
            dirty.forEach(OutboundStream::flush);
            dirty.clear();
            congested = outbound.values().stream().anyMatch(OutboundStream::isFull);
        }
        if (!unacknowledged.isEmpty()) {
            unacknowledged.forEach((id, stream) -> {
                Links.Linked linked = delivery.links().find(id.from());
                if (linked != null) {
                    linked.actor()
                            .tell(new LinkMessage.Acknowledged(
                                    delivery.links().self(), id.from(), id.stream(), stream.tell()));
                }
            });
            unacknowledged.clear();
        }
    }

    /** Called some times a second: what nobody waits for is acknowledged now. */
    void acknowledge() {
        holds.sweep();
        loop.ingress().shared().sweep();
        inbound.forEach((id, stream) -> {
            if (stream.hasUntold()) {
                unacknowledged.put(id, stream);
                loop.scheduleEnd();
            }
        });
    }

    /** Called about once a second. */
    void resend() {
        delivery.links()
                .figures()
                .resent(outbound.values().stream()
                        .mapToInt(OutboundStream::resend)
                        .sum());
    }

    /** Called some times a second. */
    void showFigures() {
        outbound.forEach(
                (peer, stream) -> delivery.links().figures().pending(peer, loop.index(), stream.pendingBytes()));
    }

    void left(Peer peer) {
        OutboundStream gone = outbound.remove(peer);
        if (gone != null) {
            dirty.remove(gone);
            gone.end();
        }
        holds.left(peer.uid());
        inbound.keySet().removeIf(id -> id.from() == peer.uid());
        unacknowledged.keySet().removeIf(id -> id.from() == peer.uid());
        congested = outbound.values().stream().anyMatch(OutboundStream::isFull);
        loop.ingress().shared().left(peer);
    }

    void on(LinkMessage.Acknowledged acknowledged) {
        Links.Linked linked = delivery.links().find(acknowledged.from());
        OutboundStream stream = linked == null ? null : outbound.get(linked.peer());
        if (stream != null) {
            stream.acknowledged(acknowledged.sequence());
            if (stream.catchUp()) {
                lookAgain(stream, Frame.Targets.NONE);
            }
            if (congested) {
                congested = outbound.values().stream().anyMatch(OutboundStream::isFull);
            }
        }
    }

    void on(LinkMessage.Segment segment) {
        if (delivery.links().find(segment.from()) == null) {
            return; // this node has not seen that one join yet, or has seen it leave: it is sent again
        }
        StreamId id = new StreamId(segment.from(), segment.stream());
        InboundStream stream = inbound.computeIfAbsent(id, _ -> new InboundStream(this));
        reading = id;
        boolean next = take(stream, segment);
        if (segment.awaited() || !next || stream.shouldTell()) {
            unacknowledged.put(id, stream);
            loop.scheduleEnd();
        }
    }

    private static boolean take(InboundStream stream, LinkMessage.Segment segment) {
        try {
            return stream.take(segment.sequence(), segment.bytes());
        } catch (MalformedFrameException e) {
            LOG.error(
                    "node {} sent what is no message; the rest of what came with it is lost: {}",
                    Long.toHexString(segment.from()),
                    e.getMessage());
            return true;
        }
    }

    /**
     * Answers once this loop has passed, behind all that it had for the node that asks.
     *
     * @param left loops of this node that have not passed; after the last one the store does
     */
    void on(LinkMessage.Barrier asked, AtomicInteger left) {
        loop.ingress().retained().whenSettled(asked.routers(), () -> {
            passed(asked, new Frame.Header(loop.ids().last(), loop.ids().writer(), 0, false, false));
            if (left.decrementAndGet() == 0 && asked.stored()) {
                LoopLinks pushes = delivery.loops().getFirst().links(); // pushes to other nodes go by this one
                PublishBarrier.passStore(delivery, 0, () -> pushes.passed(asked, PublishBarrier.ofStore()));
            }
        });
    }

    private void passed(LinkMessage.Barrier asked, Frame.Header header) {
        Links.Linked linked = delivery.links().find(asked.from());
        OutboundStream stream = linked == null ? null : stream(linked.peer());
        if (stream != null) {
            willWrite(stream);
            stream.write(Frame.Kind.PASSED, header, "", PublishBarrier.answerTo(asked, loops), NO_TOPIC, NO_PAYLOAD);
        }
    }

    @Override
    public void frame(Frame.Kind kind, Frame.Header header, String instanceId, Frame.Targets targets, ByteBuf rest) {
        if (kind == Frame.Kind.LOOK_AGAIN) {
            lookAgain(targets);
            return;
        }
        if (kind == Frame.Kind.PASSED) {
            PublishBarrier.answer(delivery, loop, header, targets);
            return;
        }
        if (kind == Frame.Kind.TAKEN) {
            taken(header.sequence(), targets);
            return;
        }
        Instance instance = delivery.instance(instanceId);
        if (instance == null) {
            LOG.warn(
                    "a message for instance {} came from another node (expected: an instance of this one)", instanceId);
            return;
        }
        int length = rest.readUnsignedShort();
        TopicName topic;
        try {
            topic = loop.topics().get(rest, rest.readerIndex(), length);
        } catch (MalformedPacketException e) {
            throw new IllegalStateException(e); // it was checked when it was published
        }
        rest.skipBytes(length);
        byte[] payload = new byte[rest.readableBytes()];
        rest.readBytes(payload);
        Message message = new Message(
                instanceId,
                topic,
                new Content(payload, header.properties()),
                header.qos(),
                header.retain(),
                header.origin() == null ? Origin.UNKNOWN : header.origin(),
                new MessageId(header.sequence(), header.writer()));
        boolean stored = kind == Frame.Kind.STORED; // then the session knows what it has had
        if (kind == Frame.Kind.SHARED) {
            message = message.by(String.valueOf(header.share()), handover(header));
        }
        if (header.once() && !stored && !delivery.seen().first(message, kind)) {
            taken(message);
            return; // it came by way of another node already
        }
        switch (kind) {
            case LIVE -> live(instance, message);
            case SHARED -> loop.ingress().shared().arrived(instance, message);
            case STORED -> stored(message, targets);
            case SESSION -> {
                for (int i = 0; i < targets.size(); i++) {
                    toConnection(delivery.attachments().session(targets.id(i)), message, targets.qos(i));
                }
            }
            case CONNECTION -> {
                for (int i = 0; i < targets.size(); i++) {
                    toConnection(delivery.attachments().connection(targets.id(i)), message, targets.qos(i));
                }
            }
            case LOOK_AGAIN, PASSED, TAKEN -> {} // above: they have no message
        }
    }

    private @Nullable Handover handover(Frame.Header header) {
        return header.ticket() == 0 ? null : new Handover(reading.from(), reading.stream(), header.ticket());
    }

    private void taken(long keeper, Frame.Targets tickets) {
        if (keeper >= 0 && keeper < loops) {
            LoopContext by = delivery.loops().get((int) keeper);
            loop.run(by.index(), () -> {
                for (int i = 0; i < tickets.size(); i++) {
                    by.ingress().shared().taken(tickets.id(i));
                }
            });
        }
    }

    private void lookAgain(Frame.Targets targets) {
        if (targets.size() == 0) {
            delivery.loops().forEach(each -> loop.run(each.index(), each.attachments()::lookAgain));
        }
        for (int i = 0; i < targets.size(); i++) {
            Attachment online = delivery.attachments().session(targets.id(i));
            if (online != null) {
                loop.run(online.loop(), online::lookAgain);
            }
        }
    }

    private void live(Instance instance, Message message) {
        TopicRoutes routes = TopicRoutes.of(delivery, instance, message.topic());
        Match match = routes.matchLive(loops);
        if (message.qos() == 0 && delivery.pressure().isHigh()) {
            routes.observer().dropped(message, DropReason.MEMORY, match.liveCount());
            return;
        }
        for (int to = 0; to < loops; to++) {
            Subscriber[] subscribers = match.subscribers(to);
            if (subscribers.length > 0) {
                loop.send(to, message, subscribers, match.qos(to));
            }
        }
        if (message.qos() > 0) {
            holds.delivered(reading.from(), reading.stream(), routes);
        }
    }

    private void stored(Message message, Frame.Targets targets) {
        MessageId id = message.id();
        for (int i = 0; i < targets.size(); i++) {
            Attachment online = delivery.attachments().session(targets.id(i));
            if (online != null) {
                int qos = targets.qos(i);
                boolean retain = targets.retain(i);
                loop.run(online.loop(), () -> online.push(id, message, qos, retain));
            }
        }
    }

    private void toConnection(@Nullable Attachment online, Message message, int qos) {
        if (online != null) {
            loop.send(online, message, qos);
        } else {
            delivery.observers()
                    .topic(message.instance(), message.topic().parent())
                    .dropped(message, DropReason.CLOSED, 1);
        }
    }
}
