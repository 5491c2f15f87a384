package dev.skein.persistence.api;

/**
 * Figures of the store since start.
 *
 * @param commits group commits
 * @param appended queue entries written
 * @param removed queue entries removed by acknowledgement
 * @param commitNanos time spent in commits, in nanoseconds, for a mean
 * @param failures commits that failed and were tried again
 * @param journal of the embedded store
 * @param damagedRows rows of the tables that were found not to be what was written
 */
public record StoreMetrics(
        long commits,
        long appended,
        long removed,
        long commitNanos,
        long failures,
        JournalMetrics journal,
        long damagedRows) {
    /** Of a store without a journal. */
    public StoreMetrics(long commits, long appended, long removed, long commitNanos, long failures) {
        this(commits, appended, removed, commitNanos, failures, JournalMetrics.NONE, 0);
    }

    /** The same with so many damaged rows. */
    public StoreMetrics withDamagedRows(long rows) {
        return new StoreMetrics(commits, appended, removed, commitNanos, failures, journal, rows);
    }
}
