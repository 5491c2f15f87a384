package dev.skein.node.edge.mqtt;

import dev.skein.node.admission.Admission;
import dev.skein.node.auth.Authenticator;
import dev.skein.node.claim.Claims;
import dev.skein.node.delivery.Attachment;
import dev.skein.node.delivery.Delivery;
import dev.skein.node.delivery.LoopContext;
import dev.skein.node.delivery.WillPublisher;
import dev.skein.node.edge.ConnectionInfo;
import dev.skein.node.edge.ConnectionInitializer;
import dev.skein.node.edge.EdgeSettings;
import dev.skein.persistence.api.SessionKey;
import dev.skein.protocol.mqtt.codec.MqttFramer;
import dev.skein.protocol.mqtt.codec.PacketDecoder;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** MQTT on this node: puts the handlers on new connections, and tells of those that are there. */
public final class MqttEdge implements ConnectionInitializer {
    private final EdgeShared shared;

    /**
     * Serves MQTT from now on.
     *
     * @param delivery where messages go to and come from
     * @param admission how much the node takes on at once
     * @param transport bounds and deadlines of all connections
     */
    public MqttEdge(
            Delivery delivery,
            Claims claims,
            Authenticator authenticator,
            WillPublisher wills,
            Admission admission,
            MqttSettings settings,
            EdgeSettings transport) {
        this.shared = new EdgeShared(delivery, claims, authenticator, wills, admission, settings, transport);
    }

    @Override
    public void init(Channel channel, ConnectionInfo info) {
        LoopContext loop = shared.delivery().loops().stream()
                .filter(each -> each.eventLoop() == channel.eventLoop())
                .findFirst()
                .orElseThrow();
        MqttConnection connection = new MqttConnection(shared, loop, info);
        MqttFramer framer = new MqttFramer(
                shared.settings().maxConnectSize(),
                loop.topics(),
                PacketDecoder.INSTANCE,
                connection.holdings(),
                shared.delivery().clock());
        channel.pipeline().addLast(framer, connection);
    }

    /** Client IDs connected to this node, in order. */
    public List<String> online(String instance) {
        return shared.delivery().attachments().clientKeys().stream()
                .filter(key -> key.instance().equals(instance))
                .map(SessionKey::clientId)
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    /**
     * Figures of the connected clients of one instance, for metrics: taken from their event loops without waiting, so
     * each may be a moment old.
     *
     * @param clean connected sessions that end with their connection
     * @param persistent connected sessions that outlive it
     * @param subscriptions topic filters of all of them
     * @param queued messages that wait in memory behind their connections
     */
    public record Load(long clean, long persistent, long subscriptions, long queued) {}

    /** See {@link Load}. */
    public Load load(String instance) {
        long clean = 0;
        long persistent = 0;
        long subscriptions = 0;
        long queued = 0;
        for (Attachment attachment : shared.delivery().attachments().clients()) {
            MqttConnection connection = attachment instanceof MqttAttachment mqtt ? mqtt.connection() : null;
            ClientState client = connection == null ? null : connection.clientOrNull();
            if (connection != null && client != null && client.instance().id().equals(instance)) {
                clean += client.endsWithConnection() ? 1 : 0;
                persistent += client.endsWithConnection() ? 0 : 1;
                SubscriptionPhase subscribed = connection.subscriptionsOrNull();
                subscriptions += subscribed == null ? 0 : subscribed.count();
                queued += client.flow().queued();
            }
        }
        return new Load(clean, persistent, subscriptions, queued);
    }

    /** One connected client; empty when it is not connected to this node. */
    public CompletionStage<Optional<ClientInfo>> client(String instance, String clientId) {
        Attachment attachment = shared.delivery().attachments().client(new SessionKey(instance, clientId));
        if (!(attachment instanceof MqttAttachment mqtt)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletableFuture<Optional<ClientInfo>> answer = new CompletableFuture<>();
        mqtt.context().execute(() -> answer.complete(info(mqtt.connection())));
        return answer;
    }

    private static Optional<ClientInfo> info(MqttConnection connection) {
        ClientState client = connection.clientOrNull();
        if (client == null || connection.isClosed()) {
            return Optional.empty();
        }
        ClientState.Accepted accepted = client.accepted();
        ClientWishes wishes = accepted.wishes();
        SubscriptionOptions options = connection.optionsOrNull();
        return Optional.of(new ClientInfo(
                client.identity().clientId(),
                client.identity().username(),
                client.identity().group(),
                client.connectedAt(),
                NetUtil.toSocketAddressString(connection.info().remote()),
                connection.info().listener(),
                accepted.protocolLevel(),
                wishes.term().endsWithConnection(),
                (int) TimeUnit.NANOSECONDS.toSeconds(accepted.keepAliveNanos()),
                accepted.sessionId(),
                connection.subscriptions().snapshot(),
                client.flow().queued(),
                client.flow().inflight(),
                client.counts(),
                new ClientInfo.Limits(accepted.expirySeconds(), wishes.receiveMaximum(), wishes.maximumPacketSize()),
                options == null ? null : options.snapshot()));
    }
}
