package dev.skein.persistence.api;

/**
 * Figures of the store since start.
 *
 * @param commits group commits
 * @param appended queue entries written
 * @param removed queue entries removed by acknowledgement
 * @param commitNanos time spent in commits, in nanoseconds, for a mean
 * @param failures commits that failed and were tried again
 */
public record StoreMetrics(long commits, long appended, long removed, long commitNanos, long failures) {}
