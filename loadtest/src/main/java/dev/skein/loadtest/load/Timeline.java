package dev.skein.loadtest.load;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * How a run went, second by second, and the whole distribution of its latencies.
 *
 * @param samples in order of time
 * @param percentiles of the measured latencies, rising, from 0 to 100
 */
public record Timeline(List<Sample> samples, List<Percentile> percentiles) {
    /** A run of which nothing was kept. */
    public static final Timeline EMPTY = new Timeline(List.of(), List.of());

    /** Points for each halving of the distance to 100 %. */
    private static final int STEPS = 5;

    /** Copies the lists. */
    public Timeline {
        samples = List.copyOf(samples);
        percentiles = List.copyOf(percentiles);
    }

    /**
     * One point of a distribution.
     *
     * @param percent 0..100
     * @param nanos so many percent of the values are at most this
     */
    public record Percentile(double percent, long nanos) {}

    /** Reads the points of a distribution; none of an empty one. */
    public static List<Percentile> percentiles(Histogram histogram) {
        List<Percentile> points = new ArrayList<>();
        if (histogram.getTotalCount() > 0) {
            for (HistogramIterationValue value : histogram.percentiles(STEPS)) {
                points.add(new Percentile(value.getPercentileLevelIteratedTo(), value.getValueIteratedTo()));
            }
        }
        return points;
    }
}
