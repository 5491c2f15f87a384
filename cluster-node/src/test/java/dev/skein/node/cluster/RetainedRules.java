package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Event;
import dev.skein.node.cluster.Trails.Fate;
import dev.skein.node.cluster.Verdict.Rule;
import dev.skein.node.reliability.Sent;
import dev.skein.protocol.topic.TopicFilters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges what fresh subscriptions found retained, and what came live with it. Each topic has one publisher, so that its
 * messages have an order:
 *
 * <ul>
 *   <li>what was acknowledged before SUBSCRIBE was sent is found, or something that was published later;
 *   <li>what was never acknowledged may take effect late, also after its publisher has gone on with another connection;
 *   <li>nothing retained comes after a live message that is as new or newer, and no older live one after it;
 *   <li>when UNSUBACK comes, the subscription was shown what was acknowledged before UNSUBSCRIBE, or something newer;
 *       UNSUBSCRIBE may come before anything of a topic was shown, and ends that [MQTT-3.10.4-2]: then it counts what
 *       was acknowledged before SUBSCRIBE or sent after SUBACK;
 *   <li>at the end everybody finds the same.
 * </ul>
 */
final class RetainedRules {
    /** So long after it was sent, what its publisher has left behind unacknowledged takes no effect any more. */
    private static final long LATE_NANOS = Duration.ofSeconds(60).toNanos();

    /** So long after a fault, nodes may still have different views of the cluster. */
    private static final long CALM_NANOS = Duration.ofSeconds(15).toNanos();

    private final List<Event> events;
    private final Map<Sent, Fate> fates;
    private final Verdict verdict;
    private final Map<String, List<Sent>> topics = new HashMap<>();
    private final Map<Integer, Reading> readings = new HashMap<>();
    private final Map<String, Found> agreed = new HashMap<>();
    private boolean fault;
    /** Since when there was no fault. */
    private long calmSince = -CALM_NANOS;

    /** One fresh subscription. */
    private static final class Reading {
        private final int asked;
        private final String filter;
        /** Topics on which something came, retained or not. */
        private final Set<String> heard = new HashSet<>();
        /** By topic. */
        private final Map<String, Sent> retained = new HashMap<>();
        /** By topic: the newest that came live. */
        private final Map<String, Sent> live = new HashMap<>();

        private final boolean calm;
        private int granted = Integer.MAX_VALUE;
        private int givenUp = -1;

        private Reading(int asked, String filter, boolean calm) {
            this.calm = calm;
            this.asked = asked;
            this.filter = filter;
        }
    }

    /** What was found at the end, and where. */
    private record Found(@Nullable Sent message, String reader) {}

    RetainedRules(List<Event> events, Map<Sent, Fate> fates, Verdict verdict) {
        this.events = events;
        this.fates = fates;
        this.verdict = verdict;
        for (Sent message : fates.keySet()) {
            if (message.retain()) {
                topics.computeIfAbsent(message.topic(), _ -> new ArrayList<>()).add(message);
            }
        }
    }

    void judge() {
        for (int at = 0; at < events.size(); at++) {
            Event event = events.get(at);
            switch (event.kind()) {
                case SUBSCRIBE -> readings.put(event.connection(), new Reading(at, event.subject(), isCalm(event)));
                case SUBACKED -> {
                    Reading reading = readings.get(event.connection());
                    if (reading != null) {
                        reading.granted = at;
                    }
                }
                case UNSUBSCRIBE -> {
                    Reading reading = readings.get(event.connection());
                    if (reading != null) {
                        reading.givenUp = at;
                    }
                }
                case UNSUBACKED -> onUnsubscribed(event, at);
                case FAULT -> fault = true;
                case HEALED -> {
                    fault = false;
                    calmSince = event.nanos();
                }
                case DELIVERED -> onDelivered(event, at);
                case READ -> onRead(event, at);
                case END -> {
                    return;
                }
                default -> {
                    // of no interest here
                }
            }
        }
    }

    private void onDelivered(Event event, int at) {
        Sent message = Objects.requireNonNull(event.message());
        Reading reading = readings.get(event.connection());
        if (reading == null || !message.retain()) {
            return;
        }
        reading.heard.add(message.topic());
        if (!event.retain()) {
            onLive(reading, message, event, at);
            return;
        }
        reading.retained.put(message.topic(), message);
        Sent live = reading.live.get(message.topic());
        if (live != null && !event.dup() && message.number() <= live.number() && !mayBeLate(message, live, at)) {
            verdict.add(
                    Rule.RETAINED_AFTER_LIVE, at, reader(event) + " got " + message + " retained after live " + live);
        }
        Sent last = lastAcknowledged(message.topic(), reading.asked);
        if (last != null && message.number() < last.number() && !mayBeLate(message, last, at)) {
            Rule rule = last.size() == 0 ? Rule.RETAINED_CLEARED : Rule.RETAINED_OLD;
            verdict.add(
                    rule, at, reader(event) + " found " + message + ", asked at " + reading.asked + " after " + last);
        }
    }

    private void onLive(Reading reading, Sent message, Event event, int at) {
        reading.live.merge(message.topic(), message, (one, other) -> one.number() > other.number() ? one : other);
        Sent retained = reading.retained.get(message.topic());
        if (retained != null
                && message.number() < retained.number()
                && !fate(message).resent
                && !mayBeLate(message, retained, at)) {
            verdict.add(
                    Rule.LIVE_BEHIND_RETAINED,
                    at,
                    reader(event) + " got " + message + " live after " + retained + " retained");
        }
    }

    private boolean isCalm(Event event) {
        return !fault && event.nanos() - calmSince > CALM_NANOS;
    }

    private void onUnsubscribed(Event event, int at) {
        Reading reading = readings.remove(event.connection());
        if (reading == null
                || !reading.filter.equals(event.subject())
                || reading.givenUp < 0
                || !reading.calm
                || !isCalm(event)) {
            return;
        }
        for (String topic : topics.keySet()) {
            Sent last = TopicFilters.matches(reading.filter, topic) ? lastDue(topic, reading) : null;
            if (last != null && last.size() > 0 && !wasShown(reading, last) && !mayBeCleared(last, at)) {
                verdict.add(
                        Rule.LAST_VALUE_OLD,
                        at,
                        reader(event) + " has not got " + last + ", asked at " + reading.asked + ", gave up at "
                                + reading.givenUp);
            }
        }
    }

    /** What has to be shown before UNSUBACK, it or something newer. */
    private @Nullable Sent lastDue(String topic, Reading reading) {
        return topics.getOrDefault(topic, List.of()).reversed().stream()
                .filter(each -> isAcknowledged(each, reading.givenUp))
                .filter(each -> reading.heard.contains(topic)
                        || isAcknowledged(each, reading.asked)
                        || fate(each).sent > reading.granted)
                .findFirst()
                .orElse(null);
    }

    /** It, or something newer. */
    private static boolean wasShown(Reading reading, Sent last) {
        Sent retained = reading.retained.get(last.topic());
        Sent live = reading.live.get(last.topic());
        return isAsNew(retained, last) || isAsNew(live, last);
    }

    private static boolean isAsNew(@Nullable Sent shown, Sent last) {
        return shown != null && shown.number() >= last.number();
    }

    private static String reader(Event event) {
        return event.client() + "#" + event.connection();
    }

    private Fate fate(Sent message) {
        return Objects.requireNonNull(fates.get(message));
    }

    private @Nullable Sent lastAcknowledged(String topic, int before) {
        return topics.getOrDefault(topic, List.of()).reversed().stream()
                .filter(each -> isAcknowledged(each, before))
                .findFirst()
                .orElse(null);
    }

    private boolean isAcknowledged(Sent message, int before) {
        int at = fate(message).acknowledged;
        return at >= 0 && at < before;
    }

    /** Its publisher has never heard of it, and sent {@code later} by another connection soon after. */
    private boolean mayBeLate(Sent message, Sent later, int at) {
        Fate fate = fate(message);
        return !isAcknowledged(message, at)
                && fate.connection != fate(later).connection
                && fate(later).acknowledgedNanos - events.get(fate.sent).nanos() < LATE_NANOS;
    }

    private void onRead(Event event, int at) {
        Reading reading = readings.get(event.connection());
        if (reading == null || !reading.filter.equals(event.subject())) {
            return;
        }
        for (String topic : topics.keySet()) {
            if (TopicFilters.matches(reading.filter, topic)) {
                requireThere(reading, topic, event, at);
                if (event.value() == 1) {
                    requireSame(reading, topic, event, at);
                }
            }
        }
    }

    private void requireThere(Reading reading, String topic, Event event, int at) {
        Sent last = lastAcknowledged(topic, reading.asked);
        if (last != null && last.size() > 0 && !reading.heard.contains(topic) && !mayBeCleared(last, at)) {
            verdict.add(
                    Rule.RETAINED_MISSING,
                    at,
                    reader(event) + " found nothing, asked at " + reading.asked + " after " + last);
        }
    }

    private boolean mayBeCleared(Sent last, int at) {
        return Objects.requireNonNull(topics.get(last.topic())).stream()
                .filter(each -> each.size() == 0 && fate(each).sent < at)
                .anyMatch(each -> each.number() > last.number() || mayBeLate(each, last, at));
    }

    private void requireSame(Reading reading, String topic, Event event, int at) {
        Found here = new Found(reading.retained.get(topic), reader(event));
        Found before = agreed.putIfAbsent(topic, here);
        if (before != null && !Objects.equals(before.message(), here.message())) {
            verdict.add(Rule.RETAINED_DIFFERS, at, topic + ": " + before + " and " + here);
        }
    }
}
