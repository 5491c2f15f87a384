/**
 * The transports of a node: event loops, listeners, TLS, WebSocket and the PROXY protocol. MQTT itself is added by the
 * {@link dev.skein.node.edge.ConnectionInitializer}.
 *
 * <p>Starting points: {@link dev.skein.node.edge.EventLoops#create} and {@link dev.skein.node.edge.Listeners#open}.
 */
@NullMarked
package dev.skein.node.edge;

import org.jspecify.annotations.NullMarked;
