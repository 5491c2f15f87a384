package dev.skein.node.edge.mqtt;

import dev.skein.node.claim.Claim;
import dev.skein.node.claim.Claimant;
import dev.skein.node.claim.Claims;
import dev.skein.node.delivery.Congestion;
import dev.skein.node.delivery.LoopContext;
import dev.skein.node.session.OutboundFlow;
import dev.skein.node.session.actor.ConnectionEvent;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Reason;
import org.jspecify.annotations.Nullable;

/**
 * An MQTT connection as delivery and claims see it. A fan-out looks at one after the other, which the processor's
 * caches do not hold: what each live message needs to know stands here and not where it comes from.
 */
final class MqttAttachment implements Claimant {
    private final MqttConnection connection;
    private final LoopContext context;
    private final Claim claim;
    private final Congestion congestion;
    private int place = -1;
    private @Nullable OutboundFlow open; // while its client is connected
    private @Nullable RetainedReplay replaying; // while retained messages and live ones wait for each other
    private @Nullable SubscriptionOptions options; // since the first that has any

    MqttAttachment(MqttConnection connection, LoopContext context, Claims claims, Congestion congestion) {
        this.connection = connection;
        this.context = context;
        this.claim = new Claim(claims);
        this.congestion = congestion;
    }

    /** The connection behind it. */
    MqttConnection connection() {
        return connection;
    }

    /** Its claim on its client ID. */
    Claim claim() {
        return claim;
    }

    @Override
    public int loop() {
        return context.index();
    }

    @Override
    public LoopContext context() {
        return context;
    }

    @Override
    public Congestion congestion() {
        return congestion;
    }

    @Override
    public long sessionId() {
        ClientState now = connection.clientOrNull();
        return now == null ? 0 : now.sessionId();
    }

    @Override
    public @Nullable SessionKey key() {
        ClientState now = connection.clientOrNull();
        return now == null ? null : now.key();
    }

    @Override
    public int load() {
        ClientState now = connection.clientOrNull();
        return now == null ? 0 : now.flow().inflight() + now.flow().queued();
    }

    @Override
    public void deliver(Message message, int qos) {
        OutboundFlow flow = open;
        if (flow == null) {
            context.ingress().shared().notTaken(message);
            return;
        }
        RetainedReplay replay = replaying;
        if (replay != null && replay.takes(message, qos)) {
            return;
        }
        flow.deliver(message, granted(message, qos), false);
        if (flow.accepted() > 0) {
            congestion.queued(flow.accepted(), flow.acceptedBytes());
        }
        context.flushIfMuch();
    }

    /**
     * The route has the greatest QoS of all subscriptions that match; some may not want what their client publishes.
     */
    private int granted(Message message, int qos) {
        SubscriptionOptions known = options;
        return known == null ? qos : Math.min(qos, known.qos(message));
    }

    /** Its client is connected, or, with null, is not any more. */
    void open(@Nullable OutboundFlow flow) {
        open = flow;
    }

    /** Retained messages are on their way, or, with null, are not any more. */
    void replaying(@Nullable RetainedReplay replay) {
        replaying = replay;
    }

    @Nullable
    RetainedReplay replaying() {
        return replaying;
    }

    /** One of its subscriptions has options. */
    void options(SubscriptionOptions known) {
        options = known;
    }

    /** What its subscriptions say beside their filters, or null when none says anything. */
    @Nullable
    SubscriptionOptions options() {
        return options;
    }

    @Override
    public void push(MessageId id, Message message, int qos, boolean retain) {
        if (!connection.isOpen()) {
            return;
        }
        ClientState client = connection.client();
        if (client.rights().mayBePushed(message.topic())) {
            client.flow().push(id, message, qos, retain);
        } else {
            client.flow().lookAgain(); // it is left out when it is read
        }
    }

    @Override
    public void missed() {
        if (isConnected()) {
            connection.client().flow().missed();
        }
    }

    @Override
    public void lookAgain() {
        if (isConnected()) {
            connection.client().flow().lookAgain();
        }
    }

    @Override
    public void flush() {
        connection.flush();
    }

    @Override
    public void checkDeadlines(long now) {
        connection.checkDeadlines(now);
    }

    @Override
    public long heldBytes() {
        return connection.holdings().bytes();
    }

    @Override
    public long lastHeard() {
        return connection.intake().lastHeard();
    }

    @Override
    public boolean isClosed() {
        return connection.isClosed();
    }

    @Override
    public void close(Reason reason, String detail) {
        connection.close(reason, detail);
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
        return connection.clientOrNull() != null;
    }

    @Override
    public void granted(ConnectionEvent.Attached attached) {
        connection.connecting().granted(attached);
    }

    @Override
    public void refused(ConnectionEvent.Refused refused) {
        connection.connecting().refused(refused);
    }

    @Override
    public void resumed() {
        SubscriptionPhase subscriptions = connection.subscriptionsOrNull();
        if (subscriptions != null) {
            subscriptions.resend();
        }
    }

    @Override
    public void subscribed(long request) {
        connection.subscriptions().onDone(request);
    }

    @Override
    public void subscribeFailed(long request) {
        connection.subscriptions().onFailed(request);
    }

    @Override
    public boolean isAlive() {
        return connection.isOpen()
                && connection.isSocketOpen()
                && !isEnding()
                && !connection.client().isSilent(System.nanoTime() - lastHeard());
    }

    @Override
    public boolean isRead() {
        return connection.intake().isRead();
    }

    @Override
    public boolean hasDisconnected() {
        return Ended.holdDisconnect(connection.intake().waitingPackets());
    }

    @Override
    public boolean isEnding() {
        return Ended.isIn(connection.intake().waitingPackets());
    }
}
