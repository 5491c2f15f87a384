/**
 * The HTTP control API, health and metrics of a node.
 *
 * <p>Starting points: {@link dev.skein.node.control.ControlServer} serves; {@link dev.skein.node.control.ControlPorts}
 * is what it asks of the node; {@code openapi/openapi.json} and {@code errors.json} are its contract.
 */
@NullMarked
package dev.skein.node.control;

import org.jspecify.annotations.NullMarked;
