package dev.skein.loadtest.load;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * The figures of one event loop. Histograms belong to the loop; the counters are written by it once for each batch and
 * read by anyone.
 */
final class LoopStats {
    private static final long LOWEST_NANOS = 100;
    private static final long HIGHEST_NANOS = 3_600_000_000_000L;
    private static final int DIGITS = 3;

    /** Messages given to the socket, and those of them in the measured time. */
    final AtomicLong sent = new AtomicLong();

    final AtomicLong sentMeasured = new AtomicLong();
    /** Messages of this run that arrived, duplicates included, and those of them in the measured time. */
    final AtomicLong delivered = new AtomicLong();

    final AtomicLong deliveredMeasured = new AtomicLong();
    /** First arrivals: what the end of a run waits for. */
    final AtomicLong distinct = new AtomicLong();
    /** QoS 1 and 2: messages whose last acknowledgement came. */
    final AtomicLong acknowledged = new AtomicLong();
    /** Bodies of another run. */
    final AtomicLong foreign = new AtomicLong();
    /** What no broker may do: a changed body, a message to the wrong subscriber, an acknowledgement for nothing. */
    final AtomicLong violations = new AtomicLong();
    /** Times that the QoS 0 window was reopened because nothing came back. */
    final AtomicLong stalls = new AtomicLong();

    /** Latencies since the last {@link #takeInterval}, and all before, nanoseconds; measured messages only. */
    private final Histogram interval = histogram();

    private final Histogram latency = histogram();
    /** Open loop: how late messages were sent against the schedule, nanoseconds. */
    private final Histogram lateness = histogram();
    /** Time from the asked moment of connecting to CONNACK, nanoseconds. */
    private final Histogram connects = histogram();

    static Histogram histogram() {
        return new Histogram(LOWEST_NANOS, HIGHEST_NANOS, DIGITS);
    }

    /** Adds to a counter that one thread alone writes. */
    static void add(AtomicLong counter, long amount) {
        counter.lazySet(counter.getPlain() + amount);
    }

    void latency(long nanos) {
        interval.recordValue(clamp(nanos));
    }

    void lateness(long nanos) {
        lateness.recordValue(clamp(nanos));
    }

    void connect(long nanos) {
        connects.recordValue(clamp(nanos));
    }

    /** A copy of the latencies since the last call. On the loop. */
    Histogram takeInterval() {
        Histogram copy = interval.copy();
        latency.add(interval);
        interval.reset();
        return copy;
    }

    /** A copy of all latencies. On the loop. */
    Histogram latencies() {
        takeInterval();
        return latency.copy();
    }

    /** A copy of all lateness. On the loop. */
    Histogram latenesses() {
        return lateness.copy();
    }

    /** A copy of all connect times. On the loop. */
    Histogram connectTimes() {
        return connects.copy();
    }

    private static long clamp(long nanos) {
        return Math.max(0, Math.min(nanos, HIGHEST_NANOS));
    }
}
