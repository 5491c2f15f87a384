package dev.skein.node.edge.mqtt;

import dev.skein.node.auth.TopicRules;
import dev.skein.node.cluster.FrameParts;
import dev.skein.node.delivery.Instance;
import dev.skein.node.delivery.LoopContext;
import dev.skein.node.edge.mqtt.HeldFilters.Held;
import dev.skein.node.route.LocalRoute;
import dev.skein.node.route.RouteMemory;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.actor.RouteSync;
import dev.skein.node.session.actor.ConnectionRef;
import dev.skein.node.session.actor.SessionCommand;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.message.Subscription;
import dev.skein.protocol.topic.SharedFilters;
import dev.skein.protocol.topic.TopicFilters;
import dev.skein.protocol.wire.DurationText;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one client has subscribed. Subscriptions of a clean session are routes of this node that die with the
 * connection; those of a persistent session are its actor's, and the connection waits until every route table has them.
 * Confined to the connection's event loop.
 */
final class SubscriptionPhase {
    /** Filters of one packet: all of them are handled before anybody else of the event loop is. */
    private static final int PACKET_MAX = 10_000;

    private final EdgeShared shared;
    private final MqttConnection connection;
    private final RetainedReplay retained;
    private final HeldFilters filters;
    private @Nullable Change change;
    private long requests;

    /**
     * A change that the session's actor is making.
     *
     * @param parks whether what the client sent meanwhile goes on after it
     * @param then answers the client
     */
    private record Change(
            long request, long deadline, @Nullable SessionCommand sent, boolean parks, Runnable then) {}

    SubscriptionPhase(EdgeShared shared, LoopContext context, MqttConnection connection) {
        this.shared = shared;
        this.connection = connection;
        this.filters = new HeldFilters(
                bytes -> connection.holdings().keepFilters(bytes),
                () -> connection.client().instance().filters());
        this.retained = new RetainedReplay(shared, context, connection);
    }

    /** Retained messages on their way to its subscriptions. */
    RetainedReplay retained() {
        return retained;
    }

    /** The client has {@code subscription} from now on. */
    private void note(Subscription subscription) {
        SubscriptionOptions known = connection.optionsOrNull();
        if (known == null && SubscriptionOptions.has(subscription)) {
            known = new SubscriptionOptions(connection.publishes().origin());
            filters.snapshot().forEach(known::putPlain);
            connection.attachment().options(known);
        }
        if (known != null) {
            known.put(subscription);
        }
    }

    int count() {
        return filters.count();
    }

    /** Filters and the QoS granted; a copy. */
    Map<String, Integer> snapshot() {
        return filters.snapshot();
    }

    /** Filters; a view. */
    Set<String> filters() {
        return filters.names();
    }

    /** Whether a change of them is on its way. */
    boolean isChanging() {
        return change != null;
    }

    /**
     * Takes up what the session has subscribed before; its routes are in place already. What its client may not have
     * any more ends first.
     *
     * @param then takes up the queue, and lets what the client has sent go on
     */
    void restore(List<Subscription> subscriptions, Runnable then) {
        List<String> ended = new ArrayList<>();
        String why = "";
        for (Subscription each : subscriptions) {
            String reason = connection.client().rights().whyEnds(each.filter());
            if (reason == null) {
                filters.hold(each.fullFilter(), new Held(each.qos(), null));
                note(each);
            } else {
                ended.add(each.fullFilter());
                why = reason;
            }
        }
        if (ended.isEmpty()) {
            then.run();
            return;
        }
        connection.client().instance().subscriptionsRevoked(ended.size());
        shared.log()
                .line(
                        connection.describe() + " subscriptions of its session ended: " + ended.size(),
                        why + (ended.size() == 1 ? "" : ", and others"));
        unsubscribeParts(FrameParts.cutFilters(ended, each -> each).iterator(), then);
    }

    private void unsubscribeParts(Iterator<List<String>> parts, Runnable then) {
        if (parts.hasNext()) {
            List<String> part = parts.next();
            long request = begin(false, () -> unsubscribeParts(parts, then));
            send(new SessionCommand.Unsubscribe(self(), request, part));
        } else {
            then.run();
        }
    }

    void on(MqttSubscribeMessage message) {
        connection.holdings().handles(message);
        List<MqttTopicSubscription> wanted = message.payload().topicSubscriptions();
        if (isTooLarge("SUBSCRIBE", wanted.size())) {
            return;
        }
        byte[] codes = new byte[wanted.size()];
        Map<String, Integer> last = Wanted.lastOfEach(wanted);
        Durable durable = new Durable();
        List<String> nowLocal = new ArrayList<>();
        List<String> local = new ArrayList<>();
        Map<String, Integer> shown = new LinkedHashMap<>();
        for (int i = 0; i < codes.length; i++) {
            Subscription asked = Wanted.of(message, wanted.get(i));
            String filter = asked.fullFilter();
            int qos = asked.qos();
            if (last.getOrDefault(filter, i) != i) {
                codes[i] = (byte) qos; // what it is worth, the last one of the packet decides
                continue;
            }
            TopicRules.Violation broken =
                    isSharedIn3(filter) ? TopicRules.notShared(filter) : violation(filter, isDurable(qos), durable);
            if (broken != null && broken.consequence() == TopicRules.Consequence.CLOSE) {
                RightsWatch.close(connection, broken, false, SharedFilters.matched(filter));
                return;
            }
            if (broken != null) {
                shared.log().line(connection.describe() + " subscription refused", broken.detail());
                connection.client().instance().subscriptionRefused(broken.kind().name());
                codes[i] = (byte) ReasonCodes.suback(broken.kind());
                continue;
            }
            codes[i] = (byte) qos;
            if (Wanted.showsRetained(asked, filters.isHeld(filter))) {
                retained.expect(filter);
                shown.put(filter, qos);
            }
            note(asked);
            if (isDurable(qos)) {
                durable.put(asked);
                continue;
            }
            durable.remove(filter);
            local.add(filter);
            if (addLocal(filter, qos)) {
                nowLocal.add(filter);
            }
        }
        for (int i = 0; i < codes.length; i++) {
            byte decided = codes[last.getOrDefault(wanted.get(i).topicFilter(), i)];
            codes[i] = decided < 0 ? decided : codes[i];
        }
        int packetId = message.variableHeader().messageId();
        spread(
                local,
                () -> subscribeDurable(
                        durable.subscriptions(),
                        () -> unsubscribeDurable(nowLocal, () -> subscribed(packetId, wanted, codes, shown))));
    }

    private boolean isSharedIn3(String filter) {
        return SharedFilters.isShared(filter)
                && connection.client().accepted().protocolLevel() != Mqtt5Writer.LEVEL
                && !shared.settings().sharedIn3();
    }

    private boolean isTooLarge(String packet, int filters) {
        boolean tooLarge = filters > PACKET_MAX;
        if (tooLarge) {
            connection.close(
                    Reason.LIMIT, packet + " with " + filters + " filters (expected: at most " + PACKET_MAX + ")");
        }
        return tooLarge;
    }

    /** Whether a subscription of {@code qos} is the persistent session's. */
    boolean isDurable(int qos) {
        ClientState client = connection.client();
        return client.sessionId() != 0
                && (qos < 2 || client.instance().view().sessions().persistentQos2());
    }

    private TopicRules.@Nullable Violation violation(String filter, boolean persistent, Durable wanted) {
        ClientState client = connection.client();
        Instance.Rules rules = client.instance().rules();
        TopicRules.Violation broken = TopicRules.subscribe(rules.view(), filter, wanted.heldBeside(filter));
        if (broken == null && !client.rights().of(rules).maySubscribe(SharedFilters.matched(filter))) {
            broken = TopicRules.subscribeNotPermitted(rules.view(), filter);
        }
        if (broken != null || wanted.isHeld(filter)) {
            return broken;
        }
        long max = shared.settings().maxFilterBytes();
        if (filters.bytes() + wanted.bytes + RouteMemory.ofFilter(filter) > max) {
            return tooManyFilters(
                    "filters: " + filters.bytes() + " bytes (limit skein.mqtt.max-filter-bytes: " + max + ")");
        }
        String full = client.instance().whyNoMoreFilters(filter);
        if (full != null) {
            return new TopicRules.Violation(TopicRules.Kind.INSTANCE_FILTERS, full, TopicRules.Consequence.NOT_ADDED);
        }
        RouteMemory memory = shared.delivery().routeMemory();
        return persistent && !memory.hasRoom()
                ? tooManyFilters("filters of all persistent sessions: " + memory.used()
                        + " bytes on this node (limit: an eighth of the heap, " + memory.max() + ")")
                : null;
    }

    private static TopicRules.Violation tooManyFilters(String detail) {
        return new TopicRules.Violation(TopicRules.Kind.TOO_MANY_FILTERS, detail, TopicRules.Consequence.NOT_ADDED);
    }

    /** Subscriptions of one packet that the session's actor will keep; the last one with the same filter counts. */
    private final class Durable {
        private final Map<String, Subscription> wanted = new LinkedHashMap<>();
        private int added;
        private int multi;
        private long bytes;

        void put(Subscription subscription) {
            if (!isHeld(subscription.fullFilter())) {
                count(subscription.fullFilter(), 1);
            }
            wanted.put(subscription.fullFilter(), subscription);
        }

        void remove(String filter) {
            if (wanted.remove(filter) != null && !isHeld(filter)) {
                count(filter, -1);
            }
        }

        private void count(String filter, int by) {
            added += by;
            multi += TopicFilters.isMultiWildcard(filter) ? by : 0;
            bytes += by * RouteMemory.ofFilter(filter);
            SubscriptionPhase.this.filters.countStored(filter, by);
        }

        /** Whether the client will hold {@code filter} without one more SUBSCRIBE. */
        boolean isHeld(String filter) {
            return SubscriptionPhase.this.filters.isHeld(filter) || wanted.containsKey(filter);
        }

        TopicRules.Held heldBeside(String filter) {
            int here = isHeld(filter) ? 1 : 0;
            return new TopicRules.Held(
                    SubscriptionPhase.this.filters.count() + added - here,
                    SubscriptionPhase.this.filters.multiWildcards()
                            + multi
                            - (TopicFilters.isMultiWildcard(filter) ? here : 0));
        }

        List<Subscription> subscriptions() {
            return List.copyOf(wanted.values());
        }
    }

    /** Adds a route of this node; returns whether the session's actor keeps one with the same filter. */
    private boolean addLocal(String filter, int qos) {
        LocalRoute route = new LocalRoute(connection.attachment(), qos);
        while (!table(filter).add(filter, route)) {
            Thread.onSpinWait(); // the table was retired at this moment; the next one is new
        }
        Held before = filters.hold(filter, new Held(qos, route));
        if (before != null && before.route() != null) {
            table(filter).remove(filter, before.route()); // replaced, without a gap [MQTT-3.8.4-3]
        }
        return before != null && before.route() == null;
    }

    private RouteTable table(String filter) {
        String parent = RouteTable.parentOf(filter);
        return connection.client().instance().tables().table(parent);
    }

    /** Goes on once every other node sends here what matches {@code filters}. */
    private void spread(List<String> filters, Runnable then) {
        if (filters.isEmpty() || shared.delivery().links().alone()) {
            then.run();
            return;
        }
        long request = begin(then);
        Runnable inForce = () -> connection.context().execute(() -> onDone(request));
        for (int i = 0; i < filters.size(); i++) {
            routeChanged(filters.get(i), i == filters.size() - 1 ? inForce : null);
        }
    }

    private void routeChanged(String filter, @Nullable Runnable inForce) {
        String instance = connection.client().instance().id();
        shared.delivery().links().sync().actor().tell(new RouteSync.Changed(instance, filter, inForce));
    }

    private void removeLocal(String filter, LocalRoute route) {
        table(filter).remove(filter, route);
        if (!shared.delivery().links().alone()) {
            routeChanged(filter, null);
        }
    }

    private void subscribeDurable(List<Subscription> wanted, Runnable then) {
        if (wanted.isEmpty()) {
            then.run();
        } else { // one packet may hold more short filters than a message to the actor's node
            subscribeParts(
                    FrameParts.cutFilters(wanted, Subscription::fullFilter).iterator(), then);
        }
    }

    /** One after another: the actor takes a request for stale when it has seen a later one. */
    private void subscribeParts(Iterator<List<Subscription>> parts, Runnable then) {
        if (!parts.hasNext()) {
            then.run();
            return;
        }
        List<Subscription> part = parts.next();
        long request = begin(() -> {
            for (Subscription each : part) {
                Held before = filters.hold(each.fullFilter(), new Held(each.qos(), null));
                if (before != null && before.route() != null) {
                    removeLocal(each.fullFilter(), before.route());
                }
            }
            subscribeParts(parts, then);
        });
        send(new SessionCommand.Subscribe(self(), request, part));
    }

    private void unsubscribeDurable(List<String> filters, Runnable then) {
        if (filters.isEmpty()) {
            then.run();
            return;
        }
        long request = begin(then);
        send(new SessionCommand.Unsubscribe(self(), request, filters));
    }

    private long begin(Runnable then) {
        return begin(true, then);
    }

    private long begin(boolean parks, Runnable then) {
        long request = ++requests;
        long deadline = System.nanoTime() + shared.settings().subscribeTimeout().toNanos();
        change = new Change(request, deadline, null, parks, then);
        connection.intake().park();
        return request;
    }

    private ConnectionRef self() {
        return connection.claim().reference();
    }

    private void send(SessionCommand command) {
        Change now = Objects.requireNonNull(change);
        change = new Change(now.request(), now.deadline(), command, now.parks(), now.then());
        connection.claim().tell(command);
    }

    /** The session has another actor, which may not have heard what was sent to the one before. */
    void resend() {
        Change now = change;
        if (now != null && now.sent() != null) {
            connection.claim().tell(now.sent());
        }
    }

    /** The actor has done what {@code request} asked. */
    void onDone(long request) {
        Change done = change;
        if (done != null && done.request() == request && !connection.isClosed()) {
            change = null;
            done.then().run();
            if (change == null && done.parks()) {
                connection.intake().unpark();
            }
        }
    }

    void onFailed(long request) {
        Change failed = change;
        if (failed != null && failed.request() == request) {
            connection.close(Reason.SUBSCRIBE_FAILED, "the store or a router did not answer");
        }
    }

    void checkDeadline(long now) {
        Change waiting = change;
        if (waiting != null && now - waiting.deadline() > 0) {
            connection.close(
                    Reason.SUBSCRIBE_FAILED,
                    "not in place within " + DurationText.of(shared.settings().subscribeTimeout()));
        }
    }

    private void subscribed(
            int packetId, List<MqttTopicSubscription> wanted, byte[] codes, Map<String, Integer> shown) {
        connection.holdings().handled();
        connection.writer().suback(connection.output(), packetId, codes); // [MQTT-3.8.4-4]
        ClientLog.subscribed(connection, wanted, codes);
        shown.forEach(retained::add); // [MQTT-3.3.1-6]
        retained.begin();
    }

    void on(MqttUnsubscribeMessage message) {
        if (isTooLarge("UNSUBSCRIBE", message.payload().topics().size())) {
            return;
        }
        List<String> durable = new ArrayList<>();
        byte[] codes = new byte[message.payload().topics().size()];
        int at = 0;
        for (String filter : message.payload().topics()) {
            retained.remove(filter);
            Held before = filters.letGo(filter);
            codes[at++] = (byte) (before == null ? ReasonCodes.NO_SUBSCRIPTION_EXISTED : ReasonCodes.SUCCESS);
            SubscriptionOptions known = connection.optionsOrNull();
            if (known != null) {
                known.remove(filter);
            }
            if (before != null && before.route() != null) {
                removeLocal(filter, before.route());
            } else if (before != null) {
                durable.add(filter);
            }
        }
        int packetId = message.variableHeader().messageId();
        List<String> filters = message.payload().topics();
        unsubscribeDurable(durable, () -> {
            connection.writer().unsuback(connection.output(), packetId, codes);
            ClientLog.unsubscribed(connection, filters);
        });
    }

    /** The connection ends: its own routes go. */
    void removeAll() {
        change = null;
        retained.end();
        filters.clear().forEach((filter, each) -> {
            if (each.route() != null) {
                removeLocal(filter, each.route());
            }
        });
    }
}
