/**
 * The pure session machine: QoS flows, in-flight window, live delivery and replay from the store. It is used on the
 * event loop of its connection and knows neither channels nor actors.
 *
 * <p>Starting points: {@link dev.skein.node.session.OutboundFlow} and {@link dev.skein.node.session.InboundFlow}.
 */
@NullMarked
package dev.skein.node.session;

import org.jspecify.annotations.NullMarked;
