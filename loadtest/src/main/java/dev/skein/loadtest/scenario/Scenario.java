package dev.skein.loadtest.scenario;

import java.time.Duration;
import java.util.List;

/**
 * A scenario as its file says it, at full scale.
 *
 * @param name the file's, without its ending
 * @param about one sentence
 * @param keepAliveSeconds of every client
 * @param drain the longest wait for stragglers after the last phase
 * @param text the file, with everything included: what another process reads it from
 */
public record Scenario(
        String name,
        String about,
        int keepAliveSeconds,
        Duration drain,
        List<Group> groups,
        List<Flow> flows,
        List<Phase> phases,
        Limits limits,
        String text) {
    /** Copies the lists. */
    public Scenario {
        groups = List.copyOf(groups);
        flows = List.copyOf(flows);
        phases = List.copyOf(phases);
    }

    /** The same without criteria on times and schedules. */
    public Scenario withoutTimes() {
        return new Scenario(name, about, keepAliveSeconds, drain, groups, flows, phases, limits.withoutTimes(), text);
    }

    /** The group of a name that the file's reader has checked. */
    public Group group(String name) {
        return groups.stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A group's clients at a scale: at least one. */
    public static int scaled(Group group, double scale) {
        return group.scaled() ? (int) Math.max(1, Math.round(group.count() * scale)) : group.count();
    }
}
