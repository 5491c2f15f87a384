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
    /**
     * One topic filter with the granted QoS.
     *
     * @param options as {@link dev.skein.protocol.message.Subscription#options}
     * @param identifier 0 for none
     */
    public record Line(String filter, int qos, int options, int identifier) {}
}
