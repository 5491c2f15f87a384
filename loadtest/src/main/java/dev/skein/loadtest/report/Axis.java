package dev.skein.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** One axis of a {@link Chart}: where a value stands, from 0 to 1, and which values have a label. */
final class Axis {
    private static final int TICKS = 5;
    private static final int FEW_DECADES = 2;
    private static final double NINES_PER_DECADE = 10;

    private final List<Double> ticks;
    private final Place place;
    private final DoubleFunction<String> label;
    private final String unit;

    /** From a value to 0..1. */
    private interface Place {
        double of(double value);
    }

    private Axis(List<Double> ticks, Place place, DoubleFunction<String> label, String unit) {
        this.ticks = ticks;
        this.place = place;
        this.label = label;
        this.unit = unit;
    }

    /** Even steps from {@code least} to at least {@code most}, ending on a round number. */
    static Axis linear(double least, double most, DoubleFunction<String> label, String unit) {
        double span = most > least ? most - least : 1;
        double step = roundStep(span / TICKS);
        double end = Math.ceil((least + span) / step - 1e-9) * step;
        List<Double> ticks = new ArrayList<>();
        for (double at = Math.ceil(least / step - 1e-9) * step + 0.0; at <= end + step / 1e3; at += step) {
            ticks.add(at);
        }
        return new Axis(ticks, value -> (value - least) / (end - least), label, unit);
    }

    /** As {@link #linear}, but ends where the data does. */
    static Axis time(double most, String unit) {
        double step = roundStep(Math.max(most, 1) / (2 * TICKS));
        List<Double> ticks = new ArrayList<>();
        for (double at = 0; at <= most + step / 1e3; at += step) {
            ticks.add(at);
        }
        double span = Math.max(most, 1e-9);
        return new Axis(ticks, value -> value / span, value -> Format.text(step < 1 ? "%.1f" : "%.0f", value), unit);
    }

    /** Decades from below {@code least} to above {@code most}; both above 0. */
    static Axis log(double least, double most, DoubleFunction<String> label, String unit) {
        double from = Math.floor(Math.log10(least));
        double to = Math.max(from + 1, Math.ceil(Math.log10(most) - 1e-9));
        List<Double> ticks = new ArrayList<>();
        for (double decade = from; decade <= to; decade++) {
            ticks.add(Math.pow(10, decade));
        }
        if (to - from <= FEW_DECADES) {
            for (double decade = from; decade < to; decade++) {
                ticks.add(2 * Math.pow(10, decade));
                ticks.add(5 * Math.pow(10, decade));
            }
        }
        double least10 = Math.pow(10, from);
        return new Axis(ticks, value -> (Math.log10(Math.max(value, least10)) - from) / (to - from), label, unit);
    }

    /** Percentiles by their nines: 90, 99, 99.9 ... stand equally far apart, up to {@code nines} of them. */
    static Axis nines(int nines) {
        List<Double> ticks = new ArrayList<>(List.of(0.0, 50.0));
        for (int i = 1; i <= nines; i++) {
            ticks.add(100 - 100 * Math.pow(NINES_PER_DECADE, -i));
        }
        return new Axis(
                ticks,
                value -> value >= 100 ? 1 : Math.min(1, -Math.log10(1 - value / 100) / nines),
                Axis::plain,
                "percentile");
    }

    /** As few decimals as the value needs. */
    private static String plain(double value) {
        String text = Format.text("%.6f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    private static double roundStep(double rough) {
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double first = rough / power;
        double round = first <= 1 ? 1 : first <= 2 ? 2 : first <= 5 ? 5 : 10;
        return round * power;
    }

    List<Double> ticks() {
        return ticks;
    }

    double place(double value) {
        return Math.max(0, Math.min(1, place.of(value)));
    }

    String label(double value) {
        return label.apply(value);
    }

    String unit() {
        return unit;
    }
}
