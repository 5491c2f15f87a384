package dev.skein.node.control;

/**
 * How a rule does on the node that answers, since it began there.
 *
 * @param state {@code running}, {@code failing}, {@code paused} or {@code disabled}
 * @param problem why it is failing; empty when it is not
 * @param received messages that were given to it
 * @param sent messages that its target took, or that were published
 * @param refused messages that can never be passed on
 * @param dropped messages lost to a bound
 * @param backlog messages in its spool, about
 * @param backlogBytes their bytes, about
 */
public record RuleFigures(
        String state,
        String problem,
        long received,
        long sent,
        long refused,
        long dropped,
        long backlog,
        long backlogBytes) {}
