package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Event;
import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.cluster.Verdict.Rule;
import dev.skein.node.reliability.Sent;
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
 * Judges when wills came: that of a connection before the CONNACK of the next one of its client.
 *
 * <ul>
 *   <li>a clean session's connection that has got something which the client sent on the same topic after that CONNACK
 *       does not get the will any more;
 *   <li>a connection that was there at that CONNACK does not get it later than a moment after, faults aside: what waits
 *       for a persistent session may come by another way than what follows it.
 * </ul>
 */
final class WillRules {
    private static final long GRACE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long FAULT_NANOS = Duration.ofSeconds(30).toNanos();

    private final List<Event> events;
    private final Verdict verdict;
    private final Map<Integer, Connection> connections = new HashMap<>();
    private final Map<Sent, Connection> wills = new HashMap<>();
    private final Map<Sent, Connection> sent = new HashMap<>();
    private final Set<String> arrived = new HashSet<>();
    private long faultSince = -1;
    private long faultEdge = Long.MIN_VALUE;

    /** A connection; its number grows with each CONNECT of its client. */
    private static final class Connection {
        private final int number;
        private final String client;
        private final boolean clean;
        private long openedNanos = -1;
        /** What clients have sent that came here. */
        private final List<Sent> heard = new ArrayList<>();

        private Connection(int number, String client, boolean clean) {
            this.number = number;
            this.client = client;
            this.clean = clean;
        }

        boolean isOpen() {
            return openedNanos >= 0;
        }
    }

    WillRules(List<Event> events, Verdict verdict) {
        this.events = events;
        this.verdict = verdict;
    }

    void judge() {
        for (int at = 0; at < events.size(); at++) {
            Event event = events.get(at);
            if (event.kind() == Kind.END) {
                return;
            }
            Connection connection = connections.get(event.connection());
            switch (event.kind()) {
                case CONNECT ->
                    connections.put(
                            event.connection(), new Connection(event.connection(), event.client(), event.value() == 1));
                case WILL -> wills.put(message(event), Objects.requireNonNull(connection));
                case CONNECTED -> Objects.requireNonNull(connection).openedNanos = event.nanos();
                case SENT -> {
                    if (connection != null) {
                        sent.put(message(event), connection);
                    }
                }
                case DELIVERED -> {
                    if (connection != null && !event.again() && !event.retain()) {
                        onDelivered(connection, event, at);
                    }
                }
                case FAULT -> {
                    faultSince = event.nanos();
                    faultEdge = event.nanos();
                }
                case HEALED, OWN_END -> {
                    faultSince = -1;
                    faultEdge = event.nanos();
                }
                default -> {}
            }
        }
    }

    private static Sent message(Event event) {
        return Objects.requireNonNull(event.message());
    }

    private void onDelivered(Connection watcher, Event event, int at) {
        Sent message = message(event);
        String session = watcher.clean ? watcher.client + "#" + watcher.number : watcher.client;
        if (!arrived.add(session + " " + message.name())) {
            return; // what comes again says nothing of when it was published
        }
        Connection of = wills.get(message);
        if (of == null) {
            watcher.heard.add(message);
        } else if (of.isOpen()) {
            requireInTime(watcher, of, message, event.nanos(), at);
        }
    }

    private void requireInTime(Connection watcher, Connection of, Sent will, long nanos, int at) {
        Sent after = watcher.clean ? sentLater(watcher, of, will) : null;
        Connection next = next(of);
        String text = watcher.client + "#" + watcher.number + " got the will of " + of.client + "#" + of.number;
        if (after != null) {
            verdict.add(Rule.WILL_LATE, at, text + " after " + after + " of a later connection");
        } else if (next != null
                && watcher.openedNanos < next.openedNanos
                && nanos - next.openedNanos > GRACE_NANOS
                && !isExcused(nanos)) {
            verdict.add(Rule.WILL_LATE, at, text + " long after the CONNACK of #" + next.number);
        }
    }

    /** What the watcher has got that a later connection of the client has sent on the topic of the will. */
    private @Nullable Sent sentLater(Connection watcher, Connection of, Sent will) {
        return watcher.heard.stream()
                .filter(each -> each.topic().equals(will.topic()) && each.qos() == will.qos())
                .filter(each -> {
                    Connection by = sent.get(each);
                    return by != null && by.client.equals(of.client) && by.number > of.number;
                })
                .findFirst()
                .orElse(null);
    }

    /** The first connection of the client that was admitted after {@code of}. */
    private @Nullable Connection next(Connection of) {
        return connections.values().stream()
                .filter(each -> each.client.equals(of.client) && each.number > of.number && each.isOpen())
                .min((a, b) -> Long.compare(a.openedNanos, b.openedNanos))
                .orElse(null);
    }

    private boolean isExcused(long nanos) {
        boolean during = faultSince >= 0 && nanos - faultSince < FAULT_NANOS;
        return during || (faultEdge != Long.MIN_VALUE && nanos - faultEdge < GRACE_NANOS);
    }
}
