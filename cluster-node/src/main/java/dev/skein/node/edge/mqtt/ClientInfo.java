package dev.skein.node.edge.mqtt;

import java.util.Map;
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
        Counts counts) {
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
                counts);
    }

    /**
     * Messages of one connection.
     *
     * @param received PUBLISH packets from the client, refused ones left out
     * @param delivered PUBLISH packets to the client, repeats included
     * @param dropped messages that its full queue has lost
     */
    public record Counts(long received, long delivered, long dropped) {}
}
