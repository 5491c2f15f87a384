package dev.skein.node.edge.mqtt;

import dev.skein.node.claim.Claim;
import dev.skein.node.delivery.Congestion;
import dev.skein.node.delivery.ConnectionLog;
import dev.skein.node.delivery.LoopContext;
import dev.skein.node.edge.ConnectionInfo;
import dev.skein.node.observe.PresenceObserver;
import dev.skein.node.registry.InstanceLimits;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.mqtt.codec.InboundAck;
import dev.skein.protocol.mqtt.codec.InboundPublish;
import dev.skein.protocol.mqtt.codec.MalformedPacketException;
import dev.skein.protocol.mqtt.codec.MqttFramer;
import dev.skein.protocol.wire.DurationText;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: the last handler of its pipeline. It answers packets, in order; what needs an actor or the
 * store parks the connection, and the packets behind wait. Confined to its event loop but for {@link #sessionId} and
 * {@link #context}.
 */
final class MqttConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(MqttConnection.class);
    private final EdgeShared shared;
    private final LoopContext context;
    private final ConnectionInfo info;
    private final PresenceObserver presence;
    private final MqttAttachment attachment;
    private @Nullable ConnectPhase connect; // until it is connected
    private @Nullable PublishPipeline publishes; // with its first message: many only listen
    private @Nullable SubscriptionPhase subscriptions; // and many only talk
    private final Holdings holdings;
    private @Nullable ChannelHandlerContext channel;
    private @Nullable Output output;
    private final Intake intake;
    private @Nullable ClientState client;
    private @Nullable RightsWatch rights; // of a client with tokens
    private State state = State.NEW;
    private @Nullable PacketPace pace; // while a packet is not whole
    private PacketWriter writer = Mqtt3Writer.V3_1_1;

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
        this.presence = shared.delivery().observers().presence(info.listener());
        this.connect = new ConnectPhase(shared, this);
        Congestion congestion =
                new Congestion(shared.settings().flow(), shared.delivery().held());
        this.attachment = new MqttAttachment(this, context, shared.claims(), congestion);
        this.holdings = new Holdings(context.memory());
        this.intake = new Intake(context, holdings, this::readOnBytes, this::handle);
    }

    private long readOnBytes() {
        boolean scarce = shared.delivery().pressure().isHigh();
        return HeldBack.readOnBytes(shared.settings().flow().queueBytes(), scarce);
    }

    /** What delivery and claims see of it. */
    MqttAttachment attachment() {
        return attachment;
    }

    /** Who publishes to this client may have to wait for it. */
    Congestion congestion() {
        return attachment.congestion();
    }

    ConnectionInfo info() {
        return info;
    }

    /** Its claim on its client ID. */
    Claim claim() {
        return attachment.claim();
    }

    /** What comes from its client. */
    Intake intake() {
        return intake;
    }

    /** Packets in the form of its version of MQTT. */
    PacketWriter writer() {
        return writer;
    }

    /** Its version is known, and what it asks for. */
    void wishes(int level, ClientWishes wishes) {
        writer = level == Mqtt5Writer.LEVEL
                ? Mqtt5Writer.of(wishes, shared, this::optionsOrNull)
                : Mqtt3Writer.ofLevel(level);
    }

    /** Its instance is known. */
    void within(InstanceLimits limits) {
        if (writer instanceof Mqtt5Writer five) {
            five.within(limits.mqtt5(), framer());
        }
    }

    /** What its subscriptions say beside their filters, or null when none says anything. */
    @Nullable
    SubscriptionOptions optionsOrNull() {
        return attachment.options();
    }

    /** What it holds in memory. */
    Holdings holdings() {
        return holdings;
    }

    LoopContext context() {
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

    /** Retained messages on their way to its subscriptions, or null when there are none. */
    @Nullable
    RetainedReplay replayOrNull() {
        return attachment.replaying();
    }

    /** The connected client. */
    ClientState client() {
        return Objects.requireNonNull(client, "client: none (expected: after CONNECT was accepted)");
    }

    /** How it ends when its tokens do; null for a client without tokens. */
    @Nullable
    RightsWatch rightsOrNull() {
        return rights;
    }

    @Nullable
    ClientState clientOrNull() {
        return client;
    }

    /** Identity of the persistent session, 0 when it is clean. Any thread. */
    long sessionId() {
        return attachment.sessionId();
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Whether its client is connected. */
    boolean isOpen() {
        return state == State.CONNECTED;
    }

    /** Whether the socket is. */
    boolean isSocketOpen() {
        return channel().channel().isActive();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx;
        output = new Output(ctx, this);
        context.add(attachment);
        intake.begin(ctx.channel());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        holdings.end();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object packet) {
        if (state != State.CLOSED) {
            intake.packet(packet);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        intake.readComplete(state == State.CONNECTED);
        context.memory().makeRoom();
        ctx.fireChannelReadComplete();
    }

    private void handle(Object packet) {
        if (state == State.CLOSED || (rights != null && rights.passesOver(packet))) {
            return;
        }
        if (packet instanceof InboundPublish publish && requireConnected()) {
            publishes().on(publish);
        } else if (packet instanceof InboundAck ack && requireConnected()) {
            client().on(ack);
            if (rights != null) {
                rights.acknowledged();
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
        if (state == State.CONNECTING) {
            connecting().during(null);
        } else {
            close(Reason.PROTOCOL_VIOLATION, "packet before CONNECT (expected: CONNECT first) [MQTT-3.1.0-1]");
        }
        return false;
    }

    private void handle(MqttMessage message) {
        if (message.decoderResult().isFailure()) {
            onUndecodable(message);
            return;
        }
        if (message instanceof MqttConnectMessage connectMessage) {
            onConnect(connectMessage);
        } else if (state == State.CONNECTING) {
            connecting().during(message);
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

    ConnectPhase connecting() {
        return Objects.requireNonNull(connect, "connect: none (expected: until CONNECT was accepted)");
    }

    private void onConnect(MqttConnectMessage message) {
        if (state == State.NEW) {
            state = State.CONNECTING;
            framer().maxPacketSize(shared.settings().maxPacketSize());
            holdings.keep(message);
            intake.park();
            connecting().on(message);
        } else {
            close(Reason.PROTOCOL_VIOLATION, "second CONNECT (expected: one) [MQTT-3.1.0-2]");
        }
    }

    /** The client is connected: what it says from now on counts, and what it said meanwhile is handled. */
    void connected(ClientState accepted) {
        client = accepted;
        rights = accepted.rights().hasTokens() ? new RightsWatch(this) : null;
        connect = null;
        state = State.CONNECTED;
        attachment.open(accepted.flow());
        presence.attached(accepted.presence());
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

    /** Sends what was collected; called by the loop at the end of its round. */
    void flush() {
        if (state != State.CLOSED && out().flush() && state == State.CONNECTED) {
            client().drain();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = ctx.channel().isWritable();
        out().writable(writable);
        if (writable && state == State.CONNECTED) {
            client().drain();
            context.flushIfMuch();
        }
        intake.updateReading();
        ctx.fireChannelWritabilityChanged();
    }

    /** Called a few times each second with the present {@link System#nanoTime}. */
    void checkDeadlines(long now) {
        if (intake.isHeld() && publishes().mayGoOn()) {
            intake.hold(false);
        }
        out().check(now);
        switch (state) {
            case NEW -> checkConnectTimeout(now - info.since());
            case CONNECTING -> {
                checkConnectTimeout(connecting().silence(now, intake.lastHeard()));
                claim().check(now, false);
            }
            case CONNECTED -> {
                if (intake.isRead() && client().isSilentTooLong(now - intake.lastHeard())) {
                    close(Reason.KEEP_ALIVE, client().describeSilence(now - intake.lastHeard()));
                }
                checkPace(now);
                Duration stall = shared.transport().stallTimeout();
                if (out().hasStalled(now, stall)) { // it is not read, so its keep-alive does not end it
                    close(Reason.STALLED, out().describeStall(stall));
                }
                checkStuck(now, stall);
                claim().check(now, true);
                RightsWatch.check(shared, this);
                if (subscriptions != null) {
                    subscriptions.checkDeadline(now);
                }
                client().checkProgress(channel().channel(), out().written());
                client().checkPage();
            }
            case CLOSED -> {}
        }
    }

    /** Who waits for memory with so much that it is not read may keep from acknowledging what fills the memory. */
    private void checkStuck(long now, Duration longest) {
        if (publishes != null && publishes.isStuck(now, longest)) {
            shared.delivery().memory().countClosed();
            close(
                    Reason.MEMORY,
                    shared.delivery().pressure().reason() + "; it has waited for " + DurationText.of(longest)
                            + " and has too much before it to be read");
        }
    }

    private void checkPace(long now) {
        if (!holdings.hasPartial()) {
            pace = null;
            return;
        }
        pace = pace == null ? new PacketPace() : pace;
        long bytes = framer().partialBytes();
        PacketPace.Bound bound = shared.settings().pace();
        if (pace.isTooSlow(bound, now, intake.isRead(), holdings.partialPackets(), bytes)) {
            close(Reason.PACKET_TIMEOUT, PacketPace.describe(bound, bytes));
        }
    }

    private MqttFramer framer() {
        return channel().pipeline().get(MqttFramer.class);
    }

    private void checkConnectTimeout(long nanos) {
        Duration timeout = shared.transport().connectTimeout();
        if (nanos > timeout.toNanos()) {
            close(Reason.CONNECT_TIMEOUT, "no CONNECT handled within " + DurationText.of(timeout));
        }
    }

    /** Ends the connection; the first reason counts. What was collected is still sent. */
    void close(Reason reason, String detail) {
        if (state == State.CLOSED) {
            return;
        }
        if (state == State.CONNECTED) {
            writer.disconnect(output(), reason, detail);
        }
        flush();
        State before = state;
        state = State.CLOSED;
        attachment.open(null);
        ClientLog.ended(shared.log(), this, reason, detail);
        if (before != State.CONNECTED) {
            presence.refused(connecting().attempt(), reason, detail);
        }
        leave(reason, detail);
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

    private void leave(Reason reason, String detail) {
        context.remove(attachment);
        attachment.congestion().end();
        boolean asked = reason == Reason.CLIENT_DISCONNECT || attachment.hasDisconnected();
        intake.clear();
        out().drop();
        if (publishes != null) {
            publishes.clientIsGone(null);
            publishes.heldEnds();
        }
        ClientState left = client;
        if (left != null) {
            presence.detached(left.presence(), reason, detail);
            shared.admission().reconnects().ended(info.addressGroup(), left.lastedNanos());
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
        presence.malformed(malformed.reason());
        end(new Ended(malformed.reason(), malformed.getMessage() + " [" + malformed.clause() + "]"));
    }

    private void end(Ended ended) {
        publishes().clientIsGone(intake.waitingPackets());
        intake.end(ended);
    }
}
