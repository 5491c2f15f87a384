/**
 * MQTT on a connection: packets to the session machine and back, and the publish path from event loop to event loop.
 *
 * <p>Starting points: {@link dev.skein.node.edge.mqtt.MqttConnection} for one client,
 * {@link dev.skein.node.edge.mqtt.Publisher} for the way of a message, {@link dev.skein.node.edge.mqtt.MqttEdge} for
 * what a node starts.
 */
@NullMarked
package dev.skein.node.edge.mqtt;

import org.jspecify.annotations.NullMarked;
