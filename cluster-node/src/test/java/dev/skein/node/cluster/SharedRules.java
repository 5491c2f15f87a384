package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Event;
import dev.skein.node.cluster.Verdict.Rule;
import dev.skein.node.reliability.Sent;
import dev.skein.protocol.topic.SharedFilters;
import dev.skein.protocol.topic.TopicFilters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges shared subscriptions: what is acknowledged reaches a member, and only one, unless that one goes before it has
 * acknowledged the message, its publisher repeats it or a node is lost. A group must have a persistent member all the
 * time, and its members no other subscription to its topics.
 */
final class SharedRules {
    private final List<Event> events;
    private final Verdict verdict;
    private final FaultTimes faults;
    /** Client IDs that have subscribed, by filter. */
    private final Map<String, Set<String>> groups = new LinkedHashMap<>();

    private final Map<Sent, Story> stories = new LinkedHashMap<>();
    private final Map<Integer, Long> closed = new HashMap<>();

    private record Arrival(int at, String client, int connection, long nanos) {}

    private static final class Story {
        private final long sent;
        private int acknowledged = -1;
        private boolean resent;
        private final List<Arrival> arrivals = new ArrayList<>();

        private Story(long sent) {
            this.sent = sent;
        }
    }

    SharedRules(List<Event> events, Verdict verdict) {
        this.events = events;
        this.verdict = verdict;
        this.faults = new FaultTimes(events);
    }

    void judge() {
        read();
        groups.forEach((filter, members) -> stories.forEach((message, story) -> {
            if (TopicFilters.matches(SharedFilters.matched(filter), message.topic())) {
                judge(filter, members, message, story);
            }
        }));
    }

    private void read() {
        for (int at = 0; at < events.size(); at++) {
            Event event = events.get(at);
            Sent message = event.message();
            Story story = message == null ? null : stories.get(message);
            switch (event.kind()) {
                case END -> {
                    return;
                }
                case SUBACKED -> {
                    if (SharedFilters.isShared(event.subject())) {
                        groups.computeIfAbsent(event.subject(), _ -> new HashSet<>())
                                .add(event.client());
                    }
                }
                case CLOSED -> closed.put(event.connection(), event.nanos());
                case SENT -> {
                    if (message != null) {
                        stories.put(message, new Story(event.nanos()));
                    }
                }
                case RESENT -> {
                    if (story != null) {
                        story.resent = true;
                    }
                }
                case ACKNOWLEDGED -> {
                    if (story != null) {
                        story.acknowledged = at;
                    }
                }
                case DELIVERED -> {
                    if (story != null && !event.again() && !event.retain()) {
                        story.arrivals.add(new Arrival(at, event.client(), event.connection(), event.nanos()));
                    }
                }
                default -> {}
            }
        }
    }

    private void judge(String filter, Set<String> members, Sent message, Story story) {
        List<Arrival> arrivals = story.arrivals.stream()
                .filter(each -> members.contains(each.client()))
                .toList();
        if (arrivals.isEmpty()) {
            if (story.acknowledged >= 0 && message.qos() > 0) {
                verdict.add(Rule.SHARED_LOST, story.acknowledged, "no member of " + filter + " got " + message);
            }
            return;
        }
        Arrival first = arrivals.getFirst();
        for (Arrival next : arrivals) {
            boolean left = closed.getOrDefault(first.connection(), Long.MAX_VALUE) <= next.nanos();
            if (!next.client().equals(first.client())
                    && !left
                    && !story.resent
                    && !faults.touch(story.sent, next.nanos())) {
                verdict.add(
                        Rule.SHARED_TWICE,
                        next.at(),
                        next.client() + " got " + message + ", which " + first.client() + "#" + first.connection()
                                + " has");
            }
            first = next.client().equals(first.client()) ? next : first;
        }
    }
}
