package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Event;
import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.cluster.FaultSchedule.Fault;
import dev.skein.node.cluster.Verdict.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Figures of each fault of a run: what clients did from its begin to the next one's, and how long they missed it. */
final class Recovery {
    private static final double NANOS = 1e9;

    private Recovery() {}

    /**
     * A line of the table.
     *
     * @param fault kind and node
     * @param affected clients that lost their connection to the node
     * @param servedSeconds from the begin until the last of them was connected and had a message delivered or
     *     acknowledged; 0 when none was affected
     * @param longestGapSeconds the longest time in which nobody on another node had a message acknowledged
     */
    record Row(
            String fault,
            int operations,
            int acknowledged,
            int lost,
            int repeats,
            int otherViolations,
            int affected,
            double servedSeconds,
            double longestGapSeconds) {
        static final String HEAD = "| fault | operations | acknowledged | lost | duplicated at QoS 1 | other violations"
                + " | devices affected | last device served after s | longest pause elsewhere s |\n"
                + "|---|---|---|---|---|---|---|---|---|";

        @Override
        public String toString() {
            return String.format(
                    "| %s | %d | %d | %d | %d | %d | %d | %.1f | %.1f |",
                    fault,
                    operations,
                    acknowledged,
                    lost,
                    repeats,
                    otherViolations,
                    affected,
                    servedSeconds,
                    longestGapSeconds);
        }
    }

    /** Rows of a run; {@code steady} says which clients always want to be connected. */
    static List<Row> rows(List<Event> events, Verdict verdict, Predicate<String> steady) {
        List<Integer> begins = new ArrayList<>();
        for (int at = 0; at < events.size(); at++) {
            if (at == 0 || events.get(at).kind() == Kind.FAULT) {
                begins.add(at);
            }
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < begins.size(); i++) {
            int from = begins.get(i);
            int to = i + 1 < begins.size() ? begins.get(i + 1) : events.size();
            rows.add(row(events, from, to, verdict, steady));
        }
        return rows;
    }

    private static Row row(List<Event> events, int from, int to, Verdict verdict, Predicate<String> steady) {
        Event first = events.get(from);
        boolean fault = first.kind() == Kind.FAULT;
        List<Violation> here = verdict.all().stream()
                .filter(each -> each.at() >= from && each.at() < to)
                .toList();
        int lost =
                (int) here.stream().filter(each -> Verdict.isLoss(each.rule())).count();
        Map<String, String> homes = fault ? homes(events, from) : Map.of();
        Set<String> affected = new HashSet<>();
        homes.forEach((client, node) -> {
            if (steady.test(client) && concerns(first.subject(), node)) {
                affected.add(client);
            }
        });
        int count = affected.size();
        List<Event> phase = events.subList(from, to);
        return new Row(
                fault ? first.subject() : "none",
                phase.size(),
                (int) phase.stream()
                        .filter(each -> each.kind() == Kind.ACKNOWLEDGED)
                        .count(),
                lost,
                (int) verdict.repeats().stream()
                        .filter(at -> at >= from && at < to)
                        .count(),
                here.size() - lost,
                count,
                served(phase, affected),
                fault ? gap(phase, homes, first.subject()) : 0);
    }

    private static boolean concerns(String fault, String node) {
        boolean all = fault.startsWith(Fault.KILL_ALL.name());
        boolean ends = fault.startsWith("KILL")
                || fault.startsWith(Fault.TERMINATE.name())
                || fault.startsWith(Fault.ROLLING.name())
                || fault.startsWith(Fault.UPGRADE.name())
                || fault.startsWith(Fault.DOWNGRADE.name());
        return all || (ends && fault.endsWith(" " + node));
    }

    /** The node of each client that is connected. */
    private static Map<String, String> homes(List<Event> events, int until) {
        Map<String, String> homes = new TreeMap<>();
        Map<String, Integer> connections = new HashMap<>();
        for (Event event : events.subList(0, until)) {
            if (event.kind() == Kind.CONNECTED) {
                homes.put(event.client(), event.subject());
                connections.put(event.client(), event.connection());
            } else if (event.kind() == Kind.CLOSED
                    && connections.getOrDefault(event.client(), 0) == event.connection()) {
                homes.remove(event.client());
            }
        }
        return homes;
    }

    private static double served(List<Event> phase, Set<String> affected) {
        Set<String> waiting = new HashSet<>(affected);
        Set<Integer> fresh = new HashSet<>();
        long begin = phase.getFirst().nanos();
        long last = begin;
        for (Event event : phase) {
            if (event.kind() == Kind.CONNECTED && waiting.contains(event.client())) {
                fresh.add(event.connection());
            } else if ((event.kind() == Kind.DELIVERED || event.kind() == Kind.ACKNOWLEDGED)
                    && fresh.contains(event.connection())
                    && waiting.remove(event.client())) {
                last = event.nanos();
            }
        }
        return waiting.isEmpty() ? (last - begin) / NANOS : Double.POSITIVE_INFINITY;
    }

    /** Looks at the time until all nodes serve again. */
    private static double gap(List<Event> phase, Map<String, String> homes, String fault) {
        long last = phase.getFirst().nanos();
        long longest = 0;
        String hit = fault.substring(fault.lastIndexOf(' ') + 1);
        for (Event event : phase) {
            boolean healed = event.kind() == Kind.HEALED;
            boolean elsewhere = !hit.equals(homes.getOrDefault(event.client(), hit));
            if (healed || (elsewhere && event.kind() == Kind.ACKNOWLEDGED)) {
                longest = Math.max(longest, event.nanos() - last);
                last = event.nanos();
            }
            if (healed) {
                break;
            }
        }
        return longest / NANOS;
    }
}
