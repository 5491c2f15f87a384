package dev.skein.protocol.wire;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Durations in logs and failure texts, as a configuration writes them: {@code 10 s}, {@code 500 ms}, {@code 5 m}. */
public final class DurationText {
    private static final TimeUnit[] UNITS = {
        TimeUnit.DAYS, TimeUnit.HOURS, TimeUnit.MINUTES, TimeUnit.SECONDS, TimeUnit.MILLISECONDS, TimeUnit.MICROSECONDS
    };

    private DurationText() {}

    /** In the largest unit that leaves no fraction; at most some 292 years. */
    public static String of(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos == 0) {
            return "0 s";
        }
        for (TimeUnit unit : UNITS) {
            long one = unit.toNanos(1);
            if (nanos % one == 0) {
                return nanos / one + " " + symbol(unit);
            }
        }
        return nanos + " ns";
    }

    /** A range, for "(expected: ...)". */
    public static String range(Duration min, Duration max) {
        return of(min) + ".." + of(max);
    }

    private static String symbol(TimeUnit unit) {
        return switch (unit) {
            case DAYS -> "d";
            case HOURS -> "h";
            case MINUTES -> "m";
            case SECONDS -> "s";
            case MILLISECONDS -> "ms";
            case MICROSECONDS -> "us";
            case NANOSECONDS -> "ns";
        };
    }
}
