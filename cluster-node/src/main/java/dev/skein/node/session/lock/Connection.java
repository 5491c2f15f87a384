package dev.skein.node.session.lock;

/** A connection as the lock sees it; the shell knows how to reach it. */
public interface Connection {
    /** Unique over nodes and restarts. */
    long id();

    /** The incarnation of the node that has it. */
    long node();
}
