package dev.skein.loadtest.play;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Counts and times by flow and by channel (a flow and a receiving group): of one event loop, which alone writes them,
 * or the sum of several.
 */
@SuppressWarnings("EnumOrdinal") // the order matters within one version only, and processes check their versions
public final class Figures {
    private static final long LOWEST_NANOS = 1_000;
    private static final long HIGHEST_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;

    /** What is counted for each flow. */
    public enum OfFlow {
        /** Messages given to the network. */
        SENT,
        /** Those of them sent in the measured time. */
        SENT_MEASURED,
        /** Open loop: messages due in the measured time. */
        DUE_MEASURED,
        /** Last acknowledgements. */
        ACKNOWLEDGED,
        /** Due and never sent. */
        UNSENT,
        /** Acknowledgements for nothing. */
        WRONG_ACKNOWLEDGEMENTS
    }

    /** What is counted for each channel. */
    public enum OfChannel {
        /** All arrivals. */
        DELIVERED,
        /** Those of them in the measured time. */
        DELIVERED_MEASURED,
        /** Arrivals of what had arrived. */
        DUPLICATES,
        /** Arrivals that a later message had overtaken. */
        ORDER_BREAKS,
        /** Changed bodies, wrong QoS, wrong receiver. */
        VIOLATIONS
    }

    private final long[][] byFlow;
    private final long[][] byChannel;
    private final Histogram[] lateness;
    /** Of each flow since the last {@link #takeIntervals}. */
    private final Histogram[] intervals;

    private final Histogram[] latency;
    private final Histogram connects = histogram();
    private long foreign;

    Figures(int flows, int channels) {
        this.byFlow = new long[flows][OfFlow.values().length];
        this.byChannel = new long[channels][OfChannel.values().length];
        this.lateness = histograms(flows);
        this.intervals = histograms(flows);
        this.latency = histograms(channels);
    }

    private static Histogram[] histograms(int count) {
        Histogram[] histograms = new Histogram[count];
        for (int i = 0; i < count; i++) {
            histograms[i] = histogram();
        }
        return histograms;
    }

    /** An empty histogram, as small as its values allow. */
    public static Histogram histogram() {
        Histogram histogram = new Histogram(LOWEST_NANOS, 2 * LOWEST_NANOS, DIGITS);
        histogram.setAutoResize(true);
        return histogram;
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.max(0, Math.min(nanos, HIGHEST_NANOS)));
    }

    void add(OfFlow what, int flow, long amount) {
        byFlow[flow][what.ordinal()] += amount;
    }

    void add(OfChannel what, int channel, long amount) {
        byChannel[channel][what.ordinal()] += amount;
    }

    /** A count of one flow. */
    public long get(OfFlow what, int flow) {
        return byFlow[flow][what.ordinal()];
    }

    /** A count of one channel. */
    public long get(OfChannel what, int channel) {
        return byChannel[channel][what.ordinal()];
    }

    void foreign() {
        foreign++;
    }

    /** Bodies of another run. */
    public long foreigners() {
        return foreign;
    }

    void latency(int flow, int channel, long nanos, boolean measured) {
        record(intervals[flow], nanos);
        if (measured) {
            record(latency[channel], nanos);
        }
    }

    void lateness(int flow, long nanos) {
        record(lateness[flow], nanos);
    }

    void connect(long nanos) {
        record(connects, nanos);
    }

    /** Of one channel, measured messages only. */
    public Histogram latencyOf(int channel) {
        return latency[channel];
    }

    /** How late messages of one flow were sent. */
    public Histogram latenessOf(int flow) {
        return lateness[flow];
    }

    /** From when a connection was due to CONNACK. */
    public Histogram connectTimes() {
        return connects;
    }

    /** A copy of each flow's latencies since the last call, measured or not. */
    Histogram[] takeIntervals() {
        Histogram[] taken = new Histogram[intervals.length];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = intervals[i].copy();
            intervals[i].reset();
        }
        return taken;
    }

    /** Adds all that others counted. */
    public void add(Figures others) {
        for (int i = 0; i < byFlow.length; i++) {
            for (int k = 0; k < byFlow[i].length; k++) {
                byFlow[i][k] += others.byFlow[i][k];
            }
            lateness[i].add(others.lateness[i]);
        }
        for (int i = 0; i < byChannel.length; i++) {
            for (int k = 0; k < byChannel[i].length; k++) {
                byChannel[i][k] += others.byChannel[i][k];
            }
            latency[i].add(others.latency[i]);
        }
        connects.add(others.connects);
        foreign += others.foreign;
    }

    /** The counts alone, to send to another process: flows, then channels, then foreign bodies. */
    public long[] counts() {
        int perFlow = OfFlow.values().length;
        int perChannel = OfChannel.values().length;
        long[] all = new long[byFlow.length * perFlow + byChannel.length * perChannel + 1];
        int at = 0;
        for (long[] each : byFlow) {
            System.arraycopy(each, 0, all, at, perFlow);
            at += perFlow;
        }
        for (long[] each : byChannel) {
            System.arraycopy(each, 0, all, at, perChannel);
            at += perChannel;
        }
        all[at] = foreign;
        return all;
    }

    /** Figures from another process. */
    public static Figures of(
            int flows, int channels, long[] counts, Histogram[] latency, Histogram[] lateness, Histogram connects) {
        Figures figures = new Figures(flows, channels);
        int at = 0;
        for (long[] each : figures.byFlow) {
            System.arraycopy(counts, at, each, 0, each.length);
            at += each.length;
        }
        for (long[] each : figures.byChannel) {
            System.arraycopy(counts, at, each, 0, each.length);
            at += each.length;
        }
        figures.foreign = counts[at];
        for (int i = 0; i < channels; i++) {
            figures.latency[i].add(latency[i]);
        }
        for (int i = 0; i < flows; i++) {
            figures.lateness[i].add(lateness[i]);
        }
        figures.connects.add(connects);
        return figures;
    }
}
