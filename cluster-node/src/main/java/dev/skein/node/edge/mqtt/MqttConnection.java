// house-off: FileLength: the message plane moves out of it next
package dev.skein.node.edge.mqtt;

import dev.skein.node.claim.Claim;
import dev.skein.node.claim.Claimant;
import dev.skein.node.delivery.Congestion;
import dev.skein.node.delivery.ConnectionLog;
import dev.skein.node.delivery.LoopContext;
import dev.skein.node.edge.ConnectionInfo;
import dev.skein.node.observe.ConnectionMetrics;
import dev.skein.node.observe.DropReason;
import dev.skein.node.route.Message;
import dev.skein.node.session.OutboundFlow;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.mqtt.MessageId;
import dev.skein.protocol.mqtt.codec.InboundAck;
import dev.skein.protocol.mqtt.codec.InboundPublish;
import dev.skein.protocol.mqtt.codec.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: the last handler of its pipeline. It answers packets, in order; what needs an actor or the
 * store parks the connection, and the packets behind wait. Confined to its event loop but for {@link #loop},
 * {@link #sessionId} and {@link #context}.
 */
final class MqttConnection extends ChannelInboundHandlerAdapter implements Claimant {
    private static final Logger LOG = LoggerFactory.getLogger(MqttConnection.class);
    private final EdgeShared shared;
    private final LoopContext context;
    private final ConnectionInfo info;
    private final ConnectionMetrics metrics;
    private final Claim claim;
    private @Nullable ConnectPhase connect; // until it is connected
    private @Nullable PublishPipeline publishes; // with its first message: many only listen
    private @Nullable SubscriptionPhase subscriptions; // and many only talk
    private final Congestion congestion;
    private final Holdings holdings;
    private @Nullable ChannelHandlerContext channel;
    private @Nullable Output output;
    private final WaitingPackets waiting;
    private @Nullable ClientState client;
    private State state = State.NEW;
    private boolean parked;
    private boolean heldBack;
    private boolean held;
    private boolean heard;
    private long lastHeard = System.nanoTime();
    private int place = -1;

    private enum State {
        NEW,
        CONNECTING,
        CONNECTED,
        CLOSED
    }

    MqttConnection(EdgeShared shared, LoopContext context, ConnectionInfo info) {
        this.shared = shared;
        this.context = context;
        this.info = info;
        this.metrics = shared.delivery().metrics().connections(info.listener());
        this.claim = new Claim(shared.claims());
        this.connect = new ConnectPhase(shared, this);
        this.congestion =
                new Congestion(shared.settings().flow(), shared.delivery().held());
        this.holdings = new Holdings(context.memory());
        this.waiting = new WaitingPackets(context, holdings);
    }

    @Override
    public Congestion congestion() {
        return congestion;
    }

    ConnectionInfo info() {
        return info;
    }

    /** Its claim on its client ID. */
    Claim claim() {
        return claim;
    }

    /** What it holds in memory. */
    Holdings holdings() {
        return holdings;
    }

    @Override
    public LoopContext context() {
        return context;
    }

    PublishPipeline publishes() {
        if (publishes == null) {
            publishes = new PublishPipeline(shared, context, this);
        }
        return publishes;
    }

    SubscriptionPhase subscriptions() {
        if (subscriptions == null) {
            subscriptions = new SubscriptionPhase(shared, context, this);
        }
        return subscriptions;
    }

    /** Its subscriptions, or null when there never was one. */
    @Nullable
    SubscriptionPhase subscriptionsOrNull() {
        return subscriptions;
    }

    /** The connected client. */
    ClientState client() {
        return Objects.requireNonNull(client, "client: none (expected: after CONNECT was accepted)");
    }

    @Nullable
    ClientState clientOrNull() {
        return client;
    }

    @Override
    public long sessionId() {
        ClientState now = client;
        return now == null ? 0 : now.sessionId();
    }

    @Override
    public int loop() {
        return context.index();
    }

    @Override
    public boolean isClosed() {
        return state == State.CLOSED;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx;
        output = new Output(ctx, this);
        context.add(this);
        updateReading(); // TLS may have written already
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        holdings.end();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object packet) {
        heard = true;
        if (!parked || (heldBack && HeldBack.passes(packet))) {
            handle(packet);
        } else if (state != State.CLOSED) {
            waiting.add(packet);
            updateReading();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (heard || state == State.CONNECTED) { // part of a packet is a sign of life, but for CONNECT [MQTT-3.1.2-24]
            heard = false;
            lastHeard = System.nanoTime();
        }
        holdings.waits();
        context.memory().makeRoom();
        ctx.fireChannelReadComplete();
    }

    private void handle(Object packet) {
        if (state == State.CLOSED) {
            return;
        }
        if (packet instanceof InboundPublish publish && requireConnected()) {
            publishes().on(publish);
        } else if (packet instanceof InboundAck ack && requireConnected()) {
            client().on(ack);
        } else if (packet instanceof Ended ended) {
            close(ended.reason(), ended.detail());
        } else if (packet instanceof MqttMessage message) {
            handle(message);
        }
    }

    private boolean requireConnected() {
        if (state == State.CONNECTED) {
            return true;
        }
        close(Reason.PROTOCOL_VIOLATION, "packet before CONNECT (expected: CONNECT first) [MQTT-3.1.0-1]");
        return false;
    }

    private void handle(MqttMessage message) {
        if (message.decoderResult().isFailure()) {
            onUndecodable(message);
            return;
        }
        if (message instanceof MqttConnectMessage connectMessage) {
            onConnect(connectMessage);
        } else if (requireConnected()) {
            client().on(message);
        }
    }

    private void onUndecodable(MqttMessage message) {
        if (state == State.NEW) {
            connecting().onUndecodable(message);
        } else {
            close(Reason.MALFORMED, String.valueOf(message.decoderResult().cause()));
        }
    }

    private ConnectPhase connecting() {
        return Objects.requireNonNull(connect, "connect: none (expected: until CONNECT was accepted)");
    }

    private void onConnect(MqttConnectMessage message) {
        if (state == State.NEW) {
            state = State.CONNECTING;
            holdings.keep(message);
            park();
            connecting().on(message);
        } else {
            close(Reason.PROTOCOL_VIOLATION, "second CONNECT (expected: one) [MQTT-3.1.0-2]");
        }
    }

    /** The client is connected: what it says from now on counts, and what it said meanwhile is handled. */
    void connected(ClientState accepted) {
        client = accepted;
        connect = null;
        state = State.CONNECTED;
        metrics.connected(accepted.identity().instance());
    }

    /** Packets wait from now on. */
    void park() {
        parked = true;
        updateReading();
    }

    /** Handles what waited, until something parks again. */
    void unpark() {
        parked = false;
        heldBack = false;
        while (!parked && !waiting.isEmpty()) {
            handle(waiting.remove());
        }
        updateReading();
    }

    /** Parks, and takes {@code packet} first when it goes on. */
    void parkBefore(Object packet) {
        waiting.addFirst(packet);
        park();
    }

    /** As {@link #parkBefore}, but what {@link HeldBack#passes} is handled meanwhile. */
    void holdBefore(Object packet) {
        heldBack = true;
        parkBefore(packet);
    }

    /** Whether the publisher is held back for the store. */
    void hold(boolean hold) {
        held = hold;
        updateReading();
    }

    boolean isHeld() {
        return held;
    }

    /** A client that does not take its answers is not read, or they would pile up. */
    private void updateReading() {
        if (channel != null) {
            boolean mayRead = !parked
                    || (heldBack && waiting.readsOn(shared.settings().flow().queueBytes() / 2));
            boolean read = mayRead && !held && channel.channel().isWritable();
            if (channel.channel().config().isAutoRead() != read) {
                channel.channel().config().setAutoRead(read);
                lastHeard = System.nanoTime(); // silence while it was not read is not the client's
            }
        }
    }

    /** Buffer for packets; it leaves at the end of the loop's round. */
    ByteBuf output() {
        return out().buffer();
    }

    private Output out() {
        return Objects.requireNonNull(output);
    }

    private ChannelHandlerContext channel() {
        return Objects.requireNonNull(channel);
    }

    /** Whether the socket takes more without piling up. */
    boolean isWritable() {
        return state != State.CLOSED && out().isWritable();
    }

    @Override
    public void flush() {
        if (state != State.CLOSED && out().flush() && state == State.CONNECTED) {
            client().drain();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            out().writable();
            if (state == State.CONNECTED) {
                client().drain();
                context.flushIfMuch();
            }
        }
        updateReading();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void deliver(Message message, int qos) {
        if (state == State.CONNECTED) {
            if (subscriptions != null && subscriptions.retained().takes(message, qos)) {
                return;
            }
            OutboundFlow flow = client().flow();
            flow.deliver(message, qos, false);
            congestion.queued(flow.accepted(), flow.acceptedBytes());
            context.flushIfMuch();
        } else {
            dropped(message, DropReason.CLOSED);
        }
    }

    @Override
    public void push(MessageId id, Message message, int qos, boolean retain) {
        if (state == State.CONNECTED) {
            client().flow().push(id, message, qos, retain);
        }
    }

    void dropped(Message message, DropReason reason) {
        shared.delivery()
                .metrics()
                .topic(message.instance(), message.topic().parent())
                .dropped(reason);
    }

    @Override
    public void missed() {
        if (client != null) {
            client.flow().missed();
        }
    }

    @Override
    public void lookAgain() {
        if (client != null) {
            client.flow().lookAgain();
        }
    }

    @Override
    public @Nullable SessionKey key() {
        return client == null ? null : client.key();
    }

    @Override
    public long heldBytes() {
        return holdings.bytes();
    }

    @Override
    public int place() {
        return place;
    }

    @Override
    public void place(int next) {
        place = next;
    }

    @Override
    public void tell(ConnectionEvent event) {
        context.execute(() -> claim.on(event, this));
    }

    @Override
    public SessionCommand.@Nullable Attach held() {
        return claim.held();
    }

    @Override
    public boolean isClaimedOn(long uid) {
        return claim.isOn(uid);
    }

    @Override
    public void reclaim() {
        claim.reclaim(isConnected());
    }

    @Override
    public boolean isConnected() {
        return client != null;
    }

    @Override
    public void granted(ConnectionEvent.Attached attached) {
        connecting().granted(attached);
    }

    @Override
    public void refused(ConnectionEvent.Refusal refusal) {
        connecting().refused(refusal);
    }

    @Override
    public void resumed() {
        if (subscriptions != null) {
            subscriptions.resend();
        }
    }

    @Override
    public void subscribed(long request) {
        subscriptions().onDone(request);
    }

    @Override
    public void subscribeFailed(long request) {
        subscriptions().onFailed(request);
    }

    @Override
    public boolean hasSaidGoodbye() {
        return PublishPipeline.holdDisconnect(waiting.all());
    }

    @Override
    public boolean isEnding() {
        return Ended.isIn(waiting.all());
    }

    @Override
    public boolean isAlive() {
        boolean open = state == State.CONNECTED && channel().channel().isActive() && !isEnding();
        return open && !client().isSilent(System.nanoTime() - lastHeard);
    }

    @Override
    public boolean isRead() {
        return channel().channel().config().isAutoRead();
    }

    @Override
    public void checkDeadlines(long now) {
        if (held && publishes().mayGoOn()) {
            hold(false);
        }
        out().check(now);
        switch (state) {
            case NEW, CONNECTING -> {
                if (connecting().silence(now, lastHeard)
                        > shared.transport().connectTimeout().toNanos()) {
                    close(
                            Reason.CONNECT_TIMEOUT,
                            "no CONNECT handled within " + shared.transport().connectTimeout());
                } else {
                    claim.check(now, false);
                }
            }
            case CONNECTED -> {
                if (isRead() && client().isSilentTooLong(now - lastHeard)) {
                    close(Reason.KEEP_ALIVE, "keep-alive missed [MQTT-3.1.2-24]");
                }
                if (out().hasStalled(
                                now,
                                shared.transport()
                                        .stallTimeout())) { // it is not read, so its keep-alive does not end it
                    close(Reason.STALLED, out().describeStall(shared.transport().stallTimeout()));
                }
                claim.check(now, true);
                if (subscriptions != null) {
                    subscriptions.checkDeadline(now);
                }
                client().checkProgress(channel().channel(), out().written());
                client().checkPage();
            }
            case CLOSED -> {}
        }
    }

    @Override
    public long lastHeard() {
        return lastHeard;
    }

    /** What was collected is still sent. */
    @Override
    public void close(Reason reason, String detail) {
        if (state == State.CLOSED) {
            return;
        }
        flush();
        State before = state;
        state = State.CLOSED;
        ClientLog.ended(shared.log(), this, reason, detail);
        if (before != State.CONNECTED) {
            metrics.refused(reason.label());
        }
        leave(reason);
        var _ = channel().close();
    }

    /** Who this is, for the log. */
    String describe() {
        ClientState known = client;
        String who = known == null
                ? connecting().who()
                : known.identity().instance() + "|" + known.identity().clientId();
        return who.isEmpty() ? info.toString() : info + " " + ConnectionLog.printable(who);
    }

    private void leave(Reason reason) {
        context.remove(this);
        congestion.end();
        boolean asked = reason == Reason.CLIENT_DISCONNECT || hasSaidGoodbye();
        waiting.clear();
        out().drop();
        if (publishes != null) {
            publishes.clientIsGone(null);
            publishes.heldEnds();
        }
        ClientState left = client;
        if (left != null) {
            metrics.disconnected(left.identity().instance(), reason.label());
            if (subscriptions != null) {
                subscriptions.removeAll();
            }
            left.detach(asked);
        } else {
            connecting().abandon();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(new Ended(Reason.CLIENT_CLOSED, "connection closed"));
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        switch (cause) {
            case MalformedPacketException malformed -> onMalformed(malformed);
            case IOException io -> end(new Ended(Reason.IO, String.valueOf(io.getMessage())));
            case OutOfMemoryError full -> {
                shared.delivery().memory().countClosed();
                close(Reason.MEMORY, String.valueOf(full.getMessage()));
            }
            default -> {
                LOG.error("connection {} failed", describe(), cause);
                close(Reason.IO, cause.toString());
            }
        }
    }

    private void onMalformed(MalformedPacketException malformed) {
        metrics.packetRejected(malformed.reason().name());
        end(new Ended(malformed.reason(), malformed.getMessage() + " [" + malformed.clause() + "]"));
    }

    private void end(Ended ended) {
        publishes().clientIsGone(waiting.all());
        if (parked && !waiting.isEmpty()) {
            waiting.add(ended);
            if (heldBack) {
                unpark(); // what has come of it is handled at once, since it cannot be made to wait any more
            }
        } else {
            handle(ended);
        }
    }
}
