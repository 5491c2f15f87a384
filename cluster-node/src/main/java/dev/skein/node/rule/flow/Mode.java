package dev.skein.node.rule.flow;

/** Where the messages of a rule go. */
enum Mode {
    /** The spool is not known yet: everything waits. */
    STARTING,
    /** To the target. */
    DIRECT,
    /** The target has failed: what it still answers is waited for, then the rest is spooled. */
    TURNING,
    /** To the spool, and from there to the target. */
    SPOOLING,
    /** Nothing is sent any more, and nobody has an answer. */
    CLOSED,
    /** There is no such rule any more: nothing is promised. */
    ABANDONED
}
