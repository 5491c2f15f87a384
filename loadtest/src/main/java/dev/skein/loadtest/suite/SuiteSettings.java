package dev.skein.loadtest.suite;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is run.
 *
 * @param brokers one or more, with different names
 * @param baseline name of the broker that the ratios are against
 * @param rows one or more
 * @param runs of each row against each broker, 1 upward
 * @param duration measured time of a run
 * @param warmup before it
 * @param connects connections of a connect row
 * @param idle connections of the memory row
 * @param threads event loops of the tester
 */
public record SuiteSettings(
        List<Broker> brokers,
        String baseline,
        List<Row> rows,
        int runs,
        Duration duration,
        Duration warmup,
        int connects,
        int idle,
        int threads,
        @Nullable String username,
        @Nullable String password) {
    /** Checks names and counts. */
    public SuiteSettings {
        brokers = List.copyOf(brokers);
        rows = List.copyOf(rows);
        List<String> names = brokers.stream().map(Broker::name).toList();
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("--broker: " + names + " (expected: different names)");
        }
        if (!names.contains(baseline)) {
            throw new IllegalArgumentException("--baseline: " + baseline + " (expected: one of " + names + ")");
        }
        if (runs < 1) {
            throw new IllegalArgumentException("--runs: " + runs + " (expected: >= 1)");
        }
        if (connects < 1 || idle < 1) {
            throw new IllegalArgumentException("--connects, --idle: " + connects + ", " + idle + " (expected: >= 1)");
        }
    }
}
