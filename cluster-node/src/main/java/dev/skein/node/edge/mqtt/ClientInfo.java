package dev.skein.node.edge.mqtt;

import dev.skein.protocol.message.Subscription;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connected client at one moment, for the control API.
 *
 * @param clientId client ID
 * @param username user name or access key id, or null
 * @param group Group ID, or null
 * @param connectedAt milliseconds since the Unix epoch
 * @param remote {@code address:port}
 * @param listener name of the listener
 * @param protocolLevel 3, 4 or 5
 * @param cleanSession the CONNECT flag
 * @param keepAliveSeconds as granted, 0 for none
 * @param sessionId of the persistent session, 0 when it is clean
 * @param subscriptions filters and granted QoS
 * @param queued messages waiting in memory
 * @param inflight messages sent and not acknowledged
 * @param counts messages since the connection began
 * @param limits what the client asked for; null from a node of a version that does not tell
 * @param options of those subscriptions that have any, by filter; null when none has
 */
public record ClientInfo(
        String clientId,
        @Nullable String username,
        @Nullable String group,
        long connectedAt,
        String remote,
        String listener,
        int protocolLevel,
        boolean cleanSession,
        int keepAliveSeconds,
        long sessionId,
        Map<String, Integer> subscriptions,
        int queued,
        int inflight,
        Counts counts,
        @Nullable Limits limits,
        @Nullable Map<String, Options> options) {
    /** The same with these topic filters. */
    public ClientInfo with(Map<String, Integer> filters) {
        return new ClientInfo(
                clientId,
                username,
                group,
                connectedAt,
                remote,
                listener,
                protocolLevel,
                cleanSession,
                keepAliveSeconds,
                sessionId,
                filters,
                queued,
                inflight,
                counts,
                limits,
                options(filters.keySet()));
    }

    private @Nullable Map<String, Options> options(Set<String> filters) {
        if (options == null) {
            return null;
        }
        Map<String, Options> some = new HashMap<>(options);
        some.keySet().retainAll(filters);
        return some;
    }

    /** A subscription as the client made it; {@code filter} is one of its filters. */
    public Subscription subscription(String filter) {
        Options said = options == null ? null : options.get(filter);
        int qos = subscriptions.getOrDefault(filter, 0);
        return said == null
                ? new Subscription(filter, qos)
                : Subscription.of(filter, qos, said.options(), null, said.identifier());
    }

    /**
     * What an MQTT 5 client may ask for.
     *
     * @param sessionExpirySeconds as granted, see {@link dev.skein.protocol.message.SessionTerm}
     * @param receiveMaximum 1..65535
     * @param maximumPacketSize bytes, 1..4294967295
     */
    public record Limits(long sessionExpirySeconds, int receiveMaximum, long maximumPacketSize) {}

    /**
     * What a subscription says that one of MQTT 3.1.1 cannot say.
     *
     * @param options as {@link Subscription#options}
     * @param identifier 0 for none
     */
    public record Options(int options, int identifier) {}

    /**
     * Messages of one connection.
     *
     * @param received PUBLISH packets from the client, refused ones left out
     * @param delivered PUBLISH packets to the client, repeats included
     * @param dropped messages that its full queue has lost
     */
    public record Counts(long received, long delivered, long dropped) {}
}
