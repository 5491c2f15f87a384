package dev.skein.node.control;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One client in a list.
 *
 * @param clientId client ID
 * @param online whether it is connected
 * @param node address of the node that it is connected to; null while offline
 * @param connectedAt since when; null while offline
 * @param remoteAddress {@code 192.0.2.1:50000} or {@code [2001:db8::1]:50000}; null while offline
 * @param protocol {@code 3.1}, {@code 3.1.1} or {@code 5}; null while offline
 * @param cleanSession flag of the present connection, or false for a persistent session that is offline
 * @param subscriptionCount topic filters
 * @param queued messages that wait for it: in the store, and behind the in-flight window
 * @param inflight QoS 1 and 2 messages sent and not yet acknowledged
 * @param limits of the present connection
 */
public record ClientSummary(
        String clientId,
        boolean online,
        @Nullable String node,
        @Nullable Instant connectedAt,
        @Nullable String remoteAddress,
        @Nullable String protocol,
        boolean cleanSession,
        int subscriptionCount,
        long queued,
        int inflight,
        Limits limits) {
    /**
     * What bounds a client.
     *
     * @param sessionExpirySeconds how long its session outlives the connection, 4294967295 for ever; null while
     *     offline, and for a session of MQTT 3.1.1 that the settings of the instance end
     * @param receiveMaximum QoS 1 and 2 messages that it takes unacknowledged; null while offline and below MQTT 5
     * @param maximumPacketSize bytes of the largest packet that it takes; null when it has not said so
     */
    public record Limits(
            @Nullable Long sessionExpirySeconds,
            @Nullable Integer receiveMaximum,
            @Nullable Long maximumPacketSize) {
        /** Nothing is known. */
        public static final Limits NONE = new Limits(null, null, null);
    }
}
