/**
 * MQTT on a connection: packets to claims and ingress, and attachments to packets.
 *
 * <p>Starting points: {@link dev.skein.node.edge.mqtt.MqttConnection} for one client,
 * {@link dev.skein.node.edge.mqtt.MqttEdge} for what a node starts.
 */
@NullMarked
package dev.skein.node.edge.mqtt;

import org.jspecify.annotations.NullMarked;
