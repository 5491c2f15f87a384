package dev.skein.loadtest.load;

import org.jspecify.annotations.Nullable;

/**
 * About one second of a run.
 *
 * @param seconds its end, since the run began
 * @param length how long it was, seconds
 * @param phase what the run did at its end: connect, warm-up, measuring, draining, hold, or a scenario's own word
 * @param inPerSecond messages published
 * @param outPerSecond messages delivered
 * @param connectsPerSecond connections that came up
 * @param latency of what arrived in it and is measured (in a run of idle connections: of the connects)
 * @param connections that are up at its end
 * @param errors connections that failed or were lost, since the run began
 * @param broker with a broker's process only
 */
public record Sample(
        double seconds,
        double length,
        String phase,
        double inPerSecond,
        double outPerSecond,
        double connectsPerSecond,
        Latency latency,
        int connections,
        int errors,
        @Nullable ProcessPoint broker,
        ProcessPoint tester) {
    /**
     * A process in that second.
     *
     * @param cores CPU time against wall time; 1 is one busy core
     * @param residentBytes at its end
     */
    public record ProcessPoint(double cores, long residentBytes) {}
}
