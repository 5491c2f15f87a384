package dev.skein.loadtest.load;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a run of a scenario found. Histograms are nanoseconds and belong to this result: nobody changes them.
 *
 * @param scenario its name
 * @param about one sentence: what it stands for
 * @param scale factor on client counts
 * @param seed what every random choice came from
 * @param processes that made the load together
 * @param notes what the reader has to know, such as a part that this broker made do without
 * @param seconds the measured time of all measured phases
 * @param connections of the whole run
 * @param connectTimes from when a connection was due to CONNACK, reconnections included
 * @param flows in the scenario's order; a flow to several groups has one entry for each
 * @param samples one for each second, from the first connection to the end of the drain
 * @param processSamples of the broker, where its process is known, and of the tester
 * @param broker over the measured time; with a broker's process only
 * @param tester over the measured time; of all processes that made the load together
 * @param criteria all of them, passed or not
 */
public record ScenarioResult(
        String scenario,
        String about,
        double scale,
        long seed,
        int processes,
        List<String> notes,
        double seconds,
        Connections connections,
        Histogram connectTimes,
        List<Flow> flows,
        List<Sample> samples,
        List<ProcessSample> processSamples,
        @Nullable ProcessUse broker,
        ProcessUse tester,
        List<Criterion> criteria) {
    /** Copies the lists. */
    public ScenarioResult {
        notes = List.copyOf(notes);
        flows = List.copyOf(flows);
        samples = List.copyOf(samples);
        processSamples = List.copyOf(processSamples);
        criteria = List.copyOf(criteria);
    }

    /**
     * One flow of messages to one group of receivers.
     *
     * @param name as the scenario calls it
     * @param from the group that publishes
     * @param to the group that receives
     * @param qos of its messages when they are published
     * @param size of their payload, bytes
     * @param publishers clients that publish
     * @param receivers clients that receive
     * @param askedPerSecond of all publishers together in an open loop; 0 in a closed one
     * @param sentMeasured messages given to the network in the measured time
     * @param deliveredMeasured arrivals in the measured time
     * @param counts over the whole run
     * @param latency from when a message was due (closed loop: was sent) to its arrival; an answer's counts from its
     *     request
     * @param schedule open loop only: whether the asked rate was kept
     */
    public record Flow(
            String name,
            String from,
            String to,
            int qos,
            int size,
            int publishers,
            int receivers,
            double askedPerSecond,
            long sentMeasured,
            long deliveredMeasured,
            Counts counts,
            Histogram latency,
            @Nullable ScheduleKept schedule) {}

    /**
     * Counts over the whole run.
     *
     * @param sent messages given to the network
     * @param acknowledged QoS 1 and 2: those of them whose last acknowledgement came
     * @param unacknowledged QoS 1 and 2: those of them that still wait for it at the end
     * @param delivered all arrivals, duplicates included
     * @param lost sent and not arrived, counted for each receiver that should have it
     * @param duplicates arrivals of what had arrived
     * @param orderBreaks arrivals that a later message of the same publisher on the same topic had overtaken
     * @param violations changed bodies, wrong QoS, wrong receiver
     */
    public record Counts(
            long sent,
            long acknowledged,
            long unacknowledged,
            long delivered,
            long lost,
            long duplicates,
            long orderBreaks,
            long violations) {}

    /**
     * One second of the run.
     *
     * @param atSeconds its end, since the run began
     * @param phase as the scenario calls it
     * @param connections that were up at its end
     * @param errors connections failed or lost so far
     * @param sentPerSecond by all flows
     * @param deliveredPerSecond by all flows
     * @param latency of what arrived in that second, all flows
     * @param flows the same of each flow, in the order of the first flow of each name
     */
    public record Sample(
            double atSeconds,
            String phase,
            int connections,
            long errors,
            double sentPerSecond,
            double deliveredPerSecond,
            Latency latency,
            List<FlowSample> flows) {
        /** Copies the list. */
        public Sample {
            flows = List.copyOf(flows);
        }
    }

    /**
     * One flow in one second.
     *
     * @param name the flow's
     */
    public record FlowSample(String name, double sentPerSecond, double deliveredPerSecond, Latency latency) {}

    /**
     * A process at one moment.
     *
     * @param atSeconds since the run began
     * @param process broker or tester
     * @param cpuSeconds user and system time that it has used since the run began
     * @param residentBytes its memory
     */
    public record ProcessSample(double atSeconds, String process, double cpuSeconds, long residentBytes) {}

    /**
     * One criterion and what became of it.
     *
     * @param name such as {@code flow commands: p99}
     * @param wanted such as {@code <= 200 ms}
     * @param measured such as {@code 312 ms}
     */
    public record Criterion(String name, String wanted, String measured, boolean passed) {
        /** The one line that says why it failed. */
        public String failure() {
            return name + ": " + measured + " (expected: " + wanted + ")";
        }
    }

    /** Messages of all flows given to the network in the measured time. A flow to several groups counts once. */
    public long sentMeasured() {
        Set<String> counted = new HashSet<>();
        return flows.stream()
                .filter(flow -> counted.add(flow.name()))
                .mapToLong(Flow::sentMeasured)
                .sum();
    }

    /** Arrivals of all flows in the measured time. */
    public long deliveredMeasured() {
        return flows.stream().mapToLong(Flow::deliveredMeasured).sum();
    }

    /** Published a second. */
    public double inPerSecond() {
        return seconds == 0 ? 0 : sentMeasured() / seconds;
    }

    /** Delivered a second. */
    public double outPerSecond() {
        return seconds == 0 ? 0 : deliveredMeasured() / seconds;
    }

    /** Why the run failed; empty when it passed. */
    public List<String> failures() {
        return criteria.stream()
                .filter(criterion -> !criterion.passed())
                .map(Criterion::failure)
                .toList();
    }
}
