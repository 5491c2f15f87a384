package dev.skein.node.info;

import dev.skein.node.cluster.ClusterMessage;
import dev.skein.node.edge.mqtt.ClientInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connected clients of one node, by client ID.
 *
 * @param end client IDs behind it were not looked at; null when all were
 */
public record ClientLines(List<Line> clients, @Nullable String end) implements ClusterMessage {
    /**
     * One client; the fields are those of {@link ClientInfo}.
     *
     * @param subscriptions how many topic filters
     * @param limits null from a node of a version that does not tell
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
            int inflight,
            ClientInfo.@Nullable Limits limits) {}
}
