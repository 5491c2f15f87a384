package dev.skein.loadtest.load;

import org.HdrHistogram.Histogram;

/**
 * Percentiles of a distribution of times, in nanoseconds, to three digits.
 *
 * @param count how many values
 */
public record Latency(long count, long p50, long p90, long p99, long p999, long max) {
    /** Reads the percentiles. */
    public static Latency of(Histogram histogram) {
        return new Latency(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }
}
