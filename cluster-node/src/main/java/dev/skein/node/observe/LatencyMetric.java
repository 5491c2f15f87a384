package dev.skein.node.observe;

import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** One latency histogram. Obtained once and kept; any thread. Cheap enough for a sample, such as 1 message of 64. */
public final class LatencyMetric {
    private final Timer timer;

    LatencyMetric(Timer timer) {
        this.timer = timer;
    }

    /**
     * One sample.
     *
     * @param nanos difference of two {@link System#nanoTime()}; a negative one counts as 0
     */
    public void record(long nanos) {
        timer.record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
}
