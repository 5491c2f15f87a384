package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Event;
import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.cluster.Verdict.Rule;
import dev.skein.node.reliability.Sent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Judges when messages that expire came: not later than their time after they were last sent or acknowledged, and a
 * moment on the way. Nodes that are stopped hold what they have checked already.
 */
final class ExpiryRules {
    private static final long ON_THE_WAY_NANOS = Duration.ofSeconds(2).toNanos();

    private final List<Event> events;
    private final Verdict verdict;
    /** When the publisher last had something to do with a message. */
    private final Map<Sent, Long> begins = new HashMap<>();

    ExpiryRules(List<Event> events, Verdict verdict) {
        this.events = events;
        this.verdict = verdict;
    }

    void judge() {
        FaultTimes faults = new FaultTimes(events);
        for (int at = 0; at < events.size(); at++) {
            Event event = events.get(at);
            if (event.kind() == Kind.END) {
                return;
            }
            if (event.message() == null || Terms.expirySeconds(event.message().topic()) == 0) {
                continue;
            }
            Sent message = event.message();
            switch (event.kind()) {
                case SENT, RESENT, ACKNOWLEDGED -> begins.put(message, event.nanos());
                case DELIVERED -> {
                    // What comes with DUP had been sent before it expired.
                    long begun = Objects.requireNonNull(begins.get(message), "sent: never");
                    long late = event.nanos() - begun - Terms.expiryNanos(message.topic());
                    if (late > ON_THE_WAY_NANOS
                            && !event.dup()
                            && !event.again()
                            && !faults.touch(begun, event.nanos())) {
                        verdict.add(
                                Rule.EXPIRED,
                                at,
                                event.client() + " got " + message + ", "
                                        + Duration.ofNanos(late).toMillis() + " ms after it had expired");
                    }
                }
                default -> {}
            }
        }
    }
}
