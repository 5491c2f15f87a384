package dev.skein.node.info;

import dev.skein.node.cluster.ClusterMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connected clients of one node, by client ID.
 *
 * @param end client IDs behind it were not looked at; null when all were
 */
public record ClientLines(List<Line> clients, @Nullable String end) implements ClusterMessage {
    /**
     * One client; the fields are those of {@link dev.skein.node.edge.mqtt.ClientInfo}.
     *
     * @param subscriptions how many topic filters
     */
    public record Line(
            String clientId,
            long connectedAt,
            String remote,
            int protocolLevel,
            boolean cleanSession,
            long sessionId,
            int subscriptions,
            int queued,
            int inflight) {}
}
