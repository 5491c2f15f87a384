package dev.skein.node.registry;

/** What a rule does. */
public enum RuleKind {
    /** Publishes what comes from a topic of a back end below a parent topic. */
    INBOUND,
    /** Sends what clients publish below a parent topic to a topic of a back end. */
    OUTBOUND,
    /** Tells a topic of a back end who of a group comes and goes. */
    STATUS
}
