/**
 * What makes a node of its parts, and takes it apart again; and the adapters between parts that do not know each other.
 * Imported by the process alone.
 *
 * <p>Starting points: {@link dev.skein.node.wiring.NodeStart} for the order in which the parts begin,
 * {@link dev.skein.node.wiring.SkeinNode} for the running node and its end.
 */
@NullMarked
package dev.skein.node.wiring;

import org.jspecify.annotations.NullMarked;
