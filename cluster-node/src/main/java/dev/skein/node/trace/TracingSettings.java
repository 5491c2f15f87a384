package dev.skein.node.trace;

import com.typesafe.config.Config;
import dev.skein.node.registry.InstanceSeeds;
import dev.skein.node.registry.TraceRules;
import dev.skein.persistence.trace.TraceSettings;
import dev.skein.protocol.wire.DurationText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What is recorded, and where.
 *
 * @param files where it is kept
 * @param buffer bytes of records on their way there
 * @param maxRate records in a second at the most
 * @param instances of which clients, by instance
 */
public record TracingSettings(TraceSettings files, long buffer, int maxRate, Map<String, TraceRules> instances) {
    private static final long BUFFER_MIN = 1 << 20;
    private static final long BUFFER_MAX = 1 << 30;
    private static final int RATE_MIN = 1000;
    private static final int RATE_MAX = 100_000_000;
    private static final Duration AGE_MAX = Duration.ofDays(365);

    /** Copies the map. */
    public TracingSettings {
        instances = Map.copyOf(instances);
    }

    /**
     * Reads {@code skein.trace} and what instances say; an exception names the key.
     *
     * @param skein the section {@code skein}
     * @param data directory of the node, for the default
     */
    public static TracingSettings from(Config skein, Path data) {
        Config trace = skein.getConfig("trace");
        String directory = trace.getString("directory");
        Duration age = trace.getDuration("max-age");
        if (age.compareTo(TraceSettings.AGE_MIN) < 0 || age.compareTo(AGE_MAX) > 0) {
            throw wrong("max-age", DurationText.of(age), DurationText.range(TraceSettings.AGE_MIN, AGE_MAX));
        }
        return new TracingSettings(
                new TraceSettings(
                        directory.isEmpty() ? data.resolve("trace") : Path.of(directory),
                        bytes(trace, "max-bytes", TraceSettings.BYTES_MIN, Long.MAX_VALUE / 2),
                        age),
                bytes(trace, "buffer", BUFFER_MIN, BUFFER_MAX),
                rate(trace),
                InstanceSeeds.traces(skein));
    }

    /** Whether anything is recorded. */
    public boolean isOn() {
        return instances.values().stream().anyMatch(TraceRules::isOn);
    }

    private static int rate(Config trace) {
        int rate = trace.getInt("max-rate");
        if (rate < RATE_MIN || rate > RATE_MAX) {
            throw wrong("max-rate", Integer.toString(rate), RATE_MIN + ".." + RATE_MAX);
        }
        return rate;
    }

    private static long bytes(Config trace, String key, long min, long max) {
        long bytes = trace.getBytes(key);
        if (bytes < min || bytes > max) {
            throw wrong(key, trace.getString(key), min + ".." + max + " bytes");
        }
        return bytes;
    }

    private static IllegalArgumentException wrong(String key, String value, String expected) {
        return new IllegalArgumentException("skein.trace." + key + ": " + value + " (expected: " + expected + ")");
    }
}
