/**
 * Links: the batched, acknowledged, bounded way of messages from one node to another.
 *
 * <p>Each event loop has a stream of its own to each node, so nothing is locked and what one connection publishes stays
 * in order. Starting points: {@link dev.skein.node.link.OutboundStream}, {@link dev.skein.node.link.InboundStream} and
 * {@link dev.skein.node.link.Frame}, what they carry.
 */
@NullMarked
package dev.skein.node.link;

import org.jspecify.annotations.NullMarked;
