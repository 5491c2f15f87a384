package dev.skein.loadtest.load;

/**
 * When messages are sent and which of them are measured, in {@link System#nanoTime()} nanoseconds. Fixed before the
 * first message, so no thread waits for another; only {@link #stopAt} moves the end.
 */
final class RunClock {
    private final long start;
    private final long from;
    private volatile long to;

    RunClock(long start, long warmupNanos, long durationNanos) {
        this.start = start;
        this.from = start + warmupNanos;
        this.to = from + durationNanos;
    }

    long start() {
        return start;
    }

    long from() {
        return from;
    }

    long to() {
        return to;
    }

    boolean measures(long time) {
        return time - from >= 0 && time - to < 0;
    }

    boolean ended(long time) {
        return time - to >= 0;
    }

    /** Ends the run early; an end before {@link #from} leaves nothing measured. */
    void stopAt(long time) {
        if (time - to < 0) {
            to = time;
        }
    }
}
