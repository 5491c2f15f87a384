package dev.skein.loadtest.play;

import dev.skein.loadtest.load.Connections;
import dev.skein.loadtest.load.ScenarioResult.Counts;
import dev.skein.loadtest.load.ScenarioResult.Criterion;
import dev.skein.loadtest.load.ScenarioResult.Flow;
import dev.skein.loadtest.load.ScheduleKept;
import dev.skein.loadtest.scenario.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Holds a run's figures against its limits. */
final class Criteria {
    private static final double MEDIAN = 50;
    private static final double NINETY = 90;
    private static final double NINETY_NINE = 99;
    private static final double THREE_NINES = 99.9;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    private final List<Criterion> criteria = new ArrayList<>();

    private Criteria() {}

    static List<Criterion> of(Limits limits, Connections connections, Histogram connectTimes, List<Flow> flows) {
        Criteria all = new Criteria();
        all.atMost("connections: failed", limits.connections().failed(), connections.failed());
        all.atMost("connections: lost", limits.connections().lost(), connections.lost());
        all.times("connections", limits.connections().times(), connectTimes);
        for (Flow flow : flows) {
            all.flow(flow, Objects.requireNonNull(limits.flows().get(flow.name())), limits.schedule());
        }
        return all.criteria;
    }

    private void flow(Flow flow, Limits.FlowLimits limits, boolean schedule) {
        String name = "flow " + flow.name() + " to " + flow.to();
        Counts counts = flow.counts();
        atMost(name + ": violations", OptionalLong.of(0), counts.violations());
        ScheduleKept kept = flow.schedule();
        if (schedule && kept != null) {
            add(
                    name + ": schedule",
                    "kept: " + perSecond(kept.asked()) + "/s",
                    perSecond(kept.reached()) + "/s, " + kept.unsent() + " unsent, p99 " + time(kept.lateP99())
                            + " late",
                    kept.kept());
        }
        if (!limits.to().isEmpty() && !limits.to().contains(flow.to())) {
            return;
        }
        add(
                name + ": delivered",
                ">= " + limits.least(),
                Long.toString(counts.delivered()),
                counts.delivered() >= limits.least());
        atMost(name + ": lost", limits.lost(), counts.lost());
        atMost(name + ": duplicates", limits.duplicates(), counts.duplicates());
        atMost(name + ": order breaks", limits.orderBreaks(), counts.orderBreaks());
        if (flow.qos() > 0) {
            atMost(name + ": unacknowledged", limits.unacknowledged(), counts.unacknowledged());
        }
        times(name, limits.times(), flow.latency());
    }

    private void atMost(String name, OptionalLong most, long measured) {
        if (most.isPresent()) {
            String wanted = most.getAsLong() == 0 ? "0" : "<= " + most.getAsLong();
            add(name, wanted, Long.toString(measured), measured <= most.getAsLong());
        }
    }

    private void times(String name, Map<String, Duration> limits, Histogram measured) {
        new TreeMap<>(limits).forEach((percentile, limit) -> {
            long value = percentile.equals("max")
                    ? measured.getMaxValue()
                    : measured.getValueAtPercentile(number(percentile));
            boolean any = measured.getTotalCount() > 0;
            add(
                    name + ": " + percentile,
                    "<= " + time(limit.toNanos()),
                    any ? time(value) : "nothing measured",
                    any && value <= limit.toNanos());
        });
    }

    private static double number(String percentile) {
        return switch (percentile) {
            case "p50" -> MEDIAN;
            case "p90" -> NINETY;
            case "p99" -> NINETY_NINE;
            default -> THREE_NINES;
        };
    }

    private void add(String name, String wanted, String measured, boolean passed) {
        criteria.add(new Criterion(name, wanted, measured, passed));
    }

    private static String perSecond(double rate) {
        return String.format(Locale.ROOT, rate >= 100 ? "%.0f" : "%.2f", rate);
    }

    private static String time(long nanos) {
        if (nanos >= 10 * SECOND) {
            return String.format(Locale.ROOT, "%.0f s", nanos / (double) SECOND);
        }
        return String.format(Locale.ROOT, nanos >= 10 * MILLI ? "%.0f ms" : "%.2f ms", nanos / (double) MILLI);
    }
}
