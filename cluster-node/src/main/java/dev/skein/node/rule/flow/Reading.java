package dev.skein.node.rule.flow;

import dev.skein.persistence.api.QueueCursor;

/** Where the spool is read. */
final class Reading {
    QueueCursor cursor = new QueueCursor();
    /** A page was asked for. */
    boolean asked;
    /** The page that was asked for is of no use any more. */
    boolean ignored;
    /** There may be more behind the cursor. */
    boolean more;
    /** What was removed must be committed before the next page is read. */
    boolean afterCommits;
    /** The target has failed last: few are sent until it takes them. */
    boolean probing;

    /** The oldest were asked for, to be dropped. */
    boolean trimming;

    void fromTheBeginning() {
        cursor = new QueueCursor();
        ignored = asked;
        more = true;
        afterCommits = true;
    }
}
