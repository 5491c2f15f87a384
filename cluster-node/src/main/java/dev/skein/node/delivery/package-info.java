/**
 * The message plane: event loops with what lies between them, the way of a message from ingress to attachments, the
 * store and other nodes. No protocol.
 *
 * <p>Starting points: {@link dev.skein.node.delivery.Ingress} for whatever publishes,
 * {@link dev.skein.node.delivery.Attachment} for whoever receives, {@link dev.skein.node.delivery.Delivery} for what a
 * node starts.
 */
@NullMarked
package dev.skein.node.delivery;

import org.jspecify.annotations.NullMarked;
