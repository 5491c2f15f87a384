package dev.skein.node.edge.mqtt;

import dev.skein.node.auth.TokenUpload;
import dev.skein.node.auth.TopicRules;
import dev.skein.node.delivery.Instance;
import dev.skein.node.delivery.LoopContext;
import dev.skein.node.delivery.MessageExpiry;
import dev.skein.node.delivery.Obstacle;
import dev.skein.node.delivery.Obstacles;
import dev.skein.node.delivery.PublishTally;
import dev.skein.node.delivery.TopicRoutes;
import dev.skein.node.observe.DropReason;
import dev.skein.node.route.Match;
import dev.skein.persistence.api.StoreCommand.InboundMark;
import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.Origin;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.mqtt.codec.InboundPublish;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one client publishes: checked, routed, and acknowledged in the order of its arrival [MQTT-4.6.0-2] once all that
 * the acknowledgement promises is done. Confined to the connection's event loop.
 */
final class PublishPipeline {
    /**
     * Of so many messages of an event loop one has its times measured, and the first one of each millisecond: message
     * identities begin with the time, then count.
     */
    private static final int SAMPLE_EVERY = 64;

    private final EdgeShared shared;
    private final LoopContext context;
    private final MqttConnection connection;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>(0);
    private @Nullable Pending spare;
    private final Runnable goOn = this::goOn; // made once, and not for each message
    private @Nullable Origin origin; // made with the first message: many clients only receive
    private volatile boolean clientGone;
    /** Of {@link #pending} those of QoS 1. */
    private int pendingQos1;
    /** Since when a receiver is waited for, 0 when none is. */
    private long heldSince;
    /** Whether the message that is handled next counts against the rates already: it may be handled more than once. */
    private boolean counted;
    /** The same for its parent topic. */
    private boolean topicCounted;

    /** One PUBLISH on its way to its acknowledgement. */
    private final class Pending extends PublishTally {
        private int qos;
        private int packetId;
        private int code;
        private long sampledNanos;
        private boolean ok = true;

        @Override
        protected void settled(boolean allDone) {
            ok = allDone;
            acknowledgeSettled();
        }

        @Override
        protected boolean isOfCleanSession() {
            return connection.sessionId() == 0;
        }

        @Override
        protected boolean isWanted() {
            return qos == 0 || connection.sessionId() == 0 || !clientGone;
        }
    }

    PublishPipeline(EdgeShared shared, LoopContext context, MqttConnection connection) {
        this.shared = shared;
        this.context = context;
        this.connection = connection;
    }

    void on(InboundPublish publish) {
        if (context.ingress().mustWait(goOn)) {
            connection.intake().parkBefore(publish);
            return;
        }
        ClientState client = connection.client();
        if (isTooFast(publish, client)) {
            return;
        }
        Instance instance = client.instance();
        TopicRoutes routes = TopicRoutes.of(shared.delivery(), instance, publish.topic());
        if (!allowed(publish, client, routes) || isDropped(publish, routes) || isWrongFormat(publish, routes)) {
            return;
        }
        String target = instance.p2pTarget(publish.topic());
        Match match = null;
        if (target == null) {
            match = context.ingress().match(routes);
            if (match == null) {
                open(publish, client, routes);
                return;
            }
        }
        if (mustWait(publish, routes, match)) {
            return;
        }
        passes();
        client.countReceived();
        if (exceedsReceiveMaximum(publish, client)) {
            return;
        }
        Pending entry = next(publish);
        InboundMark mark = null;
        if (publish.qos() == 2) {
            if (!client.inbound().first(publish.packetId())) {
                routes.observer().repeated(publish.content().bytes());
                enqueue(entry); // again: PUBREC again, nothing else [MQTT-4.3.3-2]
                return;
            }
            mark = client.sessionId() == 0 ? null : new InboundMark(client.sessionId(), publish.packetId());
        }
        // P2P messages are never retained: nobody subscribes to them.
        boolean retain = publish.retain() && target == null;
        Content content = publish.content().properties() == null
                ? publish.content()
                : MessageExpiry.within(
                        publish.content(),
                        instance.view().limits().mqtt5(),
                        shared.delivery().clock());
        Message message = context.message(instance, publish.topic(), content, publish.qos(), retain, origin(client));
        routes.observer().received(message);
        if (message.id().sequence() % SAMPLE_EVERY == 0) {
            message.sample(System.nanoTime());
            entry.sampledNanos = message.sampledNanos();
        }
        if (match != null) {
            entry.code = match.isEmpty() ? ReasonCodes.NO_MATCHING_SUBSCRIBERS : ReasonCodes.SUCCESS;
            context.ingress().publish(message, routes, match, mark, entry);
            enqueue(entry);
        } else if (target != null) {
            toClient(message, routes, target, mark, entry);
        }
    }

    /** The message is handled for good: what comes now is another one. */
    private void passes() {
        counted = false;
        topicCounted = false;
        heldEnds();
    }

    /** Whether the client publishes more than it may in this second: then it goes on when that is due. */
    private boolean isTooFast(InboundPublish publish, ClientState client) {
        PublishRates rates = client.messageRates();
        if (rates == null || counted) {
            return false;
        }
        counted = true;
        return waitsFor(rates, rates.publish(publish.bytes(), System.nanoTime()), publish);
    }

    /** Nobody has published to the parent topic of late: its routes have to be read. */
    private void open(InboundPublish publish, ClientState client, TopicRoutes routes) {
        if (!topicCounted) {
            topicCounted = true;
            PublishRates rates = client.topicRates();
            if (waitsFor(rates, rates.topic(System.nanoTime()), publish)) {
                return;
            }
        }
        connection.intake().parkBefore(publish);
        context.ingress().open(routes, goOn);
    }

    /** Who is gone cannot be made to wait; what it has published counts all the same. */
    private boolean waitsFor(PublishRates rates, long nanos, InboundPublish publish) {
        if (nanos == 0 || clientGone) {
            return false;
        }
        connection.intake().holdBefore(publish);
        var _ = context.eventLoop().schedule(goOn, nanos, TimeUnit.NANOSECONDS);
        String toSay = rates.toSay(System.nanoTime());
        if (!toSay.isEmpty()) {
            shared.log().line(connection.describe() + " is slowed", toSay);
        }
        return true;
    }

    /** Whether more is unacknowledged than CONNACK allows (MQTT 5 section 4.9). */
    private boolean exceedsReceiveMaximum(InboundPublish publish, ClientState client) {
        int maximum = shared.settings().flow().publishWindow();
        boolean beyond = publish.qos() > 0
                && client.accepted().protocolLevel() == Mqtt5Writer.LEVEL
                && pendingQos1 + client.inbound().size() >= maximum
                && !client.inbound().holds(publish.packetId());
        if (beyond) {
            connection.close(
                    Reason.RECEIVE_MAXIMUM,
                    "more than " + maximum + " messages unacknowledged (skein.mqtt.publish-window)");
        }
        return beyond;
    }

    /** Its client as the origin of messages. */
    Origin origin() {
        return origin(connection.client());
    }

    private Origin origin(ClientState client) {
        Origin known = origin;
        if (known == null) {
            known = Origin.client(Origin.MQTT, client.identity().clientId());
            origin = known;
        }
        return known;
    }

    /**
     * A message waits while an event loop has too much before it, and one of QoS 1 or 2 also while a receiver has. A
     * client that is gone cannot be made to wait.
     *
     * @param match null when the message is for one client
     */
    private boolean mustWait(InboundPublish publish, TopicRoutes routes, @Nullable Match match) {
        boolean mayWait = shared.delivery().held().any() && !clientGone;
        Obstacle obstacle = mayWait ? obstacle(publish, routes, match) : null;
        if (obstacle == null) {
            return false;
        }
        if (heldSince == 0) {
            heldSince = System.nanoTime() | 1; // 0 means not held
            shared.delivery().held().begins();
        }
        connection.intake().holdBefore(publish);
        boolean alone = match == null || Obstacles.isAlone(match);
        obstacle.await(alone, heldSince, () -> context.execute(this::lookAgain));
        return true;
    }

    private @Nullable Obstacle obstacle(InboundPublish publish, TopicRoutes routes, @Nullable Match match) {
        return PublishObstacles.find(shared, context, publish, routes, match, connection.sessionId() != 0);
    }

    /** A message of QoS 0 cannot be made to wait for memory. */
    private boolean isDropped(InboundPublish publish, TopicRoutes routes) {
        if (publish.qos() > 0 || !shared.delivery().held().any() || !PublishObstacles.isPressed(shared, publish)) {
            return false;
        }
        passes();
        refused(publish, routes, DropReason.MEMORY);
        return true;
    }

    /** Whether the payload is not what its indicator says; QoS 0 has no other answer than the end. */
    private boolean isWrongFormat(InboundPublish publish, TopicRoutes routes) {
        if (publish.content().properties() == null
                || !shared.settings().checksPayloadFormat()
                || !PayloadFormat.isWrong(publish.content())) {
            return false;
        }
        passes();
        refused(publish, routes, DropReason.PAYLOAD_FORMAT);
        if (publish.qos() == 0) {
            connection.close(
                    Reason.PAYLOAD_FORMAT,
                    "payload on " + publish.topic() + ": not UTF-8 (expected: as its indicator says)");
        } else {
            Pending entry = next(publish);
            entry.code = ReasonCodes.PAYLOAD_FORMAT_INVALID;
            enqueue(entry);
        }
        return true;
    }

    /** The obstacle is gone, or it is time to see whether it is. */
    private void lookAgain() {
        if (heldSince != 0) {
            goOn();
        }
    }

    /** Whether it has waited for memory for so long and is not read, so that what it acknowledges is not either. */
    boolean isStuck(long now, Duration longest) {
        return heldSince != 0
                && now - heldSince > longest.toNanos()
                && shared.delivery().pressure().isHigh()
                && !connection.intake().isRead();
    }

    /** The publisher does not wait for receivers any more. */
    void heldEnds() {
        if (heldSince != 0) {
            shared.delivery().held().ends(System.nanoTime() - heldSince);
            heldSince = 0;
        }
    }

    /**
     * The client has closed its socket. What a persistent session was not acknowledged it sends again, perhaps has done
     * so by another connection: of {@code waiting} that is dropped.
     */
    void clientIsGone(@Nullable Collection<Object> waiting) {
        clientGone = true;
        if (waiting != null && connection.sessionId() != 0) {
            waiting.removeIf(packet -> packet instanceof InboundPublish publish && publish.qos() > 0);
        }
    }

    private void toClient(
            Message message, TopicRoutes routes, String target, @Nullable InboundMark mark, Pending entry) {
        Locating locating = new Locating(entry);
        BooleanSupplier wanted = () -> mark == null || !clientGone;
        context.ingress().publishToClient(message, routes, target, mark, entry, wanted, locating);
        locating.parkUnlessDone();
    }

    /** Looking for the client of a P2P message; what follows must not overtake it. Mostly it is done at once. */
    private final class Locating implements Runnable {
        private final Pending entry;
        private boolean done;
        private boolean parked;

        private Locating(Pending entry) {
            this.entry = entry;
        }

        void parkUnlessDone() {
            if (!done) {
                parked = true;
                connection.intake().park();
            }
        }

        @Override
        public void run() {
            done = true;
            if (!connection.isClosed()) {
                enqueue(entry);
                if (parked) {
                    connection.intake().unpark();
                }
            }
        }
    }

    private Pending next(InboundPublish publish) {
        Pending entry = spare;
        if (entry == null) {
            entry = new Pending();
            spare = entry;
        }
        entry.qos = publish.qos();
        entry.packetId = publish.packetId();
        entry.code = ReasonCodes.SUCCESS;
        entry.sampledNanos = 0;
        return entry;
    }

    private void goOn() {
        if (!connection.isClosed()) {
            connection.intake().unpark();
        }
    }

    /** Acknowledges at once when nothing is awaited and nothing is ahead; else takes its place in the line. */
    private void enqueue(Pending entry) {
        if (connection.isClosed()) { // to make room for what it published
            return;
        }
        if (entry.isSettled() && pending.isEmpty()) {
            acknowledge(entry);
            return;
        }
        if (spare == entry) {
            spare = new Pending();
        }
        pending.add(entry);
        pendingQos1 += entry.qos == 1 ? 1 : 0;
        if (pending.size() >= shared.settings().flow().publishWindow() || isBacklogged()) {
            connection.intake().hold(true);
        }
    }

    private void acknowledgeSettled() {
        if (connection.isClosed()) {
            return;
        }
        while (!pending.isEmpty() && pending.peek().isSettled()) {
            Pending next = pending.remove();
            pendingQos1 -= next.qos == 1 ? 1 : 0;
            if (!acknowledge(next)) {
                return;
            }
        }
        if (connection.intake().isHeld() && mayGoOn()) {
            connection.intake().hold(false);
        }
    }

    private boolean acknowledge(Pending entry) {
        if (!entry.ok) {
            connection.close(Reason.STORE_FAILED, "a message was not stored (expected: none is acknowledged)");
            return false;
        }
        switch (entry.qos) {
            case 1 -> connection.writer().puback(connection.output(), entry.packetId, entry.code);
            case 2 -> connection.writer().pubrec(connection.output(), entry.packetId, entry.code);
            default -> {
                // QoS 0 stands in the line only to be counted against the window.
            }
        }
        if (entry.sampledNanos != 0 && entry.qos > 0) {
            connection.client().instance().acknowledged(entry.sampledNanos);
        }
        return true;
    }

    /** Whether a publisher that was held back may be read again. */
    boolean mayGoOn() {
        return pending.size() <= shared.settings().flow().publishWindow() / 2 && !isBacklogged();
    }

    /** Whether the store, a router or a link has more to do than it should. */
    private boolean isBacklogged() {
        return context.ingress().isBacklogged(shared.settings().maxPendingBytes());
    }

    /** A token that its client renews; it is answered like any message, in its place in the line. */
    private void upload(InboundPublish publish, ClientState client) {
        passes();
        if (RightsWatch.upload(shared, connection, publish.payload())) {
            if (publish.qos() == 2) {
                client.inbound().first(publish.packetId());
            }
            enqueue(next(publish));
        }
    }

    private boolean allowed(InboundPublish publish, ClientState client, TopicRoutes routes) {
        boolean tokens = client.rights().hasTokens();
        if (tokens && publish.topic().value().equals(TokenUpload.TOPIC)) {
            upload(publish, client);
            return false;
        }
        Instance.Rules rules = client.instance().rules();
        int bodyLimit = rules.view().limits().bodyBytes();
        boolean bodyFits = bodyLimit == 0 || publish.payload().length <= bodyLimit;
        TopicRules.Violation broken = TopicRules.properties(rules.view(), publish.content());
        if (bodyFits && broken == null && !tokens && routes.allowedToAll(rules)) {
            return true;
        }
        String topic = publish.topic().value();
        if (broken == null) {
            broken = TopicRules.publish(rules.view(), topic, publish.payload().length);
        }
        if (broken == null) {
            if (!tokens && rules.permissions().allowsAll()) {
                routes.allowToAll(rules);
                return true;
            }
            if (client.rights().of(rules).mayPublish(topic)) {
                return true;
            }
            broken = TopicRules.publishNotPermitted(rules.view(), topic);
        }
        refuse(publish, routes, broken);
        return false;
    }

    private void refused(InboundPublish publish, TopicRoutes routes, DropReason reason) {
        String topic = publish.topic().value();
        routes.observer()
                .refused(origin(), topic, publish.qos(), publish.content().bytes(), reason);
    }

    private void refuse(InboundPublish publish, TopicRoutes routes, TopicRules.Violation broken) {
        passes();
        DropReason reason = switch (broken.kind()) {
            case BODY_TOO_LARGE, PROPERTIES_TOO_LARGE -> DropReason.TOO_LARGE;
            default -> DropReason.NOT_AUTHORIZED;
        };
        refused(publish, routes, reason);
        switch (broken.consequence()) {
            case CLOSE ->
                RightsWatch.close(connection, broken, true, publish.topic().value());
            case DROP_MESSAGE, NOT_ADDED -> {
                shared.log().line(connection.describe() + " publish dropped", broken.detail());
                Pending entry = next(publish);
                entry.code = ReasonCodes.publish(broken.kind());
                enqueue(entry); // acknowledged, and not delivered [MQTT-3.3.5-2]
            }
        }
    }
}
