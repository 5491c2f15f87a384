package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Event;
import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.cluster.Trails.Ending;
import dev.skein.node.cluster.Trails.Fate;
import dev.skein.node.cluster.Trails.Line;
import dev.skein.node.cluster.Trails.Session;
import dev.skein.node.cluster.Trails.Subscription;
import dev.skein.node.cluster.Verdict.Rule;
import dev.skein.node.reliability.Sent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Says which promises a chronicle breaks; {@link Verdict.Rule} names them. */
final class Checker {
    /** A connection that outlives the acknowledgement by so long, or the run, must have got the message. */
    private static final long STAYED_NANOS = Duration.ofSeconds(30).toNanos();
    /** So long after the CONNACK of a newer connection, or after the end of a fault, an older one is silent. */
    private static final long GRACE_NANOS = Duration.ofSeconds(5).toNanos();
    /** So long after its begin, a fault excuses no connection any more that lives on the wrong side. */
    private static final long FAULT_NANOS = Duration.ofSeconds(30).toNanos();

    private static final int FAILURE = 0x80;

    private final List<Event> events;
    private final Verdict verdict = new Verdict();
    private final Map<Sent, Fate> fates = new LinkedHashMap<>();
    private final Map<Integer, Line> lines = new LinkedHashMap<>();
    private final Map<String, List<Line>> linesOf = new HashMap<>();
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private final Map<Sent, Map<Session, AtomicInteger>> willArrivals = new HashMap<>();
    private final List<Long> faultEdges = new ArrayList<>();
    private long faultSince = -1;
    private String faultNode = "";

    private Checker(List<Event> events) {
        this.events = events;
    }

    /** Judges a chronicle; one of a run that goes on has messages that have not arrived yet. */
    static Verdict verdict(List<Event> events) {
        Checker checker = new Checker(events);
        checker.read();
        checker.requireArrivals();
        checker.requireOneLive();
        checker.requireWills();
        new WillRules(events, checker.verdict).judge();
        new DelayedWillRules(events, checker.verdict).judge();
        new SharedRules(events, checker.verdict).judge();
        new ExpiryRules(events, checker.verdict).judge();
        new RetainedRules(events, checker.fates, checker.verdict).judge();
        return checker.verdict;
    }

    private void read() {
        for (int at = 0; at < events.size(); at++) {
            Event event = events.get(at);
            if (event.kind() == Kind.END) {
                return;
            }
            switch (event.kind()) {
                case CONNECT -> onConnect(event);
                case WILL -> onWill(event, at);
                case CONNECTED -> onConnected(event, at);
                case CUT -> ends(event, Ending.CUT);
                case DISCONNECT -> ends(event, Ending.ASKED);
                case CLOSED -> onClosed(event, at);
                case SUBSCRIBE, SUBACKED, UNSUBSCRIBE, UNSUBACKED -> onSubscription(event, at);
                case SENT -> fates.put(message(event), new Fate(at, event.connection()));
                case RESENT -> fate(message(event)).resent = true;
                case ACKNOWLEDGED -> onAcknowledged(event, at);
                case DELIVERED -> onDelivered(event, at);
                case STRANGE -> verdict.add(Rule.STRANGE, at, event.client() + " got " + event.subject());
                case PONG -> heard(event, at);
                case FAULT, HEALED, OWN_END -> onFault(event);
                case READ -> {} // RetainedRules
                case END -> throw new IllegalStateException();
            }
        }
    }

    private static Sent message(Event event) {
        return Objects.requireNonNull(event.message());
    }

    private Fate fate(Sent message) {
        return Objects.requireNonNull(fates.get(message), () -> "sent: never " + message);
    }

    private void onConnect(Event event) {
        Line line = new Line(event.connection(), event.client(), event.subject(), event.value() == 1);
        lines.put(event.connection(), line);
        linesOf.computeIfAbsent(event.client(), _ -> new ArrayList<>()).add(line);
    }

    private void onWill(Event event, int at) {
        Objects.requireNonNull(lines.get(event.connection())).will = message(event);
        fates.put(message(event), new Fate(at, event.connection()));
    }

    private void onConnected(Event event, int at) {
        Line line = Objects.requireNonNull(lines.get(event.connection()));
        line.opened = at;
        line.openedNanos = event.nanos();
        line.heardNanos = event.nanos();
        if (line.clean) {
            sessions.put(key(line), new Session(line.client + "#" + line.number, line));
        } else if (sessions.putIfAbsent(key(line), new Session(line.client, null)) != null && event.value() == 0) {
            verdict.add(Rule.SESSION_GONE, at, line.client + " on " + line.node);
        }
    }

    private static String key(Line line) {
        return line.clean ? line.client + "#" + line.number : line.client;
    }

    private @Nullable Session session(Event event) {
        Line line = lines.get(event.connection());
        return line == null ? null : sessions.get(key(line));
    }

    private void ends(Event event, Ending ending) {
        Line line = lines.get(event.connection());
        if (line != null && line.ending == Ending.NONE) {
            line.ending = ending;
        }
    }

    private void onClosed(Event event, int at) {
        ends(event, Ending.CUT);
        Line line = lines.get(event.connection());
        if (line != null) {
            line.closed = at;
            line.closedNanos = event.nanos();
            line.closedInFault = line.node.equals(faultNode);
        }
    }

    private void onSubscription(Event event, int at) {
        heard(event, at);
        Session session = session(event);
        if (session == null) {
            return; // asked without a connection
        }
        Subscription last = session.last(event.subject());
        switch (event.kind()) {
            case SUBSCRIBE -> session.subscriptions.add(new Subscription(event.subject(), event.value(), at));
            case SUBACKED -> {
                if (event.value() >= FAILURE) {
                    verdict.add(Rule.REFUSED, at, session.name + " " + event.subject());
                } else if (last != null) {
                    last.granted = at;
                }
            }
            case UNSUBSCRIBE ->
                session.subscriptions.stream()
                        .filter(each -> each.filter.equals(event.subject()) && each.givenUp < 0)
                        .forEach(each -> each.givenUp = at);
            default ->
                session.subscriptions.stream()
                        .filter(each -> each.filter.equals(event.subject()) && each.gone < 0)
                        .forEach(each -> each.gone = at);
        }
    }

    private void onAcknowledged(Event event, int at) {
        heard(event, at);
        Fate fate = fate(message(event));
        fate.acknowledged = at;
        fate.acknowledgedNanos = event.nanos();
    }

    private void onFault(Event event) {
        switch (event.kind()) {
            case FAULT -> {
                faultSince = event.nanos();
                faultNode = event.subject().substring(event.subject().lastIndexOf(' ') + 1);
            }
            default -> {
                faultSince = -1;
                faultNode = "";
            }
        }
        faultEdges.add(event.nanos());
    }

    /** A packet came on a connection; too late when a newer one of its client has been there for long. */
    private void heard(Event event, int at) {
        Line line = lines.get(event.connection());
        if (line == null || line.opened < 0) {
            return;
        }
        line.heardNanos = event.nanos();
        if (line.late >= 0 || isExcused(event.nanos())) {
            return;
        }
        for (Line other : linesOf.getOrDefault(line.client, List.of()).reversed()) {
            if (other.opened > line.opened && event.nanos() - other.openedNanos > GRACE_NANOS) {
                line.late = at;
                return;
            }
        }
    }

    private boolean isExcused(long nanos) {
        boolean during = faultSince >= 0 && nanos - faultSince < FAULT_NANOS;
        return during || (!faultEdges.isEmpty() && nanos - faultEdges.getLast() < GRACE_NANOS);
    }

    private void onDelivered(Event event, int at) {
        heard(event, at);
        Session session = session(event);
        Sent message = message(event);
        if (session == null || event.again() || event.retain()) {
            return; // the client has it already; or it is a retained message, which has no place in the order
        }
        Line line = Objects.requireNonNull(lines.get(event.connection()));
        requireSubscribed(session, event, at);
        boolean againHere = event.qos() > 0 && !line.delivered.add(message);
        if (line(message) != null) {
            onWillDelivered(session, message);
            return;
        }
        Integer before = session.arrived.putIfAbsent(message, event.qos());
        if (before != null) {
            onRepeat(session, event, at, before, againHere);
        } else if (session.subscriptions.stream().allMatch(each -> each.isShared() || !each.matches(message))) {
            return; // members that leave hand on what they have, so there is no order; SharedRules
        } else if (!fate(message).resent || (message.qos() == 2 && wasThere(session, message))) {
            // Else it may be a second copy, and the first one for a client that subscribed between the two.
            requireOrder(session, event, at);
        }
    }

    /** Whether a subscription brought the session what was sent when {@code message} was sent first. */
    private boolean wasThere(Session session, Sent message) {
        Fate fate = fate(message);
        return session.subscriptions.stream().anyMatch(each -> each.matches(message) && each.isHeldAt(fate.sent));
    }

    private void onRepeat(Session session, Event event, int at, int before, boolean againHere) {
        Sent message = message(event);
        String what = session.name + "#" + event.connection() + " got " + message;
        if (before == 2 || event.qos() == 2) {
            verdict.add(Rule.TWICE_AT_QOS_2, at, what);
            return;
        }
        verdict.repeat(at);
        if (againHere && event.qos() == 1 && !event.dup() && !fate(message).resent) {
            verdict.add(Rule.TWICE_AT_QOS_1, at, what);
        }
    }

    private void requireOrder(Session session, Event event, int at) {
        Sent message = message(event);
        Fate fate = fate(message);
        // At QoS 0 what is on its way to a session may come after it was on another node in between.
        String here = message.qos() == 0 ? " " + event.connection() : "";
        String line = fate.connection + " " + message.publisher() + " " + message.qos() + " " + message.topic() + here;
        Long latest = session.latest.merge(line, message.number(), Math::max);
        if (latest > message.number()) {
            verdict.add(Rule.ORDER, at, session.name + " got " + message + " after number " + latest);
        }
    }

    private void requireSubscribed(Session session, Event event, int at) {
        Sent message = message(event);
        Fate fate = fate(message);
        boolean brought = false;
        boolean gone = false;
        boolean qosFits = false;
        for (Subscription each : session.subscriptions) {
            if (each.matches(message)) {
                boolean brings = each.mayBring(fate, at);
                brought |= brings;
                gone |= !brings;
                qosFits |= brings && event.qos() == Math.min(message.qos(), each.qos);
                if (each.firstDelivery < 0 && each.granted >= 0) {
                    each.firstDelivery = at;
                }
            }
        }
        if (!brought) {
            Rule rule = gone ? Rule.AFTER_UNSUBACK : Rule.NOT_SUBSCRIBED;
            verdict.add(rule, at, session.name + " got " + message + ", sent at " + fate.sent);
        } else if (!qosFits) {
            verdict.add(Rule.WRONG_QOS, at, session.name + " got " + message + " at QoS " + event.qos());
        }
    }

    /** Whatever was acknowledged arrived where it had to. */
    private void requireArrivals() {
        for (Session session : sessions.values()) {
            fates.forEach((message, fate) -> {
                boolean expires = Terms.expirySeconds(message.topic()) > 0;
                if (fate.acknowledged >= 0 && message.size() > 0 && !expires && !session.arrived.containsKey(message)) {
                    requireArrival(session, message, fate);
                }
            });
        }
    }

    private void requireArrival(Session session, Sent message, Fate fate) {
        for (Subscription each : session.subscriptions) {
            if (!each.isShared()
                    && Math.min(each.qos, message.qos()) > 0
                    && each.covers(fate)
                    && each.matches(message)) {
                Line line = session.line;
                String text = session.name + " never got " + message + ", sent at " + fate.sent;
                if (line == null) {
                    verdict.add(Rule.LOST, fate.acknowledged, text);
                    return;
                } else if (stayed(line, fate)) {
                    boolean silent = each.firstDelivery < 0 || each.firstDelivery > fate.sent;
                    Rule rule = silent ? Rule.SUBACK_UNTRUE : Rule.LOST_LIVE;
                    verdict.add(rule, fate.acknowledged, text + "; SUBACK at " + each.granted + " on " + line.node);
                    return;
                }
            }
        }
    }

    private boolean stayed(Line line, Fate fate) {
        return line.closed < 0 || line.closedNanos - fate.acknowledgedNanos > STAYED_NANOS;
    }

    private void requireOneLive() {
        for (List<Line> all : linesOf.values()) {
            for (Line line : all) {
                Line newer = line.late < 0 ? null : newerThan(line, all);
                if (newer != null) {
                    verdict.add(
                            Rule.TWO_LIVE,
                            line.late,
                            line.client + "#" + line.number + " on " + line.node + " and #" + newer.number + " on "
                                    + newer.node);
                }
            }
        }
    }

    /** A connection that was opened later, and lived on when the older one had no right to any more. */
    private static @Nullable Line newerThan(Line line, List<Line> all) {
        return all.stream()
                .filter(other -> other.opened > line.opened && other.heardNanos > other.openedNanos + GRACE_NANOS)
                .findFirst()
                .orElse(null);
    }

    /** The connection whose will it is. */
    private @Nullable Line line(Sent message) {
        Line line = lines.get(fate(message).connection);
        return line != null && message.equals(line.will) ? line : null;
    }

    private void onWillDelivered(Session session, Sent will) {
        willArrivals
                .computeIfAbsent(will, _ -> new HashMap<>())
                .computeIfAbsent(session, _ -> new AtomicInteger())
                .incrementAndGet();
    }

    private void requireWills() {
        for (Line line : lines.values()) {
            if (line.will != null) {
                for (Session session : sessions.values()) {
                    requireWill(line, line.will, session);
                }
            }
        }
    }

    private void requireWill(Line line, Sent will, Session watcher) {
        Fate fate = fate(will);
        boolean watched = watcher.line == null
                && watcher.subscriptions.stream()
                        .anyMatch(each -> each.granted >= 0 && each.granted < fate.sent && each.matches(will));
        if (!watched) {
            return;
        }
        AtomicInteger arrivals = willArrivals.getOrDefault(will, Map.of()).get(watcher);
        int count = arrivals == null ? 0 : arrivals.get();
        String text = watcher.name + " got the will of " + line.client + "#" + line.number + " on " + line.node + " "
                + count + " times";
        boolean open = line.closed < 0;
        boolean delayed = Terms.willDelaySeconds(will.topic()) > 0; // DelayedWillRules
        if (count > 1) {
            verdict.add(Rule.WILL_TWICE, fate.sent, text);
        } else if (line.opened >= 0 && !open && line.ending == Ending.CUT && count == 0 && !delayed) {
            verdict.add(Rule.WILL_LOST, line.closed, text);
        } else if (count == 1 && line.opened >= 0 && (open || line.ending == Ending.ASKED) && !isNearFault(line)) {
            verdict.add(Rule.WILL_UNASKED, fate.sent, text);
        }
    }

    /**
     * A DISCONNECT that a fault swallows was never said; one to the node that is hit may be lost until it is healed.
     */
    private boolean isNearFault(Line line) {
        return line.closed >= 0
                && (line.closedInFault
                        || faultEdges.stream().anyMatch(edge -> Math.abs(edge - line.closedNanos) < GRACE_NANOS));
    }
}
