package dev.skein.node.observe;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last hour of some figures of this node, for plots: a value every ten seconds, in memory. {@link #sample} is for
 * one thread at a time, {@link #read} for any.
 */
public final class History {
    /** From one value to the next. */
    public static final Duration STEP = Duration.ofSeconds(10);

    private static final int SIZE = 360;
    private static final String HEAP = "jvm.memory.used";
    private static final String CPU = "process.cpu.usage";

    private final MeterRegistry registry;
    private final List<Line> lines = new ArrayList<>();
    private int samples;
    private long sampledAt;

    /** How values come about. */
    public enum Kind {
        /** As it is at that time. */
        GAUGE,
        /** A counter's growth in a second. */
        RATE,
        /** Seconds of those that were timed since the value before, on average. */
        MEAN
    }

    /**
     * One figure.
     *
     * @param name on {@code /metrics}, all labels together
     * @param values the oldest first; null where there was nothing to tell
     */
    public record Series(String name, Kind kind, List<@Nullable Double> values) {}

    /**
     * All figures.
     *
     * @param until time of the last value, in milliseconds since the Unix epoch; 0 when there is none
     */
    public record Figures(long until, List<Series> series) {}

    /** What is kept of one figure. */
    private static final class Line {
        private final String meter;
        private final String shown;
        private final Kind kind;
        private final double[] values = new double[SIZE];
        private double lastTotal;
        private double lastCount;

        Line(String meter, String shown, Kind kind) {
            this.meter = meter;
            this.shown = shown;
            this.kind = kind;
        }

        /** The value now; NaN where there is nothing to tell. */
        double next(double total, double count, double seconds) {
            double grown = total - lastTotal;
            double counted = count - lastCount;
            lastTotal = total;
            lastCount = count;
            return switch (kind) {
                case GAUGE -> total;
                // A series that has gone takes its count with it.
                case RATE -> seconds <= 0 || grown < 0 ? Double.NaN : grown / seconds;
                case MEAN -> seconds <= 0 || counted <= 0 || grown < 0 ? Double.NaN : grown / counted;
            };
        }
    }

    History(MeterRegistry registry) {
        this.registry = registry;
        add(Kind.GAUGE, MetricName.CONNECTIONS, MetricName.DELIVERIES_QUEUED, MetricName.STORE_PENDING_BYTES);
        add(
                Kind.RATE,
                MetricName.MESSAGES_RECEIVED,
                MetricName.MESSAGES_RECEIVED_BYTES,
                MetricName.DELIVERIES,
                MetricName.DELIVERIES_DROPPED,
                MetricName.CONNECTS,
                MetricName.CONNECTS_REFUSED,
                MetricName.DISCONNECTS,
                MetricName.STORE_APPENDED);
        add(Kind.MEAN, MetricName.PUBLISH_TO_ACK, MetricName.PUBLISH_TO_DELIVERY, MetricName.STORE_COMMIT);
        lines.add(new Line(HEAP, "jvm_memory_used_bytes", Kind.GAUGE));
        lines.add(new Line(CPU, "process_cpu_usage", Kind.GAUGE));
        lines.sort(Comparator.comparing(line -> line.shown));
    }

    private void add(Kind kind, MetricName... names) {
        for (MetricName name : names) {
            lines.add(new Line(name.meter(), name.exposed(), kind));
        }
    }

    /** Takes a value of each figure; {@code now} is milliseconds since the Unix epoch. */
    public synchronized void sample(long now) {
        double seconds = sampledAt == 0 ? 0 : (now - sampledAt) / 1000.0;
        for (Line line : lines) {
            double total = 0;
            double count = 0;
            for (Meter meter : registry.find(line.meter).meters()) {
                if (line.meter.equals(HEAP) && !"heap".equals(meter.getId().getTag("area"))) {
                    continue;
                }
                for (Measurement each : meter.measure()) {
                    count += each.getStatistic() == Statistic.COUNT ? each.getValue() : 0;
                    total += isTotal(each.getStatistic(), line.kind) ? each.getValue() : 0;
                }
            }
            line.values[samples % SIZE] = line.next(total, count, seconds);
        }
        samples++;
        sampledAt = now;
    }

    private static boolean isTotal(Statistic statistic, Kind kind) {
        return switch (kind) {
            case GAUGE -> statistic == Statistic.VALUE;
            case RATE -> statistic == Statistic.COUNT;
            case MEAN -> statistic == Statistic.TOTAL_TIME || statistic == Statistic.TOTAL;
        };
    }

    /** The figures, by name. */
    public synchronized Figures read() {
        return new Figures(
                sampledAt,
                lines.stream()
                        .map(line -> new Series(line.shown, line.kind, values(line)))
                        .toList());
    }

    private List<@Nullable Double> values(Line line) {
        int kept = Math.min(samples, SIZE);
        @Nullable Double[] values = new Double[kept];
        for (int i = 0; i < kept; i++) {
            double value = line.values[(samples - kept + i) % SIZE];
            values[i] = Double.isNaN(value) ? null : value;
        }
        return Arrays.asList(values);
    }
}
