package dev.skein.loadtest.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run with messages found. {@code sent}, {@code delivered} and {@code latency} are of the measured time; the
 * checks are of the whole run, warm-up included.
 *
 * @param seconds the measured time
 * @param sent messages given to the network
 * @param delivered messages that arrived at subscribers
 * @param latency from sending (open loop: from when it should have been sent) to arrival
 * @param schedule open loop only
 * @param broker with a broker's process only
 * @param members of a shared group only
 */
public record MessageResult(
        MessageSettings settings,
        double seconds,
        long sent,
        long delivered,
        Latency latency,
        Checks checks,
        Connections connections,
        @Nullable ScheduleKept schedule,
        @Nullable ProcessUse broker,
        ProcessUse tester,
        Timeline timeline,
        @Nullable Members members) {
    /**
     * Counts over the whole run.
     *
     * @param sent all messages given to the network
     * @param delivered all arrivals, duplicates included
     * @param lost sent and not arrived, counted once for each subscriber that lacks it
     * @param duplicates arrivals of what had arrived
     * @param orderBreaks arrivals that a later message of the same publisher had overtaken
     * @param unacknowledged QoS 1 and 2: sent and never fully acknowledged
     * @param foreign messages of another run
     * @param violations changed bodies, wrong QoS, wrong receiver, acknowledgements for nothing
     * @param stalls times that the QoS 0 window was reopened after a second without a delivery
     */
    public record Checks(
            long sent,
            long delivered,
            long lost,
            long duplicates,
            long orderBreaks,
            long unacknowledged,
            long foreign,
            long violations,
            long stalls) {}

    /**
     * How the messages of the whole run were dealt out to the members of a shared group.
     *
     * @param count members
     * @param smallest messages of the member that got the fewest
     * @param largest messages of the member that got the most
     */
    public record Members(int count, long smallest, long median, long largest) {
        /** From the messages of each member. */
        static Members of(long[] received) {
            long[] sorted = received.clone();
            Arrays.sort(sorted);
            return new Members(sorted.length, sorted[0], sorted[(sorted.length - 1) / 2], sorted[sorted.length - 1]);
        }
    }

    /** Published a second. */
    public double inPerSecond() {
        return seconds == 0 ? 0 : sent / seconds;
    }

    /** Delivered a second. */
    public double outPerSecond() {
        return seconds == 0 ? 0 : delivered / seconds;
    }

    /** Why the run failed; empty when it passed. */
    public List<String> failures() {
        List<String> failures = new ArrayList<>();
        int qos = settings.qos();
        String atQos = " (expected: 0 at QoS " + qos + ")";
        if (connections.errors() > 0) {
            failures.add(
                    "connections: " + connections.failed() + " failed, " + connections.lost() + " lost (expected: 0)");
        }
        if (qos > 0 && checks.lost() > 0) {
            failures.add("lost: " + checks.lost() + atQos);
        }
        if (qos > 0 && checks.unacknowledged() > 0) {
            failures.add("unacknowledged: " + checks.unacknowledged() + atQos);
        }
        if (members != null && checks.duplicates() > 0) {
            failures.add("duplicates: " + checks.duplicates() + " (expected: 0 in a shared group)");
        } else if (qos == 2 && checks.duplicates() > 0) {
            failures.add("duplicates: " + checks.duplicates() + atQos);
        }
        if (checks.orderBreaks() > 0) {
            failures.add("order breaks: " + checks.orderBreaks() + " (expected: 0)");
        }
        if (checks.violations() > 0) {
            failures.add("protocol violations: " + checks.violations() + " (expected: 0)");
        }
        if (delivered == 0) {
            failures.add("delivered: 0 (expected: messages in the measured time)");
        }
        return failures;
    }
}
