package dev.skein.node.reliability;

import dev.skein.node.reliability.History.Event;
import dev.skein.node.reliability.History.Kind;
import dev.skein.protocol.topic.P2pTopics;
import dev.skein.protocol.topic.TopicFilters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a history keeps the promises:
 *
 * <ol>
 *   <li>what was acknowledged arrives at each persistent session whose subscription was acknowledged before it was sent
 *       and was not given up before its acknowledgement;
 *   <li>what one publisher sends on one topic at one QoS arrives in that order, repeats aside;
 *   <li>at QoS 2 it arrives once;
 *   <li>nothing arrives that was not sent, or that was not subscribed, or at a QoS that was not asked for;
 *   <li>a session that was there is present;
 *   <li>a retained message is no older than the last one acknowledged.
 * </ol>
 */
final class Judge {
    private static final int SHOWN = 50;

    private final List<Event> events;
    private final Map<Sent, Fate> fates = new LinkedHashMap<>();
    private final Map<String, List<Subscription>> subscriptions = new LinkedHashMap<>();
    private final Map<String, Map<Sent, Integer>> arrived = new HashMap<>();
    private final Map<String, List<Sent>> retained = new HashMap<>();
    private final Map<Line, Long> lastInLine = new HashMap<>();
    private final Set<String> present = new HashSet<>();
    private final Set<Sent> resent = new HashSet<>();
    private final List<String> violations = new ArrayList<>();
    private final Map<Kind, Integer> counts = new HashMap<>();
    private int violationCount;
    private int repeats;
    private int lost;

    /** Places in the history; -1 for never. */
    private static final class Fate {
        private final int sent;
        private int acknowledged = -1;

        private Fate(int sent) {
            this.sent = sent;
        }
    }

    private static final class Subscription {
        private final String filter;
        private final int qos;
        private final int asked;
        private int granted = -1;
        private int givenUp = -1;
        private int gone = -1;

        private Subscription(String filter, int qos, int asked) {
            this.filter = filter;
            this.qos = qos;
            this.asked = asked;
        }

        /** P2P messages reach their client, and nobody else. */
        private boolean matches(Sent message) {
            return P2pTopics.target(message.topic()) == null
                    ? TopicFilters.matches(filter, message.topic())
                    : filter.equals(message.topic());
        }

        private boolean coversAll(Fate fate) {
            return granted >= 0 && granted < fate.sent && (givenUp < 0 || givenUp > fate.acknowledged);
        }

        private boolean mayBring(Fate fate, int deliveredAt) {
            return asked < deliveredAt && (gone < 0 || fate.sent < gone);
        }
    }

    /** What has an order. */
    private record Line(String client, String publisher, String topic, int qos) {}

    /**
     * Figures of a history, and what is wrong with it.
     *
     * @param operations lines of the history
     * @param sent messages published
     * @param acknowledged of them
     * @param delivered deliveries, repeats included
     * @param lost acknowledged messages that did not arrive, counted for each session
     * @param repeats deliveries at QoS 1 of what was delivered before
     * @param violations everything that breaks a promise, in words; the first {@value SHOWN}
     */
    record Verdict(
            int operations, int sent, int acknowledged, int delivered, int lost, int repeats, List<String> violations) {
        @Override
        public String toString() {
            return operations + " operations, " + sent + " sent, " + acknowledged + " acknowledged, " + delivered
                    + " delivered, " + lost + " lost, " + repeats + " repeats at QoS 1, " + violations.size()
                    + " violations";
        }
    }

    private Judge(List<Event> events) {
        this.events = events;
    }

    /** Judges a history; a run that goes on has messages that have not arrived yet. */
    static Verdict verdict(List<Event> events) {
        Judge judge = new Judge(events);
        judge.read();
        judge.requireArrivals();
        return new Verdict(
                events.size(),
                judge.count(Kind.SENT),
                judge.count(Kind.ACKNOWLEDGED),
                judge.count(Kind.DELIVERED),
                judge.lost,
                judge.repeats,
                judge.violations);
    }

    private int count(Kind kind) {
        return counts.getOrDefault(kind, 0);
    }

    private void violation(String text) {
        violationCount++;
        if (violationCount <= SHOWN) {
            violations.add(text);
        }
    }

    private void read() {
        for (int at = 0; at < events.size(); at++) {
            Event event = events.get(at);
            counts.merge(event.kind(), 1, Integer::sum);
            switch (event.kind()) {
                case CONNECTED -> onConnected(event, at);
                case SUBSCRIBE -> of(event.client()).add(new Subscription(event.subject(), event.value(), at));
                case SUBACKED -> onSuback(event, at);
                case UNSUBSCRIBE -> onUnsubscribe(event, at, false);
                case UNSUBACKED -> onUnsubscribe(event, at, true);
                case SENT -> onSent(message(event), at);
                case ACKNOWLEDGED -> fate(message(event)).acknowledged = at;
                case DELIVERED -> onDelivered(event, at);
                case STRANGE -> violation(at + ": " + event.client() + " got what nobody sent: " + event.subject());
                case OBSERVE -> onObserve(event, at);
                case RESENT -> resent.add(message(event));
                case CONNECTED_CLEAN, CUT, DOWN, UP, OBSERVED -> {}
            }
        }
    }

    private static Sent message(Event event) {
        return Objects.requireNonNull(event.message());
    }

    private Fate fate(Sent message) {
        return Objects.requireNonNull(fates.get(message));
    }

    private List<Subscription> of(String client) {
        return subscriptions.computeIfAbsent(client, _ -> new ArrayList<>());
    }

    private void onConnected(Event event, int at) {
        boolean first = present.add(event.client());
        if (!first && event.value() == 0) {
            violation(at + ": the session of " + event.client() + " is gone");
        }
    }

    private void onSuback(Event event, int at) {
        Subscription last = last(event.client(), event.subject());
        if (last == null || event.value() > 2) {
            violation(at + ": " + event.client() + " may not subscribe to " + event.subject());
        } else {
            last.granted = at;
        }
    }

    private void onUnsubscribe(Event event, int at, boolean acknowledged) {
        for (Subscription each : of(event.client())) {
            if (each.filter.equals(event.subject()) && each.gone < 0) {
                if (acknowledged) {
                    each.gone = at;
                } else if (each.givenUp < 0) {
                    each.givenUp = at;
                }
            }
        }
    }

    private @Nullable Subscription last(String client, String filter) {
        return of(client).reversed().stream()
                .filter(each -> each.filter.equals(filter))
                .findFirst()
                .orElse(null);
    }

    private void onSent(Sent message, int at) {
        fates.put(message, new Fate(at));
        if (message.retain()) {
            retained.computeIfAbsent(message.topic(), _ -> new ArrayList<>()).add(message);
        }
    }

    private void onDelivered(Event event, int at) {
        Sent message = message(event);
        if (event.again() || event.retain()) {
            return; // the client has it already; or it is a retained message, which has no place in the order
        }
        requireSubscribed(event, at);
        Map<Sent, Integer> seen = arrived.computeIfAbsent(event.client(), _ -> new HashMap<>());
        Integer before = seen.putIfAbsent(message, event.qos());
        if (before != null) {
            if (before == 2 || event.qos() == 2) {
                violation(at + ": " + event.client() + " got " + message + " twice at QoS 2");
            }
            repeats++;
            return;
        }
        if (message.qos() == 1 && resent.contains(message)) {
            return; // a second copy, and the first one for a client that subscribed between the two
        }
        Line line = new Line(event.client(), message.publisher(), message.topic(), message.qos());
        Long last = lastInLine.put(line, message.number());
        if (last != null && last > message.number()) {
            violation(at + ": " + event.client() + " got " + message + " after number " + last);
        }
    }

    private void requireSubscribed(Event event, int at) {
        Sent message = message(event);
        Fate fate = fate(message);
        boolean qosFits = false;
        for (Subscription each : of(event.client())) {
            if (each.matches(message) && each.mayBring(fate, at)) {
                qosFits |= event.qos() == Math.min(message.qos(), each.qos);
            }
        }
        if (!qosFits) {
            violation(at + ": " + event.client() + " got " + message + " at QoS " + event.qos()
                    + " without a subscription that brings it");
        }
    }

    private void onObserve(Event begin, int at) {
        Map<String, Sent> seen = new HashMap<>();
        int end = at;
        for (int i = at + 1; i < events.size() && end == at; i++) {
            Event event = events.get(i);
            if (event.client().equals(begin.client())) {
                // One that is overwritten at that moment comes live, which serves as well.
                if (event.kind() == Kind.DELIVERED && message(event).retain()) {
                    seen.put(message(event).topic(), message(event));
                } else if (event.kind() == Kind.OBSERVED) {
                    end = i;
                }
            }
        }
        // What was sent after the observation has no fate yet; it is not needed: it cannot be older than the last one.
        for (Map.Entry<String, List<Sent>> topic : retained.entrySet()) {
            observe(begin.client(), at, end, topic.getValue(), seen.get(topic.getKey()));
        }
    }

    private void observe(String client, int at, int end, List<Sent> sent, @Nullable Sent seen) {
        int floor = -1;
        for (int i = 0; i < sent.size(); i++) {
            if (fate(sent.get(i)).acknowledged >= 0) {
                floor = i;
            }
        }
        if (floor < 0) {
            return;
        }
        if (seen != null) {
            int place = sent.indexOf(seen);
            if (place >= 0 && place < floor) {
                violation(at + ": " + client + " found " + seen + " retained, older than " + sent.get(floor));
            }
            return;
        }
        boolean mayBeGone = sent.subList(floor, sent.size()).stream().anyMatch(each -> each.size() == 0)
                || clearedBetween(sent.getFirst().topic(), at, end);
        if (!mayBeGone) {
            violation(at + ": " + client + " found nothing retained on "
                    + sent.getFirst().topic() + ", expected: " + sent.get(floor) + " or newer");
        }
    }

    private boolean clearedBetween(String topic, int at, int end) {
        return events.subList(at, end).stream()
                .anyMatch(event -> event.kind() == Kind.SENT
                        && message(event).size() == 0
                        && message(event).topic().equals(topic));
    }

    /** Whatever was acknowledged arrived where it had to. */
    private void requireArrivals() {
        for (Map.Entry<String, List<Subscription>> session : subscriptions.entrySet()) {
            if (!present.contains(session.getKey())) {
                continue; // a clean session keeps nothing
            }
            Map<Sent, Integer> seen = arrived.getOrDefault(session.getKey(), Map.of());
            fates.forEach((message, fate) -> {
                if (fate.acknowledged >= 0
                        && message.size() > 0
                        && !seen.containsKey(message)
                        && session.getValue().stream()
                                .anyMatch(each -> each.coversAll(fate) && each.matches(message))) {
                    lost++;
                    violation(fate.acknowledged + ": " + session.getKey() + " never got " + message);
                }
            });
        }
    }
}
