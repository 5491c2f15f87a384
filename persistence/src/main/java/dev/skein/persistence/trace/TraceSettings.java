package dev.skein.persistence.trace;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where traces are kept, and how much of them.
 *
 * @param directory of the files; one process at a time
 * @param maxBytes of all files, 4 MiB and more; the oldest go
 * @param maxAge records that are older go, a minute and more; by file, so a part of them stays a little longer
 */
public record TraceSettings(Path directory, long maxBytes, Duration maxAge) {
    /** The least for {@link #maxBytes}. */
    public static final long BYTES_MIN = 4L << 20;

    /** The least for {@link #maxAge}. */
    public static final Duration AGE_MIN = Duration.ofMinutes(1);

    private static final long SEGMENT_MAX = 32L << 20;
    private static final int SEGMENTS = 16;
    private static final int PARTS_OF_AGE = 24;

    /** Checks the ranges. */
    public TraceSettings {
        if (maxBytes < BYTES_MIN) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: " + BYTES_MIN + " and more)");
        }
        if (maxAge.compareTo(AGE_MIN) < 0) {
            throw new IllegalArgumentException("maxAge: " + maxAge + " (expected: " + AGE_MIN + " and more)");
        }
    }

    /** Bytes at which a file is full. */
    long segmentBytes() {
        return Math.min(SEGMENT_MAX, maxBytes / SEGMENTS);
    }

    /** Milliseconds after which a file is written to no more. */
    long segmentMillis() {
        return maxAge.toMillis() / PARTS_OF_AGE;
    }
}
