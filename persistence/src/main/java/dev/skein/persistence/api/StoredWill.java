package dev.skein.persistence.api;

import dev.skein.protocol.message.Will;

/**
 * The will message of a connection, kept so that it outlives the node that the connection is on.
 *
 * @param connectionId of the connection, unique over nodes and restarts
 * @param node the incarnation of the node that has the connection, or has undertaken to publish the will
 * @param key instance and client ID
 * @param will what is published
 * @param takenOver whether a node has undertaken to publish it for another one, or after its delay
 * @param dueAt the connection has ended, and the will waits until then: milliseconds since the Unix epoch; 0: it does
 *     not wait
 */
public record StoredWill(long connectionId, long node, SessionKey key, Will will, boolean takenOver, long dueAt) {
    /** The same, undertaken by {@code newNode}. */
    public StoredWill undertakenBy(long newNode) {
        return new StoredWill(connectionId, newNode, key, will, takenOver || newNode != node || dueAt != 0, 0);
    }

    /** The same, which {@code newNode} publishes at {@code due}. */
    public StoredWill waitingUntil(long due, long newNode) {
        return new StoredWill(connectionId, newNode, key, will, takenOver || newNode != node, due);
    }
}
