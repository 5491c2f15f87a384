package dev.skein.loadtest.play;

import java.util.Arrays;

/** The time of a run, nanoseconds since it began, the same in all its processes; and which of it is measured. */
final class RunTime {
    private final long base;
    /** From inclusive, to exclusive, and so on; the last end may be far in the future. */
    private volatile long[] measured = {};

    /** {@code base}: {@link System#nanoTime()} when the run began, which may be before this process did. */
    RunTime(long base) {
        this.base = base;
    }

    long now() {
        return System.nanoTime() - base;
    }

    /** The time of the run at a moment of {@link System#nanoTime()}. */
    long at(long nanoTime) {
        return nanoTime - base;
    }

    /** Everything from {@code from} on is measured. */
    void measureFrom(long from) {
        long[] more = Arrays.copyOf(measured, measured.length + 2);
        more[more.length - 2] = from;
        more[more.length - 1] = Long.MAX_VALUE;
        measured = more;
    }

    /** Nothing from {@code to} on is measured. */
    void measureTo(long to) {
        long[] changed = measured.clone();
        if (changed.length > 0 && changed[changed.length - 1] == Long.MAX_VALUE) {
            changed[changed.length - 1] = to;
            measured = changed;
        }
    }

    boolean measures(long time) {
        long[] intervals = measured;
        for (int i = intervals.length - 2; i >= 0; i -= 2) {
            if (time >= intervals[i]) {
                return time < intervals[i + 1];
            }
        }
        return false;
    }

    double measuredSeconds() {
        long sum = 0;
        long[] intervals = measured;
        for (int i = 0; i < intervals.length; i += 2) {
            sum += Math.min(intervals[i + 1], now()) - intervals[i];
        }
        return sum / 1e9;
    }
}
