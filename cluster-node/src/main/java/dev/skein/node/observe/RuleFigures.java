package dev.skein.node.observe;

/** How a rule does on this node since it began there; read by any thread. */
public interface RuleFigures {
    /** Messages given to it. */
    long received();

    /** Messages that its target took, or that were published. */
    long sent();

    /** Messages that can never be passed on. */
    long refused();

    /** Messages lost to a bound. */
    long dropped();

    /** Messages in its spool, about. */
    long backlog();

    /** Their bytes, about. */
    long backlogBytes();

    /** Whether its target or source does not work. */
    boolean isFailing();
}
