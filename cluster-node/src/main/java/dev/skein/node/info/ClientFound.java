package dev.skein.node.info;

import dev.skein.node.cluster.ClusterMessage;
import dev.skein.node.edge.mqtt.ClientInfo;
import org.jspecify.annotations.Nullable;

/**
 * One client.
 *
 * @param client null when it is not connected to the node
 */
public record ClientFound(@Nullable ClientInfo client) implements ClusterMessage {}
