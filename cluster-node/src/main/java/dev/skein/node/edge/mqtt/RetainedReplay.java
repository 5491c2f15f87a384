package dev.skein.node.edge.mqtt;

import dev.skein.node.delivery.LoopContext;
import dev.skein.node.delivery.MessageIds;
import dev.skein.node.delivery.PublishBarrier;
import dev.skein.node.delivery.PublishTally;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.TopicRouter;
import dev.skein.node.session.FlowSettings;
import dev.skein.node.session.OutboundFlow;
import dev.skein.node.session.ReplayGate;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.protocol.message.Message;
import dev.skein.protocol.message.MessageId;
import dev.skein.protocol.message.Reason;
import dev.skein.protocol.message.TopicName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Retained messages on their way to new subscriptions: page by page, the next one when the client has taken the last,
 * so that many of them neither overflow its queue nor fill the memory.
 *
 * <p>Live messages of the same topics come from the moment when the route exists. Which come first is decided by
 * {@link ReplayGate}; that none is missed in between by {@link PublishBarrier}: what was matched too early to be sent
 * live is committed before the first page is read. Confined to the connection's event loop.
 */
final class RetainedReplay {
    private static final int PAGE = 100;
    /** Subscriptions of one packet whose first page is read twice. */
    private static final int EARLY_MAX = 4;
    /** Pause before the node is asked for a turn once more, when too many wait for one. */
    private static final long TURN_AGAIN_MILLIS = 1000;
    /** A message of an event loop that the barrier did not pass is from before it when it is that much older. */
    private static final long RECENT_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final EdgeShared shared;
    private final LoopContext context;
    private final MqttConnection connection;
    private @Nullable ReplayGate gate;
    /** By name, in their order; one that is subscribed once more begins anew at the end. */
    private @Nullable LinkedHashMap<String, Filter> filters;

    /** Whether a SUBSCRIBE is being put in force: its live messages wait for {@link #begin}, whatever happens. */
    private boolean expecting;

    private boolean waiting;
    /** To have pages in memory that no queue counts yet; also for those that were read early. */
    private @Nullable Turn turn;

    private int storing;
    /** Of those given to the store the last that it has committed. */
    private @Nullable MessageId lastStored;
    /** Whose page is with the store, but not yet with the flow: its push met a flow that reads the store itself. */
    private @Nullable Filter settling;

    /** A subscription whose retained messages are still to come. */
    private static final class Filter {
        private final String name;
        private final int qos;
        private String after = "";
        private PublishBarrier.@Nullable Passed passed;
        /** By topic: what was retained when the route had just come into force. */
        private Map<String, RetainedMessage> early = Map.of();

        private Filter(String name, int qos) {
            this.name = name;
            this.qos = qos;
        }
    }

    RetainedReplay(EdgeShared shared, LoopContext context, MqttConnection connection) {
        this.shared = shared;
        this.context = context;
        this.connection = connection;
    }

    private ReplayGate gate() {
        ReplayGate open = gate;
        if (open == null) {
            FlowSettings settings = shared.settings().flow();
            open = new ReplayGate(settings.queueMessages(), settings.queueBytes());
            gate = open;
            connection.attachment().replaying(this);
        }
        return open;
    }

    /** A subscription is granted: its live messages wait for {@link #begin}. Called before its route exists. */
    void expect(String filter) {
        expecting = true;
        gate().add(filter);
    }

    /** The route of the subscription is in force everywhere; {@code qos} is the one granted. */
    void add(String filter, int qos) {
        if (filters == null) {
            filters = new LinkedHashMap<>(2);
        }
        filters.putLast(filter, new Filter(filter, qos));
    }

    /** All subscriptions of a packet were added, and their retained messages are asked for. */
    void begin() {
        expecting = false;
        goOn();
    }

    /** The client has unsubscribed: nothing more is added [MQTT-3.10.4-2]. */
    void remove(String filter) {
        if (filters != null && filters.remove(filter) != null) {
            gate().remove(filter);
        }
    }

    /** A live message is about to be delivered; returns whether it waits for a retained message of its topic. */
    boolean takes(Message message, int qos) {
        ReplayGate open = gate;
        if (open == null || !open.take(message, qos)) {
            return false;
        }
        connection.holdings().queue(message);
        if (open.isFull()) {
            releaseAll();
        }
        return true;
    }

    /** Whether a stored live message has to wait. */
    boolean holds(Message message) {
        return gate != null && gate.holds(message);
    }

    /** A live message of the store goes out. */
    void showing(Message message) {
        if (gate != null) {
            gate.showing(message);
        }
    }

    /** Whether a newer live message of the topic went out since its subscription. */
    boolean isOvertaken(String topic) {
        return gate != null && gate.isOvertaken(topic);
    }

    /** Asks for the next page when there is one to ask for and the client has taken what it got. */
    void goOn() {
        ReplayGate open = gate;
        if (open == null || waiting || storing > 0 || connection.isClosed()) {
            return;
        }
        if (settling != null) {
            settle();
            return;
        }
        Filter next = first();
        if (next == null) {
            if (!expecting) {
                finish(open);
            }
        } else if (connection.client().flow().queued() > 0) {
            forgetEarly(); // live messages pass, and are newer
            release(); // an acknowledgement or a writable socket comes back here
        } else {
            open.hold();
            waiting = true;
            takeTurn(next);
        }
    }

    private void forgetEarly() {
        if (filters != null) {
            filters.values().forEach(each -> each.early = Map.of());
        }
        endTurn();
    }

    private void takeTurn(Filter next) {
        if (turn != null) {
            read(next);
            return;
        }
        Turn asked = new Turn(
                shared.admission().replays(), connection.info().addressGroup(), context, _ -> takeTurnLater(next));
        turn = asked;
        asked.take(() -> read(next));
    }

    private void read(Filter next) {
        if (next.passed == null) {
            readEarly();
            pass(filters == null ? List.of() : List.copyOf(filters.values()));
        } else {
            ask(next);
        }
    }

    private void takeTurnLater(Filter next) {
        endTurn();
        var _ = context.eventLoop()
                .schedule(
                        () -> {
                            if (!connection.isClosed()) {
                                takeTurn(next);
                            }
                        },
                        TURN_AGAIN_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private void endTurn() {
        Turn now = turn;
        if (now != null) {
            turn = null;
            now.over();
        }
    }

    /** Whether no retained message waits any more, in the queue or in the store, that a live one might overtake. */
    private boolean isTaken(Filter of) {
        OutboundFlow flow = connection.client().flow();
        return flow.queued() == 0 && (!isDurable(of.qos) || flow.isCaughtUp());
    }

    /** Retained messages may still wait in the queue, or be on their way through the store: these are looked at. */
    private void finish(ReplayGate open) {
        filters = null;
        endTurn();
        release();
        OutboundFlow flow = connection.client().flow();
        if (flow.queued() == 0 && flow.isCaughtUp() && gate == open) {
            close();
        }
    }

    private void close() {
        gate = null;
        connection.attachment().replaying(null);
    }

    /** The connection has ended: nothing of it is sent any more. */
    void end() {
        ReplayGate open = gate;
        close();
        filters = null;
        endTurn();
        if (open != null) {
            open.release((message, _) -> {
                connection.holdings().unqueue(message);
                context.ingress().shared().notTaken(message);
            });
        }
    }

    private boolean isDurable(int qos) {
        return connection.subscriptions().isDurable(qos);
    }

    /** Messages of a subscription that is being put in force stand among those that are held, so all of them wait. */
    private void release() {
        if (!expecting) {
            releaseAll();
        }
    }

    private void releaseAll() {
        ReplayGate open = gate;
        if (open != null) {
            open.release((message, qos) -> {
                connection.holdings().unqueue(message);
                connection.client().flow().deliver(message, qos, false);
            });
            connection.client().flow().release();
        }
    }

    private void pass(List<Filter> subscriptions) {
        context.barrier()
                .await(
                        subscriptions.stream().map(each -> router(each.name)).toList(),
                        subscriptions.stream().anyMatch(each -> isDurable(each.qos)),
                        passed -> onPassed(subscriptions, passed));
    }

    private String router(String filter) {
        return TopicRouter.entityId(connection.client().instance().id(), RouteTable.parentOf(filter));
    }

    private void onPassed(List<Filter> subscriptions, PublishBarrier.@Nullable Passed passed) {
        waiting = false;
        if (connection.isClosed()) {
            return;
        }
        if (passed == null) {
            connection.close(Reason.SUBSCRIBE_FAILED, "a node did not answer before retained messages were read");
            return;
        }
        subscriptions.forEach(each -> each.passed = passed);
        goOn();
    }

    private void ask(Filter of) {
        find(of).whenComplete((page, failure) -> context.execute(() -> onPage(of, page, failure)));
    }

    private CompletionStage<RouterCommand.RetainedPage> find(Filter of) {
        return context.ingress()
                .questions()
                .router(
                        router(of.name),
                        replyTo -> new RouterCommand.FindRetained(of.name, of.after, PAGE, replyTo),
                        () -> !connection.isClosed());
    }

    /** What is overwritten before the barrier has passed comes live; what it replaces is still shown [MQTT-3.3.1-6]. */
    private void readEarly() {
        if (filters != null) {
            filters.values().stream()
                    .filter(each -> each.passed == null)
                    .limit(EARLY_MAX)
                    .forEach(each -> find(each).thenAccept(page -> context.execute(() -> keepEarly(each, page))));
        }
    }

    private void keepEarly(Filter of, RouterCommand.RetainedPage page) {
        if (turn != null && filters != null && filters.containsValue(of)) {
            of.early = page.messages().stream().collect(Collectors.toMap(RetainedMessage::topic, Function.identity()));
        }
    }

    private void onPage(Filter of, RouterCommand.RetainedPage page, @Nullable Throwable failure) {
        if (connection.isClosed()) {
            return;
        }
        if (failure != null) {
            connection.close(Reason.SUBSCRIBE_FAILED, "retained messages of " + of.name + " were not found");
            return;
        }
        PublishBarrier.Passed passed = of.passed;
        if (isPending(of) && passed != null && page.messages().stream().anyMatch(each -> isUnclear(each, passed))) {
            // Whatever was live then is here after one more round.
            context.barrier().await(List.of(), isDurable(of.qos), after -> onSettled(of, page, passed, after != null));
        } else {
            onSettled(of, page, passed, true);
        }
    }

    private @Nullable Filter first() {
        Map.Entry<String, Filter> first = filters == null ? null : filters.firstEntry();
        return first == null ? null : first.getValue();
    }

    private boolean isPending(Filter of) {
        return first() == of; // it was unsubscribed meanwhile, or subscribed anew
    }

    /** Its identity is the store's, or that of a node that is new: it may be on its way here as a live message. */
    private static boolean isUnclear(RetainedMessage message, PublishBarrier.Passed passed) {
        return passed.doesNotKnow(message.id())
                && MessageIds.millis(message.id()) > passed.beganMillis() - RECENT_MILLIS;
    }

    private void onSettled(
            Filter of, RouterCommand.RetainedPage page, PublishBarrier.@Nullable Passed passed, boolean clear) {
        waiting = false;
        if (connection.isClosed()) {
            return;
        }
        if (!clear) {
            connection.close(Reason.SUBSCRIBE_FAILED, "a node did not answer after retained messages were read");
            return;
        }
        if (isPending(of)) {
            page.messages().stream().forEach(each -> offer(of, each, passed != null && passed.isBefore(each.id())));
            of.after = page.nextAfter();
        }
        of.early = Map.of();
        if (filters == null || filters.values().stream().allMatch(each -> each.early.isEmpty())) {
            endTurn();
        }
        storing++;
        stored(of);
    }

    /** One message of a page is committed; after the last one the page is with the flow, mostly. */
    private void stored(Filter of) {
        storing--;
        if (storing == 0 && !connection.isClosed()) {
            settling = of;
            settle();
        }
    }

    /** Live messages that were held go on once everything of a page is with the flow, and so comes before them. */
    private void settle() {
        Filter of = settling;
        OutboundFlow flow = connection.client().flow();
        if (of == null || (lastStored != null && !flow.hasReached(lastStored))) {
            return; // the flow reads the store, and goOn follows each page
        }
        settling = null;
        if (isPending(of) && of.after.isEmpty() && filters != null) {
            filters.remove(of.name);
            if (isTaken(of)) {
                gate().remove(of.name);
            }
        }
        release();
        goOn();
    }

    /** @param later whether it was matched after the barrier, so that it comes live if it is not here already */
    private void offer(Filter of, RetainedMessage retained, boolean later) {
        if (gate().isOvertaken(retained.topic())) {
            return;
        }
        RetainedMessage before = of.early.get(retained.topic());
        if (!later && !comesLive(retained)) {
            deliver(of, retained);
        } else if (before != null && of.passed != null && !of.passed.isBefore(before.id()) && !comesLive(before)) {
            deliver(of, before);
        }
    }

    private boolean comesLive(RetainedMessage retained) {
        String topic = retained.topic();
        byte[] payload = retained.payload();
        return gate().holdsCopy(topic, payload) || connection.client().flow().holdsCopy(topic, payload);
    }

    private void deliver(Filter of, RetainedMessage retained) {
        ClientState client = connection.client();
        TopicName topic = TopicName.of(retained.topic());
        String instance = client.instance().id();
        Message message = new Message(
                        instance, topic, retained.content(), retained.qos(), true, retained.origin(), retained.id())
                .by(of.name);
        int qos = Math.min(of.qos, retained.qos());
        if (qos == 0 || !isDurable(of.qos)) {
            client.flow().replay(message, qos);
            return;
        }
        // As every QoS 1 and 2 message to a persistent session it is delivered again until acknowledged [MQTT-4.4.0-1].
        storing++;
        List<Receiver> receivers = List.of(new Receiver(client.sessionId(), qos, true));
        PublishTally stored = new PublishTally() {
            @Override
            protected void settled(boolean ok) {
                stored(of);
            }
        };
        stored.expect();
        shared.delivery()
                .store()
                .submit(new StoreCommand.Append(
                        message.instance(),
                        topic.value(),
                        message.content(),
                        message.origin(),
                        receivers,
                        null,
                        shared.delivery()
                                .bridge()
                                .appended(
                                        context,
                                        message,
                                        receivers,
                                        stored,
                                        (committed, _) -> lastStored = committed.id())));
    }
}
