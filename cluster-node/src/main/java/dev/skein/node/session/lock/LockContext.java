package dev.skein.node.session.lock;

import dev.skein.persistence.api.StoredSession;
import java.time.Duration;
import java.util.Set;

/** What a lock knows of its node and of the others; the answers are as of now. */
public interface LockContext {
    /** The incarnation of the node that the lock is on. */
    long here();

    /** The other nodes. */
    Set<Long> elsewhere();

    /** Whether there is no other node. */
    boolean isAlone();

    /** Whether {@code node} is this one or another that has joined and not left. */
    boolean isMember(long node);

    /** Whether a node was lost lately, so that others may have connections that this node does not know. */
    boolean isUnsettled();

    /** Whether there may be wills of connections on nodes that are gone. */
    boolean hasFormerWills();

    /** How long a session that does not say so itself lives without a connection, in milliseconds. */
    long expiryMillis(StoredSession session);

    /** How long an old connection may take to leave, before its will is published from here. */
    Duration takeOverDeadline();

    /** How long a session without a connection stays in memory. */
    Duration idleDeadline();
}
