package dev.skein.node.info;

import dev.skein.node.cluster.ClusterMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Topic filters of a client that is connected to one node, in their order.
 *
 * @param filters null when the client is not connected to the node
 * @param next after which filter the next page begins; null when this is the last one
 */
public record FilterPage(
        @Nullable List<Line> filters, @Nullable String next) implements ClusterMessage {
    /** One topic filter with the granted QoS. */
    public record Line(String filter, int qos) {}
}
