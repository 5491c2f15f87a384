package dev.skein.persistence.trace;

/**
 * Where a record stands among those of its node: by time, then by step, then by its place in the files.
 *
 * @param millis time of the record
 * @param step {@link TraceStep#code} of it
 * @param position segment, batch and record
 */
public record TracePlace(long millis, int step, long position) implements Comparable<TracePlace> {
    private static final int INDEX_BITS = 14;
    private static final int OFFSET_BITS = TraceIndex.OFFSET_BITS;

    static long position(long segment, long offset, int index) {
        long batch = (segment << OFFSET_BITS) | offset;
        return (batch << INDEX_BITS) | (index & ((1 << INDEX_BITS) - 1));
    }

    /** Behind all records of a time. */
    static TracePlace endOf(long millis) {
        return new TracePlace(millis, Integer.MAX_VALUE, Long.MAX_VALUE);
    }

    /** Before all records of a time. */
    static TracePlace beginOf(long millis) {
        return new TracePlace(millis, 0, -1);
    }

    @Override
    public int compareTo(TracePlace other) {
        int byMillis = Long.compare(millis, other.millis);
        int byStep = byMillis != 0 ? byMillis : Integer.compare(step, other.step);
        return byStep != 0 ? byStep : Long.compare(position, other.position);
    }
}
