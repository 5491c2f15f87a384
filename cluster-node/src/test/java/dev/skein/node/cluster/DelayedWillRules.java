package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Event;
import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.cluster.Verdict.Rule;
import dev.skein.node.reliability.Sent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges wills with a delay, as persistent sessions get them: not before it has passed, and not at all when the client
 * is back by then; else once.
 */
final class DelayedWillRules {
    /** A node may see the end of a connection, or a CONNECT, so much later than its client. */
    private static final long MARGIN_NANOS = Duration.ofMillis(500).toNanos();

    private static final long LATE_NANOS = Duration.ofSeconds(10).toNanos();

    private final List<Event> events;
    private final Verdict verdict;
    private final FaultTimes faults;
    private final Map<Integer, Connection> connections = new LinkedHashMap<>();
    /** When a will came first. */
    private final Map<Sent, Long> arrived = new HashMap<>();

    private long end;

    private static final class Connection {
        private final int number;
        private final String client;
        private long opened = -1;
        private long closed = -1;
        private boolean asked;
        private @Nullable Sent will;

        private Connection(int number, String client) {
            this.number = number;
            this.client = client;
        }
    }

    DelayedWillRules(List<Event> events, Verdict verdict) {
        this.events = events;
        this.verdict = verdict;
        this.faults = new FaultTimes(events);
    }

    void judge() {
        List<Integer> closings = read();
        for (int at : closings) {
            Connection of = connections.get(events.get(at).connection());
            if (of != null && of.will != null && of.opened >= 0 && !of.asked) {
                judge(of, of.will, at);
            }
        }
    }

    /** Places of ends of connections. */
    private List<Integer> read() {
        List<Integer> closings = new ArrayList<>();
        for (int at = 0; at < events.size(); at++) {
            Event event = events.get(at);
            if (event.kind() == Kind.END) {
                break;
            }
            end = event.nanos();
            Sent message = event.message();
            Connection of = connections.get(event.connection());
            if (event.kind() == Kind.CONNECT) {
                connections.put(event.connection(), new Connection(event.connection(), event.client()));
            } else if (event.kind() == Kind.DELIVERED && message != null) {
                arrived.putIfAbsent(message, event.nanos());
            } else if (of != null) {
                switch (event.kind()) {
                    case WILL -> {
                        boolean delayed = message != null && Terms.willDelaySeconds(message.topic()) > 0;
                        of.will = delayed ? message : null;
                    }
                    case CONNECTED -> of.opened = event.nanos();
                    case DISCONNECT -> of.asked = true;
                    case CLOSED -> {
                        of.closed = event.nanos();
                        closings.add(at);
                    }
                    default -> {}
                }
            }
        }
        return closings;
    }

    private void judge(Connection of, Sent will, int at) {
        Connection next = next(of);
        long back = (next == null ? end : next.opened) - of.closed;
        long delay = Terms.willDelayNanos(will.topic());
        Long came = arrived.get(will);
        boolean faulty = faults.touch(of.closed - LATE_NANOS, of.closed + delay);
        String text = "will of " + of.client + "#" + of.number + ", whose client was back after "
                + Duration.ofNanos(back).toMillis() + " ms";
        if (came == null) {
            if (back > delay + LATE_NANOS) {
                verdict.add(Rule.WILL_LOST, at, text);
            }
        } else if (!faulty && next != null && back < delay - MARGIN_NANOS) {
            verdict.add(Rule.WILL_UNASKED, at, text);
        } else if (!faulty && came - of.closed < delay - MARGIN_NANOS) {
            verdict.add(
                    Rule.WILL_EARLY,
                    at,
                    text + ", came after " + Duration.ofNanos(came - of.closed).toMillis() + " ms");
        }
    }

    private @Nullable Connection next(Connection of) {
        Connection found = null;
        for (Connection each : connections.values()) {
            boolean later = each.client.equals(of.client) && each.number > of.number && each.opened >= 0;
            if (later && (found == null || each.opened < found.opened)) {
                found = each;
            }
        }
        return found;
    }
}
