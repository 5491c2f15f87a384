package dev.skein.loadtest.play;

import dev.skein.loadtest.load.Connections;
import dev.skein.loadtest.load.ProcessUse;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;

/** One process's part of a run, as the leading process sees it. Calls come from one thread, one after the other. */
public interface Part extends AutoCloseable {
    /** Turns on these flows, by number, from a moment of the run on, and all others off. */
    void flows(Set<Integer> active, long at);

    /** Whether what is due from a moment of the run on is measured. */
    void measure(boolean on, long at);

    /** Begins what a phase does; {@link Pulse#actionDone} tells its end. */
    void begin(int phase);

    /** How it goes. */
    Pulse pulse();

    /** What its publishers sent so far. */
    Totals totals();

    /** Some members of a phase may miss what is sent from here on. */
    void excuseFrom(int phase, Totals totals);

    /** They are there again. */
    void excuseTo(int phase, Totals totals);

    /** How many messages its receivers lack, by channel. */
    long[] missing(Totals totals);

    /** Ends all connections and takes away what the run left in the broker. */
    void finish();

    /** The figures of the whole run. */
    Found found();

    @Override
    void close();

    /**
     * How it goes.
     *
     * @param connections so far
     * @param up connections now
     * @param actionDone whether the phase has done what it does
     * @param countsDone whether every flow with a count has sent it
     * @param unacknowledged messages that wait for an acknowledgement
     * @param sent by flow, so far
     * @param delivered by flow, so far
     * @param latency by flow, since the last pulse
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Pulse(
            Connections connections,
            int up,
            boolean actionDone,
            boolean countsDone,
            long unacknowledged,
            long[] sent,
            long[] delivered,
            Histogram[] latency) {}

    /**
     * The figures of the whole run.
     *
     * @param unacknowledged by flow
     * @param receivers by channel
     * @param reasons why connections failed or were lost
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Found(
            Figures figures,
            long[] unacknowledged,
            int[] receivers,
            Connections connections,
            Map<String, Long> reasons,
            ProcessUse tester) {}
}
