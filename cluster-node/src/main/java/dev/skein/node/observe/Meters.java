package dev.skein.node.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Makes the meters of {@link MetricName}; label values come in the order in which the name lists its labels. */
final class Meters {
    private static final Duration[] LATENCY_BUCKETS = {
        Duration.ofNanos(100_000), Duration.ofNanos(250_000), Duration.ofNanos(500_000),
        Duration.ofMillis(1), Duration.ofNanos(2_500_000), Duration.ofMillis(5),
        Duration.ofMillis(10), Duration.ofMillis(25), Duration.ofMillis(50),
        Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500),
        Duration.ofSeconds(1), Duration.ofMillis(2_500), Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;

    Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A counter that the caller increments. */
    LongAdder counter(MetricName name, String... values) {
        LongAdder adder = new LongAdder();
        counter(name, adder::sum, values);
        return adder;
    }

    /** A counter that is read. */
    Meter counter(MetricName name, LongSupplier value, String... values) {
        // The meter holds its object weakly: the function, which does hold the supplier, is what must stay.
        return FunctionCounter.builder(name.meter(), this, self -> value.getAsLong())
                .description(name.help())
                .tags(tags(name, values))
                .register(registry);
    }

    /** A gauge that is read; a second one of the same name and labels is ignored. */
    Meter gauge(MetricName name, LongSupplier value, String... values) {
        return Gauge.builder(name.meter(), this, self -> value.getAsLong())
                .description(name.help())
                .tags(tags(name, values))
                .register(registry);
    }

    /** Count and total time, read. */
    void summary(MetricName name, LongSupplier count, LongSupplier nanos) {
        FunctionTimer.builder(
                        name.meter(), this, self -> count.getAsLong(), self -> nanos.getAsLong(), TimeUnit.NANOSECONDS)
                .description(name.help())
                .register(registry);
    }

    /** A histogram. */
    LatencyMetric latency(MetricName name, String... values) {
        return new LatencyMetric(Timer.builder(name.meter())
                .description(name.help())
                .tags(tags(name, values))
                .serviceLevelObjectives(LATENCY_BUCKETS)
                .register(registry));
    }

    /** Takes one series away. */
    void remove(MetricName name, String... values) {
        Meter meter = registry.find(name.meter()).tags(tags(name, values)).meter();
        if (meter != null) {
            registry.remove(meter);
        }
    }

    /** {@code BAD_CREDENTIALS} as {@code bad_credentials}. */
    static String label(String reason) {
        return reason.toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
    }

    private static Tags tags(MetricName name, String... values) {
        List<MetricName.Label> labels = name.labels();
        if (labels.size() != values.length) {
            throw new IllegalArgumentException(
                    "%s labels: %d (expected: %d)".formatted(name, values.length, labels.size()));
        }
        Tags tags = Tags.empty();
        for (int i = 0; i < values.length; i++) {
            tags = tags.and(Tag.of(labels.get(i).text(), values[i]));
        }
        return tags;
    }
}
