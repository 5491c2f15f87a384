package dev.skein.node.edge.mqtt;

import dev.skein.node.route.Message;
import dev.skein.node.route.RouteTable;
import dev.skein.node.route.actor.RouterCommand;
import dev.skein.node.route.actor.TopicRouter;
import dev.skein.persistence.api.RetainedMessage;
import dev.skein.persistence.api.StoreCommand;
import dev.skein.persistence.api.StoreCommand.Receiver;
import dev.skein.protocol.mqtt.codec.TopicName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * Retained messages on their way to a new subscription: page by page, the next one when the client has taken the last,
 * so that many of them neither overflow its queue nor fill the memory. Confined to the connection's event loop.
 */
final class RetainedReplay {
    private static final int PAGE = 100;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final EdgeShared shared;
    private final LoopContext context;
    private final MqttConnection connection;
    /** By the filter's text: one that is subscribed once more, before its messages were sent, begins anew. */
    private @Nullable LinkedHashMap<String, Filter> filters;

    private boolean asked;
    private int storing;

    private record Filter(String filter, int qos, String after) {}

    RetainedReplay(EdgeShared shared, LoopContext context, MqttConnection connection) {
        this.shared = shared;
        this.context = context;
        this.connection = connection;
    }

    /** One more subscription to serve; {@code qos} is the one granted. */
    void add(String filter, int qos) {
        if (filters == null) {
            filters = new LinkedHashMap<>(2);
        }
        filters.putLast(filter, new Filter(filter, qos, ""));
    }

    /** Asks for the next page when there is one to ask for and the client has taken what it got. */
    void goOn() {
        if (asked || filters == null || connection.isClosed()) {
            return;
        }
        if (filters.isEmpty()) {
            filters = null;
            return;
        }
        Filter next = filters.firstEntry().getValue();
        if (storing > 0 || connection.client().flow().queued() > 0) {
            return; // drain() comes back here
        }
        asked = true;
        String instance = connection.client().instance().id();
        String parent = RouteTable.parentOf(next.filter());
        var _ = AskPattern.<ShardingEnvelope<RouterCommand>, RouterCommand.RetainedPage>ask(
                        shared.actors().routers(),
                        replyTo -> new ShardingEnvelope<>(
                                TopicRouter.entityId(instance, parent),
                                new RouterCommand.FindRetained(next.filter(), next.after(), PAGE, replyTo)),
                        TIMEOUT,
                        shared.actors().scheduler())
                .whenComplete((page, failure) -> context.execute(() -> onPage(next, page, failure)));
    }

    private void onPage(Filter of, RouterCommand.RetainedPage page, @Nullable Throwable failure) {
        asked = false;
        if (connection.isClosed() || filters == null) {
            return;
        }
        if (failure != null) {
            connection.close(CloseReason.SUBSCRIBE_FAILED, "retained messages of " + of.filter() + " were not found");
            return;
        }
        if (filters.remove(of.filter(), of) && !page.nextAfter().isEmpty()) {
            filters.putFirst(of.filter(), new Filter(of.filter(), of.qos(), page.nextAfter()));
        }
        for (RetainedMessage retained : page.messages()) {
            deliver(of, retained);
        }
        goOn();
    }

    private void deliver(Filter of, RetainedMessage retained) {
        ClientState client = connection.client();
        TopicName topic = TopicName.of(retained.topic());
        Message message = new Message(client.instance().id(), topic, retained.payload(), retained.qos(), true);
        message.identify(retained.id().sequence(), retained.id().writer());
        int qos = Math.min(of.qos(), retained.qos());
        if (qos == 0 || !connection.subscriptions().isDurable(of.qos())) {
            client.flow().deliver(message, qos, true);
            return;
        }
        // As every QoS 1 and 2 message to a persistent session it is delivered again until acknowledged [MQTT-4.4.0-1].
        storing++;
        List<Receiver> receivers = List.of(new Receiver(client.sessionId(), qos, true));
        PublishTally stored = new PublishTally() {
            @Override
            void settled(boolean ok) {
                storing--;
                goOn();
            }
        };
        stored.expect();
        shared.store()
                .submit(new StoreCommand.Append(
                        message.instance(),
                        topic.value(),
                        message.payload(),
                        receivers,
                        null,
                        shared.bridge().appended(context, message, receivers, stored, _ -> {})));
    }
}
