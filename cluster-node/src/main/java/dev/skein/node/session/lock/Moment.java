package dev.skein.node.session.lock;

import java.time.Duration;

/**
 * The time of an input.
 *
 * @param nanos since some moment in the past, never going back; deadlines are of this clock
 * @param epochMillis wall clock
 */
public record Moment(long nanos, long epochMillis) {
    /** A deadline that never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    long after(Duration wait) {
        return nanos + wait.toNanos();
    }

    boolean isPast(long deadline) {
        return nanos >= deadline;
    }
}
