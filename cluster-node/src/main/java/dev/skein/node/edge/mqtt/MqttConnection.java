package dev.skein.node.edge.mqtt;

import dev.skein.node.edge.ConnectionInfo;
import dev.skein.node.observe.ConnectionMetrics;
import dev.skein.node.observe.DropReason;
import dev.skein.node.route.Message;
import dev.skein.node.route.Subscriber;
import dev.skein.node.session.OutboundFlow;
import dev.skein.node.session.actor.ConnectionEvent;
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
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: the last handler of its pipeline. It answers packets, in order; what needs an actor or the
 * store parks the connection, and the packets behind wait. Confined to its event loop but for {@link #loop},
 * {@link #sessionId} and {@link #context}.
 */
final class MqttConnection extends ChannelInboundHandlerAdapter implements Subscriber {
    private static final Logger LOG = LoggerFactory.getLogger(MqttConnection.class);
    /** Output collected above which it goes to the channel before the end of the round. */
    private static final int OUTPUT_CHUNK = 64 * 1024;
    /** Output that a client lets pile up before it is not read any more. */
    private static final int OUTPUT_MAX = 1024 * 1024;

    private static final int OUTPUT_FIRST = 256;

    private final EdgeShared shared;
    private final LoopContext context;
    private final ConnectionInfo info;
    private final ConnectionMetrics metrics;
    private final SessionTie tie;
    private @Nullable ConnectPhase connect; // until it is connected
    private @Nullable PublishPipeline publishes; // with its first message: many only listen
    private @Nullable SubscriptionPhase subscriptions; // and many only talk
    private final Congestion congestion;
    private @Nullable ChannelHandlerContext channel;
    private @Nullable ByteBuf output;
    private @Nullable ArrayDeque<Object> waiting;
    private @Nullable ClientState client;
    private State state = State.NEW;
    private boolean parked;
    private boolean held;
    private boolean dirty;
    private boolean heard;
    private long lastHeard = System.nanoTime();
    /** Place in the loop's list; the loop's own. */
    int place = -1;

    private enum State {
        NEW,
        CONNECTING,
        CONNECTED,
        CLOSED
    }

    /** Stands behind the packets that wait: what the client sent before it went, or went wrong, still counts. */
    private record Ended(CloseReason reason, String detail) {}

    MqttConnection(EdgeShared shared, LoopContext context, ConnectionInfo info) {
        this.shared = shared;
        this.context = context;
        this.info = info;
        this.metrics = shared.metrics().connections(info.listener());
        this.tie = new SessionTie(shared);
        this.connect = new ConnectPhase(shared, this);
        this.congestion = new Congestion(shared.settings().flow().queueMessages());
    }

    /** Who publishes to this client alone may have to wait for it. */
    Congestion congestion() {
        return congestion;
    }

    ConnectionInfo info() {
        return info;
    }

    /** What ties it to the actor of its session. */
    SessionTie tie() {
        return tie;
    }

    LoopContext context() {
        return context;
    }

    PublishPipeline publishes() {
        PublishPipeline mine = publishes;
        if (mine == null) {
            mine = new PublishPipeline(shared, context, this);
            publishes = mine;
        }
        return mine;
    }

    SubscriptionPhase subscriptions() {
        SubscriptionPhase mine = subscriptions;
        if (mine == null) {
            mine = new SubscriptionPhase(shared, context, this);
            subscriptions = mine;
        }
        return mine;
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

    /** Identity of the persistent session, 0 when it is clean. Any thread. */
    long sessionId() {
        ClientState now = client;
        return now == null ? 0 : now.sessionId();
    }

    @Override
    public int loop() {
        return context.index();
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx;
        context.add(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object packet) {
        heard = true;
        if (parked) {
            waiting().add(packet);
        } else {
            handle(packet);
        }
    }

    private ArrayDeque<Object> waiting() {
        ArrayDeque<Object> packets = waiting;
        if (packets == null) {
            packets = new ArrayDeque<>();
            waiting = packets;
        }
        return packets;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (heard || state == State.CONNECTED) { // part of a packet is a sign of life, but for CONNECT [MQTT-3.1.2-24]
            heard = false;
            lastHeard = System.nanoTime();
        }
        ctx.fireChannelReadComplete();
    }

    private void handle(Object packet) {
        if (state == State.CLOSED) {
            return;
        }
        if (packet instanceof InboundPublish publish) {
            if (requireConnected()) {
                publishes().on(publish);
            }
        } else if (packet instanceof InboundAck ack) {
            if (requireConnected()) {
                client().on(ack);
            }
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
        close(CloseReason.PROTOCOL_VIOLATION, "packet before CONNECT (expected: CONNECT first) [MQTT-3.1.0-1]");
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
            close(CloseReason.MALFORMED, String.valueOf(message.decoderResult().cause()));
        }
    }

    private ConnectPhase connecting() {
        return Objects.requireNonNull(connect, "connect: none (expected: until CONNECT was accepted)");
    }

    private void onConnect(MqttConnectMessage message) {
        if (state == State.NEW) {
            state = State.CONNECTING;
            park();
            connecting().on(message);
        } else {
            close(CloseReason.PROTOCOL_VIOLATION, "second CONNECT (expected: one) [MQTT-3.1.0-2]");
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
        while (!parked && waiting != null && !waiting.isEmpty()) {
            handle(waiting.remove());
        }
        updateReading();
    }

    /** Parks, and takes {@code packet} first when it goes on. */
    void parkBefore(Object packet) {
        waiting().addFirst(packet);
        park();
    }

    /** Whether the publisher is held back for the store. */
    void hold(boolean hold) {
        held = hold;
        updateReading();
    }

    boolean isHeld() {
        return held;
    }

    private void updateReading() {
        if (channel != null) {
            boolean read = !parked && !held && outputBytes() < OUTPUT_MAX;
            if (channel.channel().config().isAutoRead() != read) {
                channel.channel().config().setAutoRead(read);
                lastHeard = System.nanoTime(); // silence while it was not read is not the client's
            }
        }
    }

    /** Buffer for packets; it leaves at the end of the loop's round. */
    ByteBuf output() {
        if (!dirty) {
            dirty = true;
            context.markDirty(this);
        }
        ByteBuf buffer = output;
        if (buffer == null) {
            buffer = channel().alloc().ioBuffer(OUTPUT_FIRST);
            output = buffer;
        } else if (buffer.readableBytes() >= OUTPUT_CHUNK && isWritable()) {
            var _ = channel().write(buffer, channel().voidPromise());
            buffer = channel().alloc().ioBuffer(OUTPUT_FIRST);
            output = buffer;
        }
        return buffer;
    }

    private int outputBytes() {
        return output == null ? 0 : output.readableBytes();
    }

    private ChannelHandlerContext channel() {
        return Objects.requireNonNull(channel);
    }

    /** Whether the socket takes more without piling up. */
    boolean isWritable() {
        return state != State.CLOSED && channel().channel().isWritable() && outputBytes() < OUTPUT_CHUNK * 2;
    }

    /** Sends what was collected; called by the loop at the end of its round. */
    void flushOutput() {
        dirty = false;
        ByteBuf buffer = output;
        if (buffer != null && state != State.CLOSED) {
            output = null;
            boolean wasFull = buffer.readableBytes() >= OUTPUT_CHUNK * 2;
            var _ = channel().writeAndFlush(buffer, channel().voidPromise());
            if (wasFull && isWritable() && client != null) {
                client.drain();
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && client != null && state == State.CONNECTED) {
            client.drain();
        }
        updateReading();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void underway() {
        congestion.underway();
    }

    @Override
    public void arrived() {
        congestion.arrived();
    }

    @Override
    public void deliver(Message message, int qos) {
        if (state == State.CONNECTED) {
            OutboundFlow flow = client().flow();
            flow.deliver(message, qos, false);
            congestion.queued(flow.queued());
        } else {
            dropped(message, DropReason.CLOSED);
        }
    }

    /** A message of the persistent session right after its commit. */
    void push(MessageId id, Message message, int qos, boolean retain) {
        if (state == State.CONNECTED) {
            client().flow().push(id, message, qos, retain);
        }
    }

    void dropped(Message message, DropReason reason) {
        shared.metrics().topic(message.instance(), message.topic().parent()).dropped(reason);
    }

    /** An actor has something to say; from any thread. */
    void tell(ConnectionEvent event) {
        context.execute(() -> tie.on(event, this, connect));
    }

    /** Whether its client is connected and was heard of within its keep-alive. */
    boolean isAlive() {
        return state == State.CONNECTED && !client().isSilent(System.nanoTime() - lastHeard);
    }

    /** Called a few times each second with the present {@link System#nanoTime}. */
    void checkDeadlines(long now) {
        if (held && publishes().mayGoOn()) {
            hold(false);
        }
        switch (state) {
            case NEW, CONNECTING -> {
                if (connecting().silence(now, lastHeard)
                        > shared.connectTimeout().toNanos()) {
                    close(CloseReason.CONNECT_TIMEOUT, "no CONNECT handled within " + shared.connectTimeout());
                } else {
                    tie.askAgain(now, false);
                }
            }
            case CONNECTED -> {
                boolean reading = channel().channel().config().isAutoRead();
                if (reading && client().isSilentTooLong(now - lastHeard)) {
                    close(CloseReason.KEEP_ALIVE, "keep-alive missed [MQTT-3.1.2-24]");
                }
                tie.askAgain(now, true);
                if (subscriptions != null) {
                    subscriptions.checkDeadline(now);
                }
                congestion.check(now);
            }
            case CLOSED -> {}
        }
    }

    /** Ends the connection; the first reason counts. What was collected is still sent. */
    void close(CloseReason reason, String detail) {
        if (state == State.CLOSED) {
            return;
        }
        flushOutput();
        State before = state;
        state = State.CLOSED;
        if (reason.logged()) {
            shared.log().line(describe(), reason.text() + ": " + detail);
        }
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
        return who.isEmpty() ? info.toString() : info + " " + RefusalLog.printable(who);
    }

    private void leave(CloseReason reason) {
        context.remove(this);
        congestion.end();
        boolean asked = reason == CloseReason.CLIENT_DISCONNECT || PublishPipeline.holdDisconnect(waiting);
        waiting = null;
        if (output != null) {
            output.release();
            output = null;
        }
        if (publishes != null) {
            publishes.clientIsGone(null);
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
        end(new Ended(CloseReason.CLIENT_CLOSED, "connection closed"));
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        switch (cause) {
            case MalformedPacketException malformed -> onMalformed(malformed);
            case IOException io -> end(new Ended(CloseReason.IO, String.valueOf(io.getMessage())));
            default -> {
                LOG.error("connection {} failed", describe(), cause);
                close(CloseReason.IO, cause.toString());
            }
        }
    }

    private void onMalformed(MalformedPacketException malformed) {
        metrics.packetRejected(malformed.reason().name());
        end(new Ended(CloseReason.of(malformed.reason()), malformed.getMessage() + " [" + malformed.clause() + "]"));
    }

    private void end(Ended ended) {
        publishes().clientIsGone(waiting);
        if (parked && waiting != null && !waiting.isEmpty()) {
            waiting.add(ended);
        } else {
            handle(ended);
        }
    }
}
