package dev.skein.node.rule;

import dev.skein.node.observe.RuleFigures;

/**
 * How a rule does on this node.
 *
 * @param state {@code running}, {@code failing}, {@code paused} or {@code disabled}
 * @param problem why it is failing; empty when it is not
 * @param received given to it: messages of publishers, of the source, or notices
 * @param sent taken by the target, or published
 * @param refused never to be taken or published
 * @param dropped lost to bounds: a spool that was full, or an age
 * @param backlog in the spool, about
 * @param backlogBytes their bytes, about
 */
public record RuleState(
        String state,
        String problem,
        long received,
        long sent,
        long refused,
        long dropped,
        long backlog,
        long backlogBytes)
        implements RuleFigures {
    /** Of a rule that does not run. */
    public static final RuleState DISABLED = new RuleState("disabled", "", 0, 0, 0, 0, 0, 0);

    /** The same figures of one that does not work, for this reason. */
    RuleState failing(String reason) {
        return new RuleState("failing", reason, received, sent, refused, dropped, backlog, backlogBytes);
    }

    @Override
    public boolean isFailing() {
        return !problem.isEmpty();
    }
}
