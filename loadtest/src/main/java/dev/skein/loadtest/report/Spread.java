package dev.skein.loadtest.report;

import java.util.List;

/**
 * One figure with how far it spreads.
 *
 * @param value the median of the runs, or the figure of the only run
 * @param low of the spread
 * @param high of the spread; NaN like {@code low} when the spread is not known
 */
record Spread(double value, double low, double high) {
    private static final double MIDDLE = 0.5;
    private static final double LOW = 0.1;
    private static final double HIGH = 0.9;

    /** Median, least and greatest of several runs; of one run, a figure without a spread. */
    static Spread ofRuns(List<Double> runs) {
        List<Double> sorted = runs.stream().sorted().toList();
        return sorted.size() == 1
                ? new Spread(sorted.getFirst(), Double.NaN, Double.NaN)
                : new Spread(at(sorted, MIDDLE), sorted.getFirst(), sorted.getLast());
    }

    /** A figure of one run, spread as the middle four fifths of its seconds are. */
    static Spread ofSeconds(double value, List<Double> seconds) {
        if (seconds.size() < 2) {
            return new Spread(value, Double.NaN, Double.NaN);
        }
        List<Double> sorted = seconds.stream().sorted().toList();
        return new Spread(value, Math.min(value, at(sorted, LOW)), Math.max(value, at(sorted, HIGH)));
    }

    private static double at(List<Double> sorted, double part) {
        double place = part * (sorted.size() - 1);
        double below = sorted.get((int) Math.floor(place));
        double above = sorted.get((int) Math.ceil(place));
        return below + (above - below) * (place - Math.floor(place));
    }

    boolean known() {
        return !Double.isNaN(low);
    }

    /** Whether the two spreads meet, so that the difference may be chance. */
    boolean meets(Spread other) {
        return known() && other.known() && low <= other.high && other.low <= high;
    }

    /** This against {@code base}: 2.5x, or 1/2.5 where it is less. */
    String against(Spread base) {
        if (base.value == 0 || value == 0) {
            return "";
        }
        double ratio = value / base.value;
        if (ratio >= 1) {
            return Format.text(ratio < 10 ? "%.2fx" : "%.1fx", ratio);
        }
        return Format.text(ratio > 0.1 ? "1/%.2f" : "1/%.1f", 1 / ratio);
    }

    /** The value with three digits or more. */
    String text() {
        return text(value);
    }

    /** The spread; empty when it is not known. */
    String range() {
        return known() ? text(low) + ".." + text(high) : "";
    }

    private static String text(double value) {
        double size = Math.abs(value);
        return Format.text(
                size >= 100 || size == 0 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }
}
