package dev.skein.loadtest.scenario;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * When a run passes.
 *
 * @param connections over all connections
 * @param flows by flow name; every flow has an entry
 * @param schedule whether flows in an open loop have to keep their rate
 */
public record Limits(ConnectionLimits connections, Map<String, FlowLimits> flows, boolean schedule) {
    /** Copies the map. */
    public Limits {
        flows = Map.copyOf(flows);
    }

    /** The same without limits on times and schedules: for a machine that is busy with other things. */
    public Limits withoutTimes() {
        Map<String, FlowLimits> timeless = new HashMap<>();
        flows.forEach((name, flow) -> timeless.put(
                name,
                new FlowLimits(
                        flow.to(),
                        Map.of(),
                        flow.lost(),
                        flow.duplicates(),
                        flow.orderBreaks(),
                        flow.unacknowledged(),
                        flow.least())));
        return new Limits(new ConnectionLimits(connections.failed(), connections.lost(), Map.of()), timeless, false);
    }

    /**
     * Limits on connections; counts are the most allowed, empty for any number.
     *
     * @param times by percentile such as {@code p99} or {@code max}
     */
    public record ConnectionLimits(OptionalLong failed, OptionalLong lost, Map<String, Duration> times) {
        /** Copies the map. */
        public ConnectionLimits {
            times = Map.copyOf(times);
        }
    }

    /**
     * Limits on one flow; counts are the most allowed, empty for any number.
     *
     * @param to the receiving groups that are asked; empty for all
     * @param times by percentile such as {@code p99} or {@code max}
     * @param least arrivals over the whole run
     */
    public record FlowLimits(
            List<String> to,
            Map<String, Duration> times,
            OptionalLong lost,
            OptionalLong duplicates,
            OptionalLong orderBreaks,
            OptionalLong unacknowledged,
            long least) {
        /** Copies the map. */
        public FlowLimits {
            to = List.copyOf(to);
            times = Map.copyOf(times);
        }
    }
}
