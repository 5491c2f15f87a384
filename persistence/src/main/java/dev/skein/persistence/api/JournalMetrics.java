package dev.skein.persistence.api;

/**
 * Figures of the journal of the embedded store; all 0 when there is none.
 *
 * @param bytes size of its files
 * @param indexBytes memory of what is in it
 * @param forces how often the disk was asked to have what was written
 * @param forceNanos time spent in that, in nanoseconds
 * @param moved rows that went on to the tables
 * @param waits groups that waited because the tables did not keep up
 * @param damages pieces of files that cannot be read
 */
public record JournalMetrics(
        long bytes, long indexBytes, long forces, long forceNanos, long moved, long waits, long damages) {
    /** There is no journal. */
    public static final JournalMetrics NONE = new JournalMetrics(0, 0, 0, 0, 0, 0, 0);
}
