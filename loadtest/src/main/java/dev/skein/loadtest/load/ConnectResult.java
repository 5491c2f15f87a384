package dev.skein.loadtest.load;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run of idle connections found.
 *
 * @param rampSeconds from the first attempt to the last answer
 * @param connectTime from when the connection should have been begun to CONNACK
 * @param held connections that were up at the end
 * @param memory with a broker's process only
 * @param broker over the ramp; with a broker's process only
 * @param tester over the ramp
 * @param timeline its latencies are the connect times
 */
public record ConnectResult(
        int clients,
        double rampSeconds,
        double holdSeconds,
        Latency connectTime,
        Connections connections,
        int held,
        ScheduleKept schedule,
        @Nullable Memory memory,
        @Nullable ProcessUse broker,
        ProcessUse tester,
        Timeline timeline) {
    /**
     * The broker's resident memory, bytes.
     *
     * @param empty before the first connection
     * @param opened when all were up
     * @param held at the end of the hold
     */
    public record Memory(long empty, long opened, long held) {
        /** Resident bytes of one connection beyond the empty broker, at the end of the hold. */
        public double perConnection(int connections) {
            return connections == 0 ? 0 : (held - empty) / (double) connections;
        }
    }

    /** Why the run failed; empty when it passed. */
    public List<String> failures() {
        List<String> failures = new ArrayList<>();
        if (connections.errors() > 0 || connections.opened() < clients) {
            failures.add("connections: " + connections.opened() + " of " + clients + " opened, " + connections.failed()
                    + " failed, " + connections.lost() + " lost (expected: all held)");
        }
        return failures;
    }
}
