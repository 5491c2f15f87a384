package dev.skein.loadtest.scenario;

import java.time.Duration;
import java.util.List;

/**
 * One part of a run; phases follow each other.
 *
 * @param name shown in progress and samples
 * @param action what happens
 * @param groups whom it happens to; empty for a run phase
 * @param share of each group, above 0..1
 * @param abrupt a disconnect without DISCONNECT, so that wills are due
 * @param perSecond clients a second; 0 for as fast as they go
 * @param duration how long the phase lasts at least; of {@code untilDone}: at most
 * @param untilDone ends as soon as every flow with a count has sent it all
 * @param flows that are on meanwhile
 * @param measured whether its messages are in the figures
 */
public record Phase(
        String name,
        Action action,
        List<String> groups,
        double share,
        boolean abrupt,
        double perSecond,
        Duration duration,
        boolean untilDone,
        List<String> flows,
        boolean measured) {
    /** Copies the lists. */
    public Phase {
        groups = List.copyOf(groups);
        flows = List.copyOf(flows);
    }

    /** What a phase does before its duration begins. */
    public enum Action {
        /** Opens the groups for the first time. */
        CONNECT,
        /** Nothing: flows alone. */
        RUN,
        /** Ends connections. */
        DISCONNECT,
        /** Brings back what a disconnect ended. */
        RECONNECT,
        /** Sends the subscriptions of groups that wait for it. */
        SUBSCRIBE
    }
}
