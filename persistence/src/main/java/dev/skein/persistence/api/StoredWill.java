package dev.skein.persistence.api;

import dev.skein.protocol.message.Will;

/**
 * The will message of a live connection, kept so that it outlives the node that the connection is on.
 *
 * @param connectionId of the connection, unique over nodes and restarts
 * @param node the incarnation of the node that has the connection, or has undertaken to publish the will
 * @param key instance and client ID
 * @param will what is published
 * @param takenOver whether another node than that of the connection has undertaken to publish it
 */
public record StoredWill(long connectionId, long node, SessionKey key, Will will, boolean takenOver) {
    /** The same, undertaken by {@code newNode}. */
    public StoredWill undertakenBy(long newNode) {
        return new StoredWill(connectionId, newNode, key, will, takenOver || newNode != node);
    }
}
