package dev.skein.loadtest.load;

import org.HdrHistogram.Histogram;

/** Hears how a run goes, about once a second, on the thread that runs it. */
public interface Progress {
    /** Connections are being opened. */
    void connecting(int ready, int failed, int asked);

    /**
     * Messages are on their way.
     *
     * @param phase warm-up, measuring or draining
     * @param seconds since the phase began
     * @param of length of the phase in seconds
     * @param inPerSecond published in the last second
     * @param outPerSecond delivered in the last second
     * @param latency of what was delivered in the last second and is measured, nanoseconds
     */
    void messages(
            String phase,
            double seconds,
            double of,
            double inPerSecond,
            double outPerSecond,
            Histogram latency,
            int connections);

    /** Idle connections are held. */
    void holding(double seconds, double of, int connections, int lost);

    /** No more lines follow. */
    void done();
}
