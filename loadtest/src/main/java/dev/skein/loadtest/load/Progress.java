package dev.skein.loadtest.load;

import org.HdrHistogram.Histogram;

/** Hears how a run goes, about once a second, on the thread that runs it. */
public interface Progress {
    /** The time of the samples begins. */
    default void begins() {}

    /** A sample was taken; a line about the phase follows. {@code latency} is its distribution and not kept. */
    default void second(Sample sample, Histogram latency) {}

    /** Connections are being opened. */
    void connecting(int ready, int failed, int asked);

    /**
     * Messages are on their way.
     *
     * @param phase warm-up, measuring or draining
     * @param seconds since the phase began
     * @param of length of the phase in seconds
     */
    void messages(String phase, double seconds, double of);

    /** Idle connections are held. */
    void holding(double seconds, double of, int connections, int lost);

    /** No more lines follow. */
    void done();
}
